#!/usr/bin/env bash
# The tables of words and of cash against CLDR 48.2 as published: every cell that names CLDR says what CLDR says, and every currency
# is paid in the steps of CLDR, but for the exceptions that are listed with their reason.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
npm install --prefix "$packages" --no-audit --no-fund --silent \
    cldr-core@48.2.0 cldr-annotations-full@48.2.0 cldr-dates-full@48.2.0 cldr-localenames-full@48.2.0 cldr-numbers-full@48.2.0
cargo run --quiet -p masthead-locale -- cldr "$packages/node_modules"
