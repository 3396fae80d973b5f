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
# shellcheck disable=SC2046 # a list of process ids
trap 'kill $(jobs -pr) 2>/dev/null || true; rm -rf "$modules"' EXIT
cp tests/browser/*.mjs "$modules"
npm install --prefix "$modules" --no-audit --no-fund --silent playwright-core@1.64 axe-core@4.14

cargo build -p site -p masthead-history
cargo build --example strip --example annotate --features annotate
built=${CARGO_TARGET_DIR:-target}/debug
export MASTHEAD=$PWD
# Beside the others, because each waits for its browser half of the time.
node "$modules/element.mjs" "$built/examples/strip" "$built/site" "$pictures" >"$modules/element.log" 2>&1 &
element=$!
node "$modules/audit.mjs" "$built/site" "$pictures"
node "$modules/layouts.mjs" "$built/examples/strip" "$pictures"
node "$modules/series.mjs" "$built/examples/strip" "$built/masthead-history" "$pictures"
node "$modules/articles.mjs" "$built/examples/annotate" "$pictures"
wait "$element" || { cat "$modules/element.log"; exit 1; }
cat "$modules/element.log"
