#!/usr/bin/env bash
# Compares columns of dated amounts with polars, DuckDB and NumPy: a million amounts, each at the rate of its day, rounded to the minor unit,
# with sorted days and with random days of 8,000. Installs the three from PyPI into a folder that is removed afterwards.
#
#     benches/columns.sh [rounds, default 9]
#
# All run on one thread. polars and DuckDB multiply decimals and round as they do; NumPy divides integers without rounding. The table has medians, and ratios to masthead in the same run.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-9}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0 duckdb==2.0.1 numpy==2.4.6 pyarrow==26.0.1
cargo bench --quiet -p masthead-benches --bench conversion -- dated | tee "$work/ours"
POLARS_MAX_THREADS=1 "$work/venv/bin/python" - "$rounds" "$work/ours" <<'PYTHON'
import datetime
import decimal
import re
import statistics
import sys
import time

import duckdb
import numpy as np
import polars as pl

ROUNDS, LENGTH, DAYS = int(sys.argv[1]), 1_000_000, 8_000
FIRST = datetime.date(2003, 1, 1)
random = np.random.default_rng(3)
amounts = random.integers(-(1 << 33), 1 << 33, LENGTH)
unsorted = random.integers(0, DAYS, LENGTH)
rates = 40_000 + np.arange(DAYS) * 7_919 % 10_000


def decimals(integers):
    """Hundredths as decimals of polars."""
    hundredth = pl.Series([decimal.Decimal("0.01")], dtype=pl.Decimal(18, 2))
    return (pl.Series(integers).cast(pl.Decimal(18, 0)) * hundredth).cast(pl.Decimal(18, 2))


days = pl.Series(np.arange(DAYS, dtype=np.int32) + (FIRST - datetime.date(1970, 1, 1)).days).cast(pl.Date)
prices = pl.DataFrame({"day": days, "rate": decimals(rates)})
duck = duckdb.connect()
duck.execute("set threads = 1")
duck.execute("create table rates as select day, rate::decimal(9, 2) as rate from prices")


def measured(work):
    times = []
    work()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1e9 / LENGTH)
    return statistics.median(times)


found = {}
for order, numbers in (("sorted", np.sort(unsorted)), ("random", unsorted)):
    frame = pl.DataFrame({"day": days.gather(numbers), "amount": decimals(amounts)})
    duck.execute("create or replace table amounts as select day, amount::decimal(18, 2) as amount from frame")
    product = (pl.col("amount") * pl.col("rate")).alias("result")
    if order == "sorted":
        found["polars, join_asof", order] = measured(lambda: frame.join_asof(prices, on="day").select(product))
    found["polars, join", order] = measured(lambda: frame.join(prices, on="day", how="left", maintain_order="left").select(product))
    make = "create or replace temp table results as select round(amount * rate, 2) as result from amounts"
    asof = f"{make} asof join rates on amounts.day >= rates.day"
    join = f"{make} join rates using (day)"
    found["DuckDB, ASOF JOIN", order] = measured(lambda: duck.execute(asof))
    found["DuckDB, JOIN", order] = measured(lambda: duck.execute(join))
    of = numbers.astype(np.int32)
    found["NumPy, gather and division", order] = measured(lambda: amounts * rates[of] // 100)

ours = {}
for line in open(sys.argv[2]):
    match = re.match(r"  masthead, (days sorted|random days of 8,000) +([0-9.]+) ns", line)
    if match:
        ours.setdefault("sorted" if "sorted" in match[1] else "random", float(match[2]))
print("| a million dated amounts | days | ns each | of masthead |\n|---|---|---|---|")
for order in ("sorted", "random"):
    print(f"| masthead | {order} | {ours[order]:.2f} | 1 |")
    for (name, of), figure in found.items():
        if of == order:
            print(f"| {name} | {of} | {figure:.1f} | {figure / ours[order]:.0f} |")
PYTHON
