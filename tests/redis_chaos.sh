#!/usr/bin/env bash
# Three servers and one Redis, with every failure of a Redis in turn; and the same with a Valkey.
#
#     tests/redis_chaos.sh [rounds with a Redis, default 1] [rounds with a Valkey, default 0]
#
# Installs the stores if they are missing. A round takes about three minutes, and all run at once.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v redis-server >/dev/null; then
    tests/install.sh redis-server
fi
cargo build -p masthead-serve
stores=()
for _ in $(seq "${1:-1}"); do stores+=(redis-server); done
if [ "${2:-0}" -gt 0 ]; then
    valkey=$(tests/valkey.sh)
    for _ in $(seq "$2"); do stores+=("$valkey"); done
fi
logs=$(mktemp -d)
rounds=()
# shellcheck disable=SC2046 # a list of process ids
trap 'kill $(jobs -pr) 2>/dev/null || true; wait; rm -rf "$logs"' EXIT
# All at once, because a round waits most of its time. Each has its own servers, ports and folders.
for round in "${!stores[@]}"; do
    # Each wait in the script has its own deadline; this one covers unforeseen hangs.
    timeout --kill-after 10 600 python3 tests/redis_chaos.py "${CARGO_TARGET_DIR:-target}/debug/masthead-serve" "${stores[$round]}" >"$logs/$round" 2>&1 &
    rounds+=($!)
done
failed=0
for round in "${!rounds[@]}"; do
    wait "${rounds[$round]}" || failed=1
    echo "round $((round + 1)), with $(basename "${stores[$round]}")"
    cat "$logs/$round"
done
exit "$failed"
