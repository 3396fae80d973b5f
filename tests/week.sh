#!/usr/bin/env bash
# A week of serve at a fast clock, in about two minutes: see week.py. Installs libfaketime where it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1; then
    tests/install.sh libfaketime
fi
cargo build -p serve
# Each wait of it has a deadline of its own; this one is for a machine that is too busy for the clock.
timeout --kill-after 10 300 python3 tests/week.py "${CARGO_TARGET_DIR:-target}/debug/serve"
