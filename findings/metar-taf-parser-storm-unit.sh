#!/usr/bin/env bash
# metar-taf-parser-mivek 1.13.1: METAR writes P49MPS for more than 49 m/s, in countries that report metres per second, as those of
# Central Asia do. Such a gust is dropped, and with it the unit: 35 m/s become 35 knots, half the speed. If the wind itself is that
# strong, the result has no wind. No error; temperature and visibility are read. metar 2.0.2 reads the same reports, made up here.
#
# A weather page shows half the storm, or no wind, exactly when it is strongest.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.py" <<'PYTHON'
from metar.Metar import Metar
from metar_taf_parser.parser.parser import MetarParser

for wind in ["24035G49MPS", "24035GP49MPS", "240P49MPS"]:
    report = f"UAAA 021200Z {wind} 9999 FEW040 12/M03 Q1005 NOSIG"
    read = MetarParser().parse(report)
    seen = read.wind and f"{read.wind.speed} {read.wind.unit}, gust {read.wind.gust}"
    print(f"{wind}: {seen}; {read.temperature} °C, {read.visibility.distance}")
    print("  metar:", Metar(report, month=4, year=2026).wind("MPS"))
PYTHON
packages="metar-taf-parser-mivek==1.13.1 metar==2.0.2"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" $packages
seen=$(cd "$folder" && PYTHONUTF8=1 python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
24035G49MPS: 35 MPS, gust 49; 12 °C, >10000
  metar: WSW at 35 mps, gusting to 49 mps
24035GP49MPS: 35 KT, gust None; 12 °C, >10000
  metar: WSW at 35 mps, gusting to greater than 49 mps
240P49MPS: None; 12 °C, >10000
  metar: WSW at greater than 49 mps
TEXT
echo "as stated"
