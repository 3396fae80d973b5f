#!/usr/bin/env bash
# The lines of the README that embed the strip, compiled in a crate of their own, as a reader would copy them.
#
#     tests/embed.sh
#
# The crate takes the lock file and the target folder of the workspace, so nothing is downloaded or compiled that is there already.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$root/target}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The first fenced block of a language below the heading.
block() {
    awk -v fence="^\`\`\`$1" '
        /^## / { inside = /^## Embed it$/ }
        inside && open && /^```$/ { exit }
        inside && open { print; next }
        inside && $0 ~ fence { open = 1 }
    ' README.md
}

mkdir "$work/src"
block rust >"$work/src/main.rs"
{
    printf '[package]\nname = "embed"\nversion = "0.0.0"\nedition = "2024"\n\n'
    block toml | sed "s|\"\.\./masthead\"|\"$root\"|"
    # No member of a workspace around it.
    printf '\n[workspace]\n'
} >"$work/Cargo.toml"
cp Cargo.lock "$work"
grep -q "path = \"$root\"" "$work/Cargo.toml" || { echo "the README's dependency has another path than ../masthead" >&2; exit 1; }
grep -q '^fn main' "$work/src/main.rs" || { echo "the README has no program below \"Embed it\"" >&2; exit 1; }
cargo check --quiet --manifest-path "$work/Cargo.toml"
echo "$(wc -l <"$work/src/main.rs") lines of the README compile"
