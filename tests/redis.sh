#!/usr/bin/env bash
# Tests the shared store with Debian's Redis servers. `cargo test` shows these tests as ignored.
#
#     tests/redis.sh
#
# Installs redis-server and a second locale of the machine if they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
[ -e /usr/share/i18n/locales/en_US ] || missing+=(locales)
if [ ${#missing[@]} -gt 0 ]; then
    tests/install.sh "${missing[@]}"
fi
cargo test --all-features --test redis -- --include-ignored
