#!/usr/bin/env bash
# The store that servers share against the real servers of Debian: `cargo test` runs these tests too, but leaves them out
# where there is no server.
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
    apt-get update -qq
    # Its service would take the port of the machine, unless it says already that none are started.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e $policy ]; then
        trap 'rm $policy' EXIT
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod +x $policy
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
MASTHEAD_REDIS=1 cargo test --all-features --test redis
