#!/usr/bin/env bash
# price-parser 0.5.1: a number with one point or comma and three digits after it is one of thousands, also where the currency beside it leaves
# no room for that: 475.090 tenge is 475090 tenge, a thousand times as much as 475.09. Two digits or four are decimals. A decimal point that is
# named (`decimal_separator`) is believed.
#
# Central banks print up to four decimals, and some drop the zeros at the end: the third one decides. One would expect 475.09 for all.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.py" <<'PYTHON'
from price_parser import Price

for text in ["475.09 KZT", "475.090 KZT", "475.0900 KZT", "5,430 KZT", "5,4300 KZT"]:
    print(text, "is", Price.fromstring(text).amount)
print("475.090 KZT is", Price.fromstring("475.090 KZT", decimal_separator=".").amount)
PYTHON
packages="price-parser==0.5.1 attrs==25.3.0"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" $packages
seen=$(cd "$folder" && PYTHONUTF8=1 python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
475.09 KZT is 475.09
475.090 KZT is 475090
475.0900 KZT is 475.0900
5,430 KZT is 5430
5,4300 KZT is 5.4300
475.090 KZT is 475.090
TEXT
echo "as stated"
