#!/usr/bin/env bash
# Installs tools of cargo that the checks need, unless they are there.
#
#     tests/tools.sh NAME...        such as cargo-deny
#     tests/tools.sh                all of them
#
# Two runs at once take turns.
set -euo pipefail
cd "$(dirname "$0")/.."
declare -A tools=(
    [cargo-deb]="3.8.0 --no-default-features --features lzma"
    [cargo-deny]="0.19.0"
    [cargo-fuzz]="0.13.2"
    [cargo-semver-checks]="0.51.0 --no-default-features"
)
if [ $# = 0 ]; then set -- "${!tools[@]}"; fi

# One folder, because they share dependencies. Without optimisation, because building takes longer than running.
folder=${CARGO_TARGET_DIR:-$PWD/target}/tools
mkdir -p "$folder"
export CARGO_TARGET_DIR=$folder CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_DEV_CODEGEN_UNITS=8
install() {
    local name=$1 version features
    read -r version features <<<"${tools[$name]}"
    if [ "$(cargo "${name#cargo-}" --version 2>/dev/null)" != "$name $version" ]; then
        # shellcheck disable=SC2086 # several arguments
        cargo install "$name" --debug --locked --version "$version" $features
    fi
}
for name in "$@"; do
    # Until another run has installed its present tool.
    exec 9>"$folder/lock"
    flock 9
    install "$name"
    exec 9>&-
done
