#!/usr/bin/env bash
# The tables of words against CLDR 48.2 as published: every cell that names CLDR says what CLDR says.
set -euo pipefail
cd "$(dirname "$0")/.."
packages=$(mktemp -d)
trap 'rm -rf "$packages"' EXIT
npm install --prefix "$packages" --no-audit --no-fund --silent \
    cldr-annotations-full@48.2.0 cldr-dates-full@48.2.0 cldr-localenames-full@48.2.0 cldr-numbers-full@48.2.0
cargo run --quiet -p masthead-locale -- cldr "$packages/node_modules"
