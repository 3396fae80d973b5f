#!/usr/bin/env bash
# Fills the disk of the ledger's file, a tmpfs of 64 KB in its own mount namespace, which leaves no trace. Needs root or user
# namespaces, and fails without them instead of skipping the test.
set -euo pipefail
cd "$(dirname "$0")/.."
# Built outside the namespace, whose other user must not own files in the build cache.
cargo test --all-features --test it --no-run
here=$(mktemp -d)
trap 'rmdir "$here"' EXIT

# Appended, because the caller may write its log to a file.
inside='mount -t tmpfs -o size=64k tmpfs "$MASTHEAD_SMALL_DISK"
cargo test --all-features --test it -- --ignored --exact faults::disk::a_full_disk_keeps_what_was_saved_before | tee -a /dev/stderr | grep -q "1 passed"'
as_whom=(--map-root-user)
[ "$(id -u)" != 0 ] || as_whom=()
if ! unshare "${as_whom[@]}" --mount true; then
    echo "no mount namespace here, so no small disk: run as root, or allow user namespaces" >&2
    exit 1
fi
MASTHEAD_SMALL_DISK=$here unshare "${as_whom[@]}" --mount bash -euo pipefail -c "$inside"
