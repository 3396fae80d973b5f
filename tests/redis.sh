#!/usr/bin/env bash
# Tests the shared store with Debian's Redis server. `cargo test` shows these tests as ignored.
#
#     tests/redis.sh
#
# Installs redis-server if it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v redis-server >/dev/null; then
    tests/install.sh redis-server
fi
cargo test --all-features --test redis -- --include-ignored
