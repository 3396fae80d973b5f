#!/usr/bin/env bash
# Tests the strip in pages of nginx (SSI, AMP), Varnish (ESI) and PHP, each the real server with the snippets of
# serve/README.md: with a working bank, with every bank down from the start, and without the strip's server. Then amounts in articles of nginx and
# PHP.
#
#     MASTHEAD_RECORDED=... tests/web_servers.sh
#
# Installs nginx, Varnish and PHP if they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${MASTHEAD_RECORDED:?the folder of recorded answers}"
readme=serve/README.md

missing=()
command -v nginx >/dev/null || missing+=(nginx-light)
ls /usr/lib/nginx/modules/ngx_http_js_module.so >/dev/null 2>&1 || missing+=(libnginx-mod-http-js)
command -v varnishd >/dev/null || missing+=(varnish)
command -v php >/dev/null || missing+=(php-cli)
if [ ${#missing[@]} -gt 0 ]; then
    tests/install.sh "${missing[@]}"
fi
cargo build -p masthead-serve
serve="${CARGO_TARGET_DIR:-target}/debug/masthead-serve"

work=$(mktemp -d)
chmod 755 "$work"
pids=()
passed=0
stop() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    wait
    pids=()
}
trap 'stop; rm -rf "$work"' EXIT

fail() {
    echo "FAILED: $*" >&2
    tail -n 5 "$work"/*/*.log >&2 || true
    exit 1
}

# Prints distinct free ports.
ports() {
    python3 - "$1" <<'PYTHON'
import socket, sys
taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(int(sys.argv[1]))]
print(*(each.getsockname()[1] for each in taken))
PYTHON
}

# Prints the fenced block under a marker of the README.
snippet() {
    awk -v marker="<!-- snippet: $1 -->" '
        $0 == marker { found = 1; next }
        found && /^```/ { if (inside) exit; inside = 1; next }
        inside' "$readme" | grep . || fail "no snippet $1 in $readme"
}

# Waits until an address answers, with any response.
await() {
    for _ in $(seq 300); do
        if curl --silent --output /dev/null "$1"; then return; fi
        sleep 0.1
    done
    fail "$1 does not answer"
}

# Starts a bank at a port.
bank() {
    exec python3 tests/replayed_bank.py "$1" "$MASTHEAD_RECORDED"
}

# Prints the settings of an nginx that leaves the machine's own alone.
nginx_process() {
    echo "user $(id -un); daemon off; pid $1/nginx.pid; error_log $1/nginx/nginx.log; events {}"
}
nginx_folders() {
    local kind
    for kind in client_body proxy fastcgi uwsgi scgi; do echo "${kind}_temp_path $1/nginx/$kind;"; done
}

# Starts the three page servers in front of a port of the strip's server. In nginx a line may take the place of that with the port.
pages() {
    local here=$1 strip=$2 over=${3:-}
    mkdir -p "$here"/{news,origin,php,tmp,nginx}
    for page in ssi amp; do snippet "$page.html" >"$here/news/$page.html"; done
    snippet esi.html >"$here/origin/esi.html"
    snippet strip.php | sed "s/127.0.0.1:8080/127.0.0.1:$strip/" >"$here/php/index.php"
    snippet nginx.conf | sed "${over:+s#^ *proxy_pass .*#$over#;} s/127.0.0.1:8080/127.0.0.1:$strip/; s/listen 80;/listen 127.0.0.1:$nginx;/
        s#/var/www/news#$here/news#; s#/var/cache/nginx/strip#$here/nginx/cache#" >"$here/site.conf"
    sed '/Accept-Encoding/d; /proxy_cache/d; s/listen .*;/listen 127.0.0.1:'"$packed"';/' "$here/site.conf" >"$here/packed.conf"
    cat >"$here/nginx.conf" <<CONF
$(nginx_process "$here")
http {
    types { text/html html; text/css css; }
    access_log off;
    $(nginx_folders "$here")
    include $here/site.conf;
    include $here/packed.conf;
    server { listen 127.0.0.1:$origin; root $here/origin; }
}
CONF
    nginx -e "$here/nginx/nginx.log" -c "$here/nginx.conf" &
    pids+=($!)
    snippet varnish.vcl | sed "s/\"8080\"/\"$strip\"/; s/\"8081\"/\"$origin\"/" >"$here/varnish.vcl"
    varnishd -j none -F -n "$here/varnish" -a "127.0.0.1:$varnish" -f "$here/varnish.vcl" -s malloc,16m >"$here/varnish.log" 2>&1 &
    pids+=($!)
    TMPDIR=$here/tmp php -S "127.0.0.1:$php" -t "$here/php" >"$here/tmp/php.log" 2>&1 &
    pids+=($!)
    await "http://127.0.0.1:$nginx/ssi.html"
    await "http://127.0.0.1:$varnish/esi.html"
    await "http://127.0.0.1:$php/"
}

# Requests a page without and with compression: it must be complete, and contain each text once within its header.
check() {
    local name=$1 url=$2 page how
    shift 2
    for how in identity gzip "gzip, deflate, br"; do
        page=$(curl --silent --show-error --fail --compressed --header "Accept-Encoding: $how" --max-time 5 "$url") ||
            fail "$name ($how): no page"
        grep -q '<main>Article</main></body>' <<<"$page" && grep -q '</html>' <<<"$page" || fail "$name ($how): not whole: $page"
        # Error pages of web servers have several lines.
        header=$(tr '\r\n' '  ' <<<"$page" | sed -n 's#.*<header>\(.*\)</header>.*#\1#p')
        for text in "$@"; do
            [ "$(grep -oF "$text" <<<"$header" | wc -l)" = 1 ] || fail "$name ($how): $text is not once in: $header"
        done
        if [ $# = 0 ] && [ -n "$header" ]; then fail "$name ($how): something in the header: $header"; fi
        passed=$((passed + 1))
    done
    echo "$name: good"
}

check_all() {
    local round=$1
    shift
    check "$round, nginx SSI" "http://127.0.0.1:$nginx/ssi.html" "$@"
    check "$round, nginx SSI in AMP" "http://127.0.0.1:$nginx/amp.html" "$@"
    check "$round, Varnish ESI" "http://127.0.0.1:$varnish/esi.html" "$@"
    check "$round, PHP" "http://127.0.0.1:$php/" "$@"
}

# Starts the strip's server with an upstream, a file for its log, and perhaps another section.
strip_server() {
    cat >"$work/masthead.toml" <<TOML
contact = "web server tests; web@example.kz"
listen = "127.0.0.1:$strip"
base = "/strip"
upstream = "http://127.0.0.1:$1"
[proxy]
peer_header = "x-real-ip"
trusted = ["127.0.0.1"]
${3:-}
TOML
    "$serve" "$work/masthead.toml" 2>"$2" &
    server=$!
    pids+=("$server")
    await "http://127.0.0.1:$strip/strip/kk.html"
}

read -r nginx packed origin varnish php strip upstream dead < <(ports 8)

mkdir "$work/good" "$work/dead" "$work/away"
bank "$upstream" &
pids+=($!)
await "http://127.0.0.1:$upstream/"
strip_server "$upstream" "$work/good/serve.log"
for _ in $(seq 100); do
    curl --silent "http://127.0.0.1:$strip/strip/kk.html" | grep -qF 475.09 && break
    sleep 0.1
done
pages "$work/good" "$strip"
check_all "a bank that answers" '<section class="masthead" lang="kk"' '>475.09<' '</section>'

# Check of the check: if the reader's Accept-Encoding is passed on, the included fragment is compressed.
if curl --silent --compressed --header "Accept-Encoding: gzip" "http://127.0.0.1:$packed/ssi.html" | grep -aqF 475.09; then
    fail "the line about Accept-Encoding is not needed any more"
fi

amp=$(curl --silent "http://127.0.0.1:$nginx/amp.html")
grep -qF '.masthead' <<<"$(sed -n '/<style amp-custom>/,/<\/style>/p' <<<"$amp")" || fail "AMP: no style"
[ "$(grep -oi '<script' <<<"$amp" | wc -l)" = 1 ] || fail "AMP: a script beside AMP's own"
! grep -qE '!important|[^-]style="| on[a-z]+="' <<<"$amp" || fail "AMP: what it does not allow"
[ "$(curl --silent --output /dev/null --write-out '%{http_code} %{content_type}' "http://127.0.0.1:$varnish/strip/masthead.css")" = "200 text/css; charset=utf-8" ] || fail "Varnish: the style"
for front in "$nginx" "$varnish"; do
    events=$(curl --silent --no-buffer --max-time 2 "http://127.0.0.1:$front/strip/events?lang=kk" || true)
    grep -q '^retry:' <<<"$events" || fail "events by way of $front: $events"
    passed=$((passed + 1))
done

# The server stops: the cached strip stays.
kill "$server"
wait "$server" || fail "serve ended with $?"
check_all "a server that went away" '<section class="masthead" lang="kk"' '>475.09<' '</section>'
stop

read -r nginx packed origin varnish php strip upstream dead < <(ports 8)
strip_server "$dead" "$work/dead/serve.log"
pages "$work/dead" "$strip"
check_all "every bank dead from the start" '<section class="masthead" lang="kk"' 'data-pair="USD/KZT" data-freshness="absent"' '</section>'
stop

# nginx in front of a unix socket, which only the web server's group may open.
read -r nginx packed origin varnish php strip upstream dead < <(ports 8)
mkdir "$work/unix"
bank "$upstream" &
pids+=($!)
await "http://127.0.0.1:$upstream/"
socket=$work/unix/strip.sock
sed "s#^listen = .*#listen = \"unix:$socket\"#; s#^upstream = .*#upstream = \"http://127.0.0.1:$upstream\"#; s#^trusted = .*#trusted = []#" \
    "$work/masthead.toml" >"$work/unix.toml"
"$serve" "$work/unix.toml" 2>"$work/unix/serve.log" &
pids+=($!)
for _ in $(seq 100); do
    curl --silent --unix-socket "$socket" "http://localhost/strip/kk.html" | grep -qF 475.09 && break
    sleep 0.1
done
over_socket=$(snippet unix.conf | sed "s#/run/masthead/strip.sock#$socket#")
pages "$work/unix" "$strip" "$over_socket"
check "a unix socket, nginx SSI" "http://127.0.0.1:$nginx/ssi.html" '<section class="masthead" lang="kk"' '>475.09<' '</section>'
stop

read -r nginx packed origin varnish php strip upstream dead < <(ports 8)
pages "$work/away" "$strip"
check_all "no server of the strip"

stop

# shellcheck source=tests/web_servers_articles.sh
source tests/web_servers_articles.sh
test_articles

echo "$passed passed, 0 failed"
