#!/usr/bin/env bash
# Compares the reader of amounts with price-parser over the Kazakh sentences of MASTHEAD_PROSE: the time of each sentence, and the values
# that each reads right. Installs price-parser from PyPI into a folder that is removed afterwards.
#
#     MASTHEAD_PROSE=<folder with kk_valid.jsonl> benches/prose.sh [rounds, default 9]
#
# They take turns in each round, a new process each, with warm caches. price-parser reads at most one price in a text; its currency is not
# checked, only the value. The table has means over the sentences of the medians over the rounds.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-9}
sentences=${MASTHEAD_PROSE:?the folder with kk_valid.jsonl}/kk_valid.jsonl
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check price-parser==0.5.1
cargo build --quiet --release -p masthead-benches --bin prose
program=${CARGO_TARGET_DIR:-target}/release/prose

cat >"$work/peer.py" <<'PYTHON'
import sys
import time

from price_parser import Price

sentences = sys.stdin.read().splitlines()
for sentence in sentences:
    Price.fromstring(sentence)
for sentence in sentences:
    start = time.perf_counter()
    for _ in range(8):
        price = Price.fromstring(sentence)
    nanoseconds = (time.perf_counter() - start) / 8 * 1e9
    print(f"{nanoseconds:.1f}\t{'' if price.amount is None else price.amount}")
PYTHON

cat >"$work/texts.py" <<'PYTHON'
import json
import sys

for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line)
    print(row.get("natural_text", row["text"]).replace("\n", " "))
PYTHON
python3 "$work/texts.py" "$sentences" >"$work/texts"
for round in $(seq "$rounds"); do
    "$program" <"$work/texts" >"$work/masthead.$round"
    "$work/venv/bin/python" "$work/peer.py" <"$work/texts" >"$work/price-parser.$round"
done

python3 - "$sentences" "$work" "$rounds" <<'PYTHON'
import decimal
import json
import statistics
import sys

path, work, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
gold = []
for line in open(path, encoding="utf-8"):
    row = json.loads(line)
    entities = [entity for entity in row.get("natural_entities", row["entities"]) if not entity.get("ignore")]
    # A sentence may have two right readings: from 53,530 to 66,913, or the second number alone.
    lows = [[decimal.Decimal(reading["low"]) for reading in [entity, *entity.get("alt", [])] if reading["low"] is not None] for entity in entities]
    gold.append([(low, bool(entity.get("optional"))) for low, entity in zip(lows, entities) if low])
required = sum(not optional for row in gold for _, optional in row)


def results(name):
    """The time of each sentence, and the values that it reads."""
    files = [open(f"{work}/{name}.{number}", encoding="utf-8").read().splitlines() for number in range(1, rounds + 1)]
    if any(len(file) != len(gold) for file in files):
        sys.exit(f"{name}: not as many results as sentences")
    times = [statistics.median(float(line.split("\t")[0]) for line in lines) for lines in zip(*files)]
    values = [[decimal.Decimal(value.split()[0]) for value in line.split("\t")[1].split(",") if value] for line in files[0]]
    return times, values


def score(values):
    """The values that are those of a required amount, and those that are of no amount."""
    right = wrong = 0
    for read, row in zip(values, gold):
        left = list(row)
        for value in read:
            found = next((entity for entity in left if value in entity[0]), None)
            if found is None:
                wrong += 1
                continue
            left.remove(found)
            right += not found[1]
    return right, wrong


print(f"{len(gold)} sentences with {required} amounts, medians of {rounds} rounds\n")
print("| | each sentence, ns | times | longest sentence, ns | values read right | values that are of no amount |\n|---|---|---|---|---|---|")
own = None
for name in ("masthead", "price-parser"):
    times, values = results(name)
    mean = statistics.mean(times)
    own = own or mean
    right, wrong = score(values)
    print(f"| {name} | {mean:,.0f} | {mean / own:.0f} | {max(times):,.0f} | {right} | {wrong} |")
PYTHON
