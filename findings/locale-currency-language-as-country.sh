#!/usr/bin/env bash
# locale-currency 1.0.0: `getCurrency` takes the last two-letter part of a BCP 47 tag for the country, whatever part it is. A language
# without a country is read as one: ky, Kyrgyz, is the Cayman Islands; tg, Tajik, is Togo; tk, Turkmen, is Tokelau; uz happens to fit.
# With a country it is right, until an extension follows: the key nu (numbering system) of kk-KZ-u-nu-latn is Niue.
#
# A site with editions /ky/, /tg/ and /tk/ quotes prices in Cayman dollars, CFA francs and New Zealand dollars. One would expect null,
# as for kk, or the currency of the language's likely country.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/finding.mjs" <<'JS'
import { getCurrency } from "locale-currency";

const tags = ["ky-KG", "ky", "ky-Cyrl", "tg-TJ", "tg", "tk-TM", "tk", "uz-UZ", "uz", "kk", "kk-KZ", "kk-KZ-u-nu-latn"];
for (const tag of tags) console.log(`${Intl.getCanonicalLocales(tag)}: ${getCurrency(tag)}`);
JS
seen=$(cd "$folder" && npm install --silent --no-audit --no-fund --ignore-scripts locale-currency@1.0.0 >/dev/null && node finding.mjs)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
ky-KG: KGS
ky: KYD
ky-Cyrl: KYD
tg-TJ: TJS
tg: XOF
tk-TM: TMT
tk: NZD
uz-UZ: UZS
uz: UZS
kk: null
kk-KZ: KZT
kk-KZ-u-nu-latn: NZD
TEXT
echo "as stated"
