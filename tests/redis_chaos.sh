#!/usr/bin/env bash
# Three servers and one Redis, with every failure of a Redis in turn.
#
#     tests/redis_chaos.sh [rounds, default 1]
#
# Installs redis-server if it is missing. A round takes about three minutes, and all run at once.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v redis-server >/dev/null; then
    tests/install.sh redis-server
fi
cargo build -p serve
logs=$(mktemp -d)
rounds=()
# shellcheck disable=SC2046 # a list of process ids
trap 'kill $(jobs -pr) 2>/dev/null || true; wait; rm -rf "$logs"' EXIT
# All at once, because a round waits most of its time. Each has its own servers, ports and folders.
for round in $(seq "${1:-1}"); do
    # Each wait in the script has its own deadline; this one covers unforeseen hangs.
    timeout --kill-after 10 600 python3 tests/redis_chaos.py "${CARGO_TARGET_DIR:-target}/debug/serve" >"$logs/$round" 2>&1 &
    rounds+=($!)
done
failed=0
for round in "${!rounds[@]}"; do
    wait "${rounds[$round]}" || failed=1
    echo "round $((round + 1))"
    cat "$logs/$((round + 1))"
done
exit "$failed"
