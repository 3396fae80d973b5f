#!/usr/bin/env bash
# Tests the Debian package of masthead-serve: installs it into an empty folder, edits the one line that must be edited, runs the unit's command in that
# folder as systemd would, and upgrades. Checks the units.
#
#     MASTHEAD_RECORDED=... tests/deb.sh          packs the debug build, which is quick
#     MASTHEAD_RECORDED=... tests/deb.sh dist     packs the release, target/debian/*.deb, and checks its size
#
# Needs root. Installs cargo-deb and systemd's tools if they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${MASTHEAD_RECORDED:?the folder of recorded answers}"
profile=${1:-debug}
target=${CARGO_TARGET_DIR:-target}
[ "$(id -u)" = 0 ] || { echo "needs root, for dpkg and chroot" >&2; exit 1; }
command -v systemd-analyze >/dev/null || tests/install.sh systemd
tests/tools.sh cargo-deb

work=$(mktemp -d)
root=$work/root
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
fail() {
    echo "FAILED: $*" >&2
    tail -n 20 "$work"/*.log >&2 || true
    exit 1
}

if [ "$profile" = debug ]; then
    cargo build -p masthead-serve
    # cargo-deb accepts no profile named debug or dev.
    mkdir -p "$target/unoptimised"
    cp "$target/debug/masthead-serve" "$target/unoptimised/"
    cargo deb -p masthead-serve --no-build --no-strip --fast --profile unoptimised --output "$work/first.deb" >/dev/null
else
    cargo deb -p masthead-serve
    cp "$target"/debian/masthead-serve_*.deb "$work/first.deb"
    size=$(stat --format %s "$target/dist/masthead-serve")
    echo "program: $size bytes; $(dpkg-deb --field "$work/first.deb" Depends)"
    [ "$size" -le 10000000 ] || fail "larger than 10 MB"
fi

# A second version, whose packaged settings differ.
dpkg-deb -R "$work/first.deb" "$work/second"
sed -i 's/^Version: .*/Version: 99.0.0-1/' "$work/second/DEBIAN/control"
echo '# A comment of the next version.' >>"$work/second/etc/masthead/masthead.toml"
dpkg-deb --build --root-owner-group -Znone "$work/second" "$work/second.deb" >/dev/null

# Without a base system, so the scripts run with the tools of this machine, and the dependencies are those of the program alone.
mkdir -p "$root/var/lib/dpkg"/{info,updates} "$root"/{run,tmp,var/lib/masthead}
touch "$root/var/lib/dpkg/status"
install_deb() {
    DEBIAN_FRONTEND=noninteractive dpkg --root="$root" --force-script-chrootless --force-depends --force-confdef --force-confold \
        --log=/dev/null -i "$1" >"$work/dpkg.log" 2>&1 || fail "dpkg"
}
install_deb "$work/first.deb"
[ "$(dpkg-query --root="$root" --show --showformat '${Status}' masthead-serve)" = "install ok installed" ] || fail "not installed"
for file in usr/share/doc/masthead-serve/{README.md,masthead.toml,copyright,LICENSE-MIT,LICENSE-APACHE,LICENSE-UNICODE}; do
    [ -s "$root/$file" ] || fail "$file is not in the package"
done
ldd "$root/usr/bin/masthead-serve" | grep -o '/[^ ]*' | xargs -I{} cp --parents --dereference {} "$root"

unit=$root/usr/lib/systemd/system/masthead-serve.service
setting() { sed -n "s/^$1=//p" "$unit"; }
# The command line and the environment of the unit, as its user, who owns the folder of StateDirectory=.
[ "$(setting StateDirectory)" = masthead ]
user=65534
chown $user:$user "$root/var/lib/masthead"
chmod 700 "$root/var/lib/masthead"
# shellcheck disable=SC2046,SC2086 # a list of variables, and a command with its arguments
start() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin $(setting Environment) "$@" chroot --userspec=$user:$user "$root" $(setting ExecStart) 2>>"$work/serve.log" &
    server=$!
    pids+=("$server")
}
# Prints a free port.
port() { python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])'; }

