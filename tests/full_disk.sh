#!/usr/bin/env bash
# The state file on a disk of 64 KB. The disk is a tmpfs in a mount namespace of its own, so nothing is left of it.
# Needs root or user namespaces, and fails without: a check that skips itself is none.
set -euo pipefail
cd "$(dirname "$0")/.."
# Built outside: the namespace has another user, and a cache should stay the caller's.
cargo test --all-features --test faults --no-run
here=$(mktemp -d)
trap 'rmdir "$here"' EXIT

# Appended: a log that the caller keeps in a file would be cut.
inside='mount -t tmpfs -o size=64k tmpfs "$MASTHEAD_SMALL_DISK"
cargo test --all-features --test faults -- --ignored --exact disk::a_full_disk_keeps_the_state_of_before | tee -a /dev/stderr | grep -q "1 passed"'
as_whom=(--map-root-user)
[ "$(id -u)" != 0 ] || as_whom=()
if ! unshare "${as_whom[@]}" --mount true; then
    echo "no mount namespace here, so no small disk: run as root, or allow user namespaces" >&2
    exit 1
fi
MASTHEAD_SMALL_DISK=$here unshare "${as_whom[@]}" --mount bash -euo pipefail -c "$inside"
