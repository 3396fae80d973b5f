#!/usr/bin/env bash
# Installs Debian packages for a test. Their services are not started: they would take the ports of the machine.
#
#     tests/install.sh PACKAGE...
set -euo pipefail
apt-get update -qq
# Unless the machine says already that none are started.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
fi
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
