#!/usr/bin/env bash
# Builds the packaged crate with the lowest version of each of its dependencies that Cargo.toml permits, all features on: a version stated
# too low would break a user who has another lock file.
#
#     tests/minimal_versions.sh
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cargo package --quiet -p masthead --allow-dirty --no-verify
tar -xzf "$target"/package/masthead-*.crate -C "$work"
cd "$work"/masthead-*
# The option is one of the nightly compiler's; the build is the stable one.
RUSTC_BOOTSTRAP=1 cargo update --quiet -Z direct-minimal-versions
# Check of the check: the requirement of thiserror is lower than its newest version.
cargo tree --quiet --depth 1 --edges normal --prefix none | grep -q '^thiserror v2.0.0$'
CARGO_TARGET_DIR=$target/minimal-versions cargo check --quiet --all-features
