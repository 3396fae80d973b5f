#!/usr/bin/env bash
# Tests the site's pages, every layout, pages with the custom element, sparklines, charts and annotated articles in headless Chromium: eight languages,
# wide and narrow, light and dark, each audited by axe-core.
#
#     tests/browser/run.sh [directory for the pictures]
#
# Installs Chromium and fonts if they are missing, and the two npm packages into a directory of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."
pictures=${1:-$(mktemp -d)}

# A machine may have the browser without the fonts of each script.
if ! dpkg --status chromium fonts-noto-core fonts-noto-cjk >/dev/null 2>&1; then
    tests/install.sh chromium fonts-noto-core fonts-noto-cjk
fi
modules=$(mktemp -d)
trap 'rm -rf "$modules"' EXIT
cp tests/browser/*.mjs "$modules"
npm install --prefix "$modules" --no-audit --no-fund --silent playwright-core@1.64 axe-core@4.14

cargo build -p site -p masthead-history
cargo build --example strip --example annotate --features annotate
built=${CARGO_TARGET_DIR:-target}/debug
node "$modules/audit.mjs" "$built/site" "$pictures"
MASTHEAD=$PWD node "$modules/layouts.mjs" "$built/examples/strip" "$pictures"
MASTHEAD=$PWD node "$modules/element.mjs" "$built/examples/strip" "$built/site" "$pictures"
MASTHEAD=$PWD node "$modules/series.mjs" "$built/examples/strip" "$built/masthead-history" "$pictures"
MASTHEAD=$PWD node "$modules/articles.mjs" "$built/examples/annotate" "$pictures"
