#!/usr/bin/env bash
# iso4217parse 0.6.2: of the four signs in use for the Uzbek soʻm it knows the plain apostrophe. With a curly one (U+2018, U+2019) the
# word falls apart at the sign, and the m that is left is taken for the loti of Lesotho. With the letter of the orthography (U+02BB),
# which Babel 2.19.0 prints from CLDR, nothing is found; nor for the Kyrgyz сом that Babel prints, while a Latin som is Kyrgyz.
#
# A program that reads prices from Tashkent gets 12 500 soʻm, about a dollar, as 12 500 loti, without an error. One would expect UZS or nothing.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.py" <<'PYTHON'
from babel.numbers import format_currency
from iso4217parse import parse

texts = ["12 500 so'm", "12 500 so\u2018m", "12 500 so\u2019m", "12 500 som"]
texts += [format_currency(12500, "UZS", locale="uz"), format_currency(12500, "KGS", locale="ky")]
for text in texts:
    print(f"{text.replace(chr(0xA0), ' ')}: {[currency.alpha3 for currency in parse(text) or []]}")
PYTHON
packages="iso4217parse==0.6.2 babel==2.19.0"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" $packages
seen=$(cd "$folder" && PYTHONUTF8=1 python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
12 500 so'm: ['UZS']
12 500 so‘m: ['LSL']
12 500 so’m: ['LSL']
12 500 som: ['KGS']
12 500,00 soʻm: []
12 500,00 сом: []
TEXT
echo "as stated"
