#!/usr/bin/env bash
# Three servers and one Redis, in every trouble that a Redis can be in, some times in a row.
#
#     tests/redis_chaos.sh [times, 1 without]
#
# Installs redis-server where it is missing. Two and a half minutes a time.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v redis-server >/dev/null; then
    tests/install.sh redis-server
fi
cargo build -p serve
for time in $(seq "${1:-1}"); do
    echo "time $time"
    # Each wait of it has a deadline of its own; this one is for what nobody thought of.
    timeout --kill-after 10 600 python3 tests/redis_chaos.py "${CARGO_TARGET_DIR:-target}/debug/serve"
done
