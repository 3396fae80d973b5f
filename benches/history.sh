#!/usr/bin/env bash
# Compares rates of any day with CurrencyConverter: the load of the European Central Bank's whole history, its memory, and the
# conversion of one amount on days in no order. Both read the bank's own file.
#
#     MASTHEAD_HISTORY=<folder with ecb_eurofxref-hist.zip> benches/history.sh [rounds, default 9]
#
# CurrencyConverter reads the zip archive, as decimals and as floats; masthead reads the same rates from a ledger's file, which is written
# from the archive first, and checks each line. They take turns in each round, a new process each. The table has medians: the time until
# any day can be converted, of wall and of all threads' processors, the largest resident set, and one conversion, the look-up included.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-9}
archive=${MASTHEAD_HISTORY:?the folder with ecb_eurofxref-hist.zip}/ecb_eurofxref-hist.zip
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check CurrencyConverter==0.18
cargo build --quiet --release -p masthead-benches --bin ecb
program=${CARGO_TARGET_DIR:-target}/release/ecb

cat >"$work/peer.py" <<'PYTHON'
import random
import statistics
import sys
import time
from decimal import Decimal
from currency_converter import CurrencyConverter

archive, kind = sys.argv[1:]
began = time.perf_counter(), time.process_time()
converter = CurrencyConverter(archive, decimal=kind == "decimal")
wall, cpu = time.perf_counter() - began[0], time.process_time() - began[1]
with open("/proc/self/status") as status:
    peak = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
amount = Decimal("19.99") if kind == "decimal" else 19.99
published = [day for day, rate in converter._rates["USD"].items() if rate is not None]
times = []
# Rounds shorter than a time slice, so that the median is one without other programs.
for _ in range(301):
    days = random.choices(published, k=200)
    start = time.perf_counter()
    for day in days:
        converter.convert(amount, "USD", "EUR", day)
    times.append((time.perf_counter() - start) / len(days) * 1e9)
print(f"{wall * 1000:.3f} {cpu * 1000:.3f} {peak} {statistics.median(times):.1f}")
PYTHON

python3 -c 'import sys, zipfile; archive = zipfile.ZipFile(sys.argv[1]); sys.stdout.buffer.write(archive.read(archive.namelist()[0]))' "$archive" >"$work/ecb.csv"
read -r publications values < <("$program" write "$work/ecb.ledger" <"$work/ecb.csv")
# User and system time of a process and its threads.
TIMEFORMAT='%U %S'
for _ in $(seq "$rounds"); do
    for kind in decimal float; do
        "$work/venv/bin/python" "$work/peer.py" "$archive" "$kind" >>"$work/$kind"
    done
    { time load=$("$program" load "$work/ecb.ledger"); } 2>"$work/time"
    read -r wall peak _ <<<"$load"
    read -r conversion look_up < <("$program" convert "$work/ecb.ledger")
    echo "$wall $(awk '{ print 1000 * ($1 + $2) }' "$work/time") $peak $conversion $look_up" >>"$work/masthead"
done

median() { awk -v column="$2" '{ print $column }' "$work/$1" | sort -n | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }
printf '%d publications with %d values, medians of %d rounds\n\n' "$publications" "$values" "$rounds"
printf '| | masthead | CurrencyConverter 0.18, decimal | times | float | times |\n|---|---|---|---|---|---|\n'
row() {
    local title=$1 column=$2 scale=$3
    awk -v title="$title" -v scale="$scale" -v own="$(median masthead "$column")" -v decimal="$(median decimal "$column")" -v float="$(median float "$column")" \
        'BEGIN { printf "| %s | %.1f | %.1f | %.2f | %.1f | %.2f |\n", title, own / scale, decimal / scale, decimal / own, float / scale, float / own }'
}
row 'load, ms' 1 1
row 'load, processor ms' 2 1
row 'peak memory of a process that only loads, MB' 3 1000
row 'one conversion on a day, ns' 4 1
printf '\nThe look-up alone takes %.1f ns.\n' "$(median masthead 5)"
