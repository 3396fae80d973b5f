#!/usr/bin/env bash
# Runs serve for a simulated week in about two minutes: see week.py. Installs libfaketime if it is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1; then
    tests/install.sh libfaketime
fi
cargo build -p masthead-serve
# Each wait in the script has its own deadline; this one covers a machine too busy for the accelerated clock.
timeout --kill-after 10 300 python3 tests/week.py "${CARGO_TARGET_DIR:-target}/debug/masthead-serve"
