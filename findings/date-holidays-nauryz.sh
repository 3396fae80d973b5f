#!/usr/bin/env bash
# date-holidays 3.37.0, country KZ: each of the three days of Nauryz, 21 to 23 March, moves separately, from Saturday to Monday and from
# Sunday to Tuesday. That suits two days. If the 21st is at a weekend, its substitute falls on the 23rd, a holiday already, which is then
# in the list twice. By law the next working day is off: in a week of five days 24 and 25 March 2026 (so it was), and 24 March 2027, as
# in 2021. holidays 0.109 for Python has them. In 2025, when the 21st was a Friday, both agree.
#
# A program that counts working days in Kazakhstan has one too many in 2026 and 2027: a payment is due, or a delivery promised, on a day off.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.cjs" <<'JS'
const Holidays = require("date-holidays");

for (const year of [2025, 2026, 2027]) {
  const days = new Holidays("KZ").getHolidays(year, "en").map(({ date, name }) => `${date.slice(0, 10)} ${name}`);
  const nauryz = days.filter((day) => day.includes("Nauryz")).map((day) => day.slice(8).replace(" Nauryz", ""));
  console.log(`npm, March ${year}: ${nauryz.join(", ")}`);
}
JS
cat > "$folder/finding.py" <<'PYTHON'
from holidays import country_holidays

for year in (2025, 2026, 2027):
    days = sorted(country_holidays("KZ", years=year, language="en_US").items())
    nowruz = [f"{day.day}{name.removeprefix('Nowruz Holiday')}" for day, name in days if "Nowruz" in name]
    print(f"Python, March {year}: {', '.join(nowruz)}")
PYTHON
packages="holidays==0.109 python-dateutil==2.9.0.post0 six==1.17.0"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" $packages
cd "$folder"
npm install --silent --no-audit --no-fund --ignore-scripts date-holidays@3.37.0 >/dev/null
seen=$(node finding.cjs && python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
npm, March 2025: 21, 22, 23, 24 (substitute day), 25 (substitute day)
npm, March 2026: 21, 22, 23 (substitute day), 23, 24 (substitute day)
npm, March 2027: 21, 22, 23 (substitute day), 23
Python, March 2025: 21, 22, 23, 24 (observed), 25 (observed)
Python, March 2026: 21, 22, 23, 24 (observed), 25 (observed)
Python, March 2027: 21, 22, 23, 24 (observed)
TEXT
echo "as stated"
