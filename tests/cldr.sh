#!/usr/bin/env bash
# Compares the tables of words, cash steps and lifetimes with the published CLDR 48.2: every cell attributed to CLDR equals it,
# every currency in use has the cash steps of CLDR, and every currency its first and last days, except for the listed
# exceptions, each with its reason. A difference that appears or disappears fails. The words that amounts in texts are made of are in the
# sources that their rows name.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
npm install --prefix "$packages" --no-audit --no-fund --silent \
    cldr-core@48.2.0 cldr-annotations-full@48.2.0 cldr-dates-full@48.2.0 cldr-localenames-full@48.2.0 cldr-numbers-full@48.2.0 \
    cldr-rbnf@48.2.0
cargo run --quiet -p masthead-locale -- cldr "$packages/node_modules"

tests/install.sh hunspell hunspell-kk hunspell-uz hunspell-ru hunspell-en-us
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target "$packages" num2words==0.5.14 jieba==0.42.1
python3 tests/origins.py "$packages"
