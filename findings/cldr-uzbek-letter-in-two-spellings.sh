#!/usr/bin/env bash
# CLDR 48.2.0, Uzbek in Latin letters: the letters oʻ and gʻ are spelled in two ways. The alphabet of the locale (exemplar characters) has them
# with U+02BB only, but two thirds of the names have U+2018, the quotation mark, and one file mixes both: Qostanay with U+02BB beside Aqtobe with
# U+2018. The tutuq belgisi, U+02BC in the alphabet, is U+2019 in names.
#
# A search for a name typed by the alphabet misses most of them. U+02BB is a letter and U+2018 is punctuation, so that an index of words divides
# one city's name and not the other's.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --no-audit --no-fund --silent \
    cldr-misc-full@48.2.0 cldr-dates-full@48.2.0 cldr-localenames-full@48.2.0 cldr-numbers-full@48.2.0
cat > "$folder/finding.py" <<'PYTHON'
import json
import re
import sys

root = sys.argv[1]


def load(package, file):
    with open(f"{root}/node_modules/cldr-{package}-full/main/uz/{file}.json", encoding="utf-8") as text:
        return json.load(text)["main"]["uz"]


def marks(text):
    return " ".join(f"U+{ord(mark):04X}" for mark in text if mark in "\u02bb\u02bc\u2018\u2019") or "none"


def texts(value):
    if isinstance(value, dict):
        return [text for inner in value.values() for text in texts(inner)]
    return [value] if isinstance(value, str) else []


print("alphabet:", marks(load("misc", "characters")["characters"]["exemplarCharacters"]))
cities = load("dates", "timeZoneNames")["dates"]["timeZoneNames"]["zone"]["Asia"]
for city in ["Qostanay", "Aqtobe"]:
    name = cities[city]["exemplarCity"]
    words = re.findall(r"\w+", name)
    print(f"{city}: {name}, {marks(name)}, words {words}")
currencies = load("numbers", "currencies")["numbers"]["currencies"]
for code in ["UZS", "KGS"]:
    print(f"{code}: {currencies[code]['displayName']}, {marks(currencies[code]['displayName'])}")
for package, file in [("dates", "timeZoneNames"), ("localenames", "territories"), ("localenames", "languages"), ("numbers", "currencies")]:
    all_texts = "".join(texts(load(package, file)))
    counts = {f"U+{ord(mark):04X}": all_texts.count(mark) for mark in "\u02bb\u2018\u02bc\u2019"}
    print(f"{file}: {counts}")
PYTHON
seen=$(python3 "$folder/finding.py" "$folder")
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
alphabet: U+02BB U+02BB U+02BC
Qostanay: Qoʻstanay, U+02BB, words ['Qoʻstanay']
Aqtobe: Oqto‘ba, U+2018, words ['Oqto', 'ba']
UZS: O‘zbekiston so‘mi, U+2018 U+2018
KGS: Qirg‘iziston somi, U+2018
timeZoneNames: {'U+02BB': 12, 'U+2018': 24, 'U+02BC': 0, 'U+2019': 4}
territories: {'U+02BB': 4, 'U+2018': 8, 'U+02BC': 0, 'U+2019': 3}
languages: {'U+02BB': 3, 'U+2018': 8, 'U+02BC': 0, 'U+2019': 3}
currencies: {'U+02BB': 1, 'U+2018': 14, 'U+02BC': 0, 'U+2019': 3}
TEXT
