#!/usr/bin/env bash
# quantulum3 0.10.0: a hyphen before a magnitude is read as a range from the number to one of the magnitude, and the mean of both is the value:
# "$700-million" is 500350 dollars, (700 + 1000000) / 2. A range whose magnitude stands once gives it to the second end only: "$10 to $12
# million" is 6000005 dollars, and the surface of that quantity, "$10 to $12000000.0", is not in the text. "Half a million" is one and a half
# million, and the abbreviations of news are units: `bn` is the barn newton and `m` the metre. (Open issue 8 names the range.)
#
# All of these are quantities without a sign that they are doubtful. One would expect 700 million, a range of 10 to 12 million, half a million, or
# no quantity.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.py" <<'PYTHON'
import warnings

warnings.simplefilter("ignore")
from quantulum3 import parser

texts = ["$700 million", "$700-million", "$10 to $12 million", "$1.5-2 million", "half a million dollars", "$5.2bn", "£1.2m"]
for text in texts:
    for quantity in parser.parse(text):
        print(f"{text}: {quantity.value} {quantity.unit.name} in {quantity.surface!r}")
PYTHON
packages="quantulum3==0.10.0 inflect==7.5.0 num2words==0.5.14 docopt==0.6.2 more-itertools==10.8.0 typeguard==4.4.4 typing-extensions==4.15.0"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" $packages
seen=$(cd "$folder" && PYTHONUTF8=1 python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
$700 million: 700000000.0 dollar in '$700 million'
$700-million: 500350.0 dollar in '$700-million'
$10 to $12 million: 6000005.0 dollar in '$10 to $12000000.0'
$1.5-2 million: 10500000.75 dollar in '$1.5-2 milli'
half a million dollars: 1500000.0 dollar in 'half a million dollars'
$5.2bn: 5.2 dollar barn newton in '$5.2bn'
£1.2m: 1.2 pound sterling metre in '£1.2m'
TEXT
echo "as stated"
