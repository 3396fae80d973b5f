#!/usr/bin/env bash
# Babel 2.19.0, get_territory_currencies from CLDR: the currency of a country on a day. For all of 1998 Russia has RUR alone, although the
# ruble was worth 1000 of it since 1 January 1998, the day on which RUB began. From 1993 to 1996 Ukraine has no currency. After other changes both
# codes stand for up to a year, the withdrawn one first: CLDR's end of a currency is mostly that of its notes, not that of the unit of accounts.
#
# A table of prices or rates from 1998 that takes the code from the day is wrong by the factor 1000, without an error. One would expect RUB for
# Russia in 1998, the karbovanets (UAK) for Ukraine in 1995, and the new unit first.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.py" <<'PYTHON'
from datetime import date

from babel.numbers import get_territory_currencies

for territory, day in [
    ("RU", date(1997, 12, 31)),
    ("RU", date(1998, 1, 1)),
    ("RU", date(1998, 12, 31)),
    ("RU", date(1999, 1, 1)),
    ("UA", date(1995, 6, 1)),
    ("TR", date(2005, 6, 1)),
    ("AZ", date(2006, 6, 1)),
    ("BY", date(2016, 10, 1)),
]:
    print(territory, day, get_territory_currencies(territory, day, tender=True, non_tender=True))
PYTHON
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" babel==2.19.0
seen=$(cd "$folder" && PYTHONUTF8=1 python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
RU 1997-12-31 ['RUR']
RU 1998-01-01 ['RUR']
RU 1998-12-31 ['RUR']
RU 1999-01-01 ['RUB']
UA 1995-06-01 []
TR 2005-06-01 ['TRL', 'TRY']
AZ 2006-06-01 ['AZM', 'AZN']
BY 2016-10-01 ['BYR', 'BYN']
TEXT
echo "as stated"
