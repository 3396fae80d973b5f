#!/usr/bin/env bash
# Tests the store that servers share against the real servers of Debian. `cargo test` shows these tests as ignored.
#
#     tests/redis.sh
#
# Installs redis-server, and what makes another language of the machine, where they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
command -v redis-server >/dev/null || missing+=(redis-server)
[ -e /usr/share/i18n/locales/en_US ] || missing+=(locales)
if [ ${#missing[@]} -gt 0 ]; then
    tests/install.sh "${missing[@]}"
fi
cargo test --all-features --test redis -- --include-ignored
