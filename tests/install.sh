#!/usr/bin/env bash
# Installs Debian packages for a test, without starting their services, which would take ports of the machine.
#
#     tests/install.sh PACKAGE...
set -euo pipefail
apt-get update -qq
# Kept if the machine already forbids starting services.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
