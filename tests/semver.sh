#!/usr/bin/env bash
# Compares the public items with those of the commit that docs/semver-baseline.txt names: what that commit exports stays, unless
# the file names a later commit.
#
#     tests/semver.sh            fails if an item of that commit is gone or changed
set -euo pipefail
cd "$(dirname "$0")/.."
commit=$(grep -v '^#' docs/semver-baseline.txt)
git cat-file -e "$commit^{commit}" 2>/dev/null || { echo "docs/semver-baseline.txt names $commit, which is not in this clone" >&2; exit 1; }
git merge-base --is-ancestor "$commit" HEAD || { echo "docs/semver-baseline.txt names $commit, which is no ancestor of HEAD" >&2; exit 1; }

tests/tools.sh cargo-semver-checks
baseline=$(mktemp -d)
trap 'rm -rf "$baseline"' EXIT
# The whole workspace, because its root names its members.
git archive "$commit" | tar -x -C "$baseline"
# Within one version items may be added, which cargo-semver-checks calls a minor release.
cargo semver-checks check-release --package masthead --baseline-root "$baseline" --all-features --release-type minor