# As it is, the settings lack one line, and the log says which.
start
code=0
wait "$server" || code=$?
[ "$code" = "$(setting RestartPreventExitStatus)" ] || fail "without a contact: exit code $code"
grep -q '^/etc/masthead/masthead.toml:1:1: contact: is required: add a line such as contact = ' "$work/serve.log" || fail "without a contact"
# The editing of that line. Then a free port and a bank, for the test.
settings=$root/etc/masthead/masthead.toml
sed -i 's/^#contact = .*/contact = "package tests; web@example.kz"/' "$settings"
chroot "$root" /usr/bin/masthead-serve --check /etc/masthead/masthead.toml 2>>"$work/serve.log" || fail "the settings are invalid"
listen=$(port)
bank=$(port)
python3 tests/replayed_bank.py "$bank" "$MASTHEAD_RECORDED" &
pids+=($!)
for _ in $(seq 100); do
    curl --silent --output /dev/null "http://127.0.0.1:$bank/" && break
    sleep 0.1
done
sed -i "s/127.0.0.1:8080/127.0.0.1:$listen/; s#^base = .*#&\nupstream = \"http://127.0.0.1:$bank\"#" "$settings"

# Waits until the strip has a text.
shows() {
    for _ in $(seq 300); do
        curl --silent --fail "http://127.0.0.1:$listen/strip/kk.html" 2>/dev/null | grep -qF "$1" && return
        sleep 0.1
    done
    fail "the strip does not show $1"
}
# Collects the messages to the service manager.
chmod 777 "$root/run"
python3 - "$root/run/notify" "$work/messages.log" <<'PYTHON' &
import os, socket, sys
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o777)
while True:
    with open(sys.argv[2], "ab") as log:
        log.write(manager.recv(4096))
PYTHON
pids+=($!)
for _ in $(seq 100); do [ -S "$root/run/notify" ] && break; sleep 0.1; done
said() {
    for _ in $(seq 100); do
        grep -qs "^$1" "$work/messages.log" && return
        sleep 0.1
    done
    fail "no $1"
}
start NOTIFY_SOCKET=/run/notify WATCHDOG_USEC=1000000
shows '>475.09<'
said READY=1
said WATCHDOG=1
[ "$(awk '/^Uid:/ { print $2 }' "/proc/$server/status")" = $user ] || fail "the server is root"
# shellcheck disable=SC2046 # a command with its arguments
MAINPID=$server bash -c "$(setting ExecReload)"
said RELOADING=1
for _ in $(seq 100); do
    [ -s "$root/var/lib/masthead/masthead.ledger" ] && break
    sleep 0.1
done
kill "$server"
wait "$server" || fail "serve ended with $?"
said STOPPING=1

# The upgrade keeps the settings and the state, so that the strip is complete although the bank is away.
cp "$settings" "$work/edited"
install_deb "$work/second.deb"
[ "$(dpkg-query --root="$root" --show --showformat '${Version}' masthead-serve)" = 99.0.0-1 ] || fail "not upgraded"
cmp "$settings" "$work/edited" || fail "the upgrade changed the settings"
sed -i "s#^upstream = .*#upstream = \"http://127.0.0.1:$(port)\"#" "$settings"
start
shows '>475.09<'
kill "$server"
wait "$server" || fail "serve ended with $?"

# The units, which name a program that this machine need not have.
mkdir "$work/units"
cp "$root"/usr/lib/systemd/system/masthead-serve.* "$work/units"
sed -i "s#^ExecStart=#&$root#" "$work/units/masthead-serve.service"
systemd-analyze verify --man=no "$work"/units/masthead-serve.{service,socket} 2>"$work/verify.log" || fail "the units"
! grep -q masthead "$work/verify.log" || fail "the units"
# In tenths: at most 1.5, of 10 without any protection.
systemd-analyze security --offline=true --threshold=15 "$work/units/masthead-serve.service" >"$work/security.log" || fail "the protection of the unit"
tail -n 1 "$work/security.log"

DEBIAN_FRONTEND=noninteractive dpkg --root="$root" --force-script-chrootless --log=/dev/null -r masthead-serve >"$work/dpkg.log" 2>&1 || fail "removal"
[ ! -e "$root/usr/bin/masthead-serve" ] && [ -s "$root/var/lib/masthead/masthead.ledger" ] || fail "removal"
echo "the package is good"
