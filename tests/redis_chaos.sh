#!/usr/bin/env bash
# Three servers and one Redis, in every trouble that a Redis can be in, some times in a row.
#
#     tests/redis_chaos.sh [times, 1 without]
#
# Installs redis-server where it is missing. Two and a half minutes a time.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v redis-server >/dev/null; then
    apt-get update -qq
    # Its service would take the port of the machine, unless it says already that none are started.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap 'rm $policy' EXIT
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null
fi
cargo build -p serve
for time in $(seq "${1:-1}"); do
    echo "time $time"
    # Each wait of it has a deadline of its own; this one is for what nobody thought of.
    timeout --kill-after 10 600 python3 tests/redis_chaos.py "${CARGO_TARGET_DIR:-target}/debug/serve"
done
