#!/usr/bin/env bash
# num2words 0.5.14: `to="currency"` takes an integer for minor units, and a `Decimal` or a float of the same value for major ones. So 21 tenge,
# passed as `21`, are spelled as 21 tiyn, a hundredth; `Decimal(21)` is spelled as 21 tenge. No option beside the type of the number selects it,
# and amounts without a fraction are those that programs keep as integers.
#
# In Kazakh the words of a plain decimal also lack the denominator that the Russian ones have: 1.5 is "one whole five" and 1.50 "one whole fifty",
# two readings of one number. One would expect one amount for equal numbers, whatever their type and zeros.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.py" <<'PYTHON'
from decimal import Decimal
from num2words import num2words

for number in [21, Decimal(21), 21.0, Decimal("0.21")]:
    for lang in ["kz", "ru"]:
        words = num2words(number, to="currency", lang=lang, currency="KZT")
        print(f"{type(number).__name__} {number} KZT in {lang}: {words}")
for number in ["1.5", "1.50"]:
    print(number, "is", num2words(Decimal(number), lang="kz"), "|", num2words(Decimal(number), lang="ru"))
PYTHON
packages="num2words==0.5.14 docopt==0.6.2"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" $packages
seen=$(cd "$folder" && PYTHONUTF8=1 python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
int 21 KZT in kz: нөл теңге, жиырма бір тиын
int 21 KZT in ru: ноль тенге, двадцать один тиын
Decimal 21 KZT in kz: жиырма бір теңге, нөл тиын
Decimal 21 KZT in ru: двадцать один тенге, ноль тиынов
float 21.0 KZT in kz: жиырма бір теңге, нөл тиын
float 21.0 KZT in ru: двадцать один тенге, ноль тиынов
Decimal 0.21 KZT in kz: нөл теңге, жиырма бір тиын
Decimal 0.21 KZT in ru: ноль тенге, двадцать один тиын
1.5 is бір бүтін бес | одна целая пять десятых
1.50 is бір бүтін елу | одна целая пятьдесят сотых
TEXT
echo "as stated"
