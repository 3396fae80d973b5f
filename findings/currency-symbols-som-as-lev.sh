#!/usr/bin/env bash
# currency-symbols 2.0.6: the symbols of the Uzbek soʻm and the Kyrgyz som are лв, the abbreviation of the Bulgarian lev, which has the same
# symbol there. CLDR, which Babel 2.19.0 prints, has сом for Kyrgyzstan and soʻm for Uzbekistan. The tenge, the ruble, the
# yuan and the manat of Azerbaijan have their own signs.
#
# A price list in Tashkent that takes its signs from the package is one in leva. One would expect soʻm and сом, or the code.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.py" <<'PYTHON'
from babel.numbers import get_currency_symbol
from currency_symbols import CurrencySymbols

for code, locale in [("UZS", "uz"), ("KGS", "ky"), ("BGN", "bg"), ("KZT", "kk"), ("AZN", "az")]:
    print(code, CurrencySymbols.get_symbol(code), get_currency_symbol(code, locale))
PYTHON
packages="currency-symbols==2.0.6 babel==2.19.0"
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
  --no-deps --target "$folder" $packages
seen=$(cd "$folder" && PYTHONUTF8=1 python3 finding.py)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
UZS лв soʻm
KGS лв сом
BGN лв лв.
KZT ₸ ₸
AZN ₼ ₼
TEXT
echo "as stated"
