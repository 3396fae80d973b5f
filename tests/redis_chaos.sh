#!/usr/bin/env bash
# Three servers and one Redis, with every failure of a Redis in turn.
#
#     tests/redis_chaos.sh [rounds, default 1]
#
# Installs redis-server if it is missing. A round takes two and a half minutes.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v redis-server >/dev/null; then
    tests/install.sh redis-server
fi
cargo build -p serve
for time in $(seq "${1:-1}"); do
    echo "time $time"
    # Each wait in the script has its own deadline; this one covers unforeseen hangs.
    timeout --kill-after 10 600 python3 tests/redis_chaos.py "${CARGO_TARGET_DIR:-target}/debug/serve"
done
