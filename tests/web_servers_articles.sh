# Tests amounts in articles of PHP and nginx, with the snippets of serve/README.md: with serve, without it, and with servers in its place that
# stall, break off and fail. Part of tests/web_servers.sh, whose functions it calls.

# Starts a site whose article is of today in Astana. Its path begins with /articles/ or is /.
article_site() {
    exec python3 - "$1" "$2" <<'PYTHON'
import http.server, sys
class Site(http.server.BaseHTTPRequestHandler):
    def do_GET(self, body=True):
        name = self.path.split("?")[0].rsplit("/", 1)[1]
        page = "<!doctype html><meta charset=utf-8><main><p>Семьи получат по 7 млн тенге.</p></main></html>".encode()
        headers = {"Content-Type": "text/html; charset=utf-8", "ETag": '"site"', "Set-Cookie": "a=1"}
        if name in ("budget", "large", "cyrillic"):
            headers |= {"Article-Day": sys.argv[2], "Content-Language": "ru"}
        if name == "large":
            page = b" " * (3 << 20) + page
        if name == "cyrillic":
            page, headers["Content-Type"] = page.decode().encode("windows-1251"), "text/html; charset=windows-1251"
        self.send_response(404 if name == "missing" else 200)
        for header, value in headers.items():
            self.send_header(header, value)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        try:
            self.wfile.write(page if body else b"")
        except OSError:
            # nginx reads a long page up to its limit only.
            self.close_connection = True
    def do_HEAD(self):
        self.do_GET(body=False)
    def do_POST(self):
        length = int(self.headers["Content-Length"])
        received = self.rfile.read(length)
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(received)
    def log_message(self, *_):
        pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Site).serve_forever()
PYTHON
}

# Starts a server in the place of serve that misbehaves: it stalls, breaks off within a page, or fails.
bad_annotator() {
    exec python3 - "$1" "$2" <<'PYTHON'
import socket, sys, threading, time
def answer(connection):
    if sys.argv[2] == "stalls":
        time.sleep(30)
    connection.recv(65536)
    time.sleep(0.05)
    head = {"breaks-off": "200 OK\r\nContent-Length: 5000", "fails": "500 No\r\nContent-Length: 5"}[sys.argv[2]]
    connection.sendall(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\nwrong".encode())
    # Without a reset, which would hide that the page is short.
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        pass
    connection.close()
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=answer, args=(server.accept()[0],), daemon=True).start()
PYTHON
}

# Starts nginx and PHP in front of a site and a port of serve.
article_pages() {
    local here=$1 annotate=$2 today=$3
    mkdir -p "$here"/{php,nginx}
    snippet annotate.php | sed "s/127.0.0.1:8081/127.0.0.1:$annotate/; s/2023-06-13/$today/" >"$here/php/index.php"
    snippet annotate.js | sed "s/127.0.0.1:8081/127.0.0.1:$annotate/; s/127.0.0.1:8082/127.0.0.1:$origin/" >"$here/annotate.js"
    snippet annotate.conf | sed "s#/etc/nginx/annotate.js#$here/annotate.js#; s/listen 80;/listen 127.0.0.1:$nginx;/
        s/127.0.0.1:8082/127.0.0.1:$origin/" >"$here/site.conf"
    # The longest page of PHP is above the limit of serve too.
    { sed "s#<p>#<p><?= str_repeat(' ', 3 << 20) ?>#" "$here/php/index.php"; } >"$here/php/large.php"
    cat >"$here/nginx.conf" <<CONF
load_module $modules/ngx_http_js_module.so;
$(nginx_process "$here")
http {
    access_log off;
    $(nginx_folders "$here")
    gzip on;
    include $here/site.conf;
}
CONF
    nginx -e "$here/nginx/nginx.log" -c "$here/nginx.conf" &
    pids+=($!)
    php -S "127.0.0.1:$php" -t "$here/php" >"$here/php.log" 2>&1 &
    pids+=($!)
    await "http://127.0.0.1:$nginx/"
    await "http://127.0.0.1:$php/"
}

# Requests an article: it must be complete, come in time, and be annotated or as it was.
check_article() {
    local name=$1 url=$2 expected=$3 page seconds
    page=$(curl --silent --show-error --fail --compressed --max-time 5 --write-out '%{stderr}%{time_total}' "$url" 2>"$work/seconds") || fail "$name: no page"
    seconds=$(cat "$work/seconds")
    python3 -c "import sys; sys.exit(not float('$seconds') < 1.5)" || fail "$name: $seconds s"
    grep -q '7 млн тенге' <<<"$page" && [[ $page == *"</main>"*"</html>" ]] || fail "$name: not whole: ${page:0:3000}"
    case $expected in
        annotated) grep -qF '(<bdi>около 14 700 $</bdi>)' <<<"${page//$'\u00a0'/ }" || fail "$name: not annotated: ${page:0:3000}" ;;
        as-it-was) ! grep -qF 'masthead-' <<<"$page" || fail "$name: annotated: ${page:0:3000}" ;;
    esac
    passed=$((passed + 1))
    echo "$name: good"
}

check_both() {
    check_article "$1, PHP" "http://127.0.0.1:$php/" "$2"
    check_article "$1, nginx" "http://127.0.0.1:$nginx/articles/budget?a=1&b=2" "$2"
}

# Responses of nginx that are no article in time: each is the site's own.
check_nginx_passes() {
    local articles="http://127.0.0.1:$nginx/articles"
    check_article "an article above the limit, PHP" "http://127.0.0.1:$php/large.php" as-it-was
    check_article "an article above the limit, nginx" "$articles/large" as-it-was
    check_article "a page that is no article, nginx" "$articles/plain" as-it-was
    curl --silent "$articles/cyrillic" | cmp - <(curl --silent "http://127.0.0.1:$origin/articles/cyrillic") || fail "nginx: a page in windows-1251"
    [ "$(curl --silent --output /dev/null --write-out '%{http_code}' "$articles/missing")" = 404 ] || fail "nginx: not 404"
    [ "$(curl --silent --data text "$articles/budget")" = text ] || fail "nginx: POST"
    local get head
    get=$(curl --silent --include "$articles/budget" | sed '/^\r$/q')
    head=$(curl --silent --head "$articles/budget")
    grep -qi '^set-cookie: a=1' <<<"$get" && ! grep -qi '^etag' <<<"$get" || fail "nginx: headers: $get"
    [ "$(grep -i '^content-length' <<<"$get")" = "$(grep -i '^content-length' <<<"$head")" ] || fail "nginx: HEAD: $head"
    passed=$((passed + 4))
}

test_articles() {
    local modules today annotate how
    modules=$(nginx -V 2>&1 | sed -n 's/.*--modules-path=\([^ ]*\).*/\1/p')
    today=$(TZ=UTC-5 date +%F)
    read -r nginx origin php strip upstream annotate < <(ports 6)
    mkdir -p "$work/articles" "$work/gone" "$work/stalls" "$work/breaks-off" "$work/fails"
    bank "$upstream" &
    pids+=($!)
    article_site "$origin" "$today" &
    pids+=($!)
    await "http://127.0.0.1:$upstream/"
    await "http://127.0.0.1:$origin/"
    strip_server "$upstream" "$work/articles/serve.log" "[annotate]
listen = \"127.0.0.1:$annotate\""
    # Until the second bank has confirmed the rates.
    for _ in $(seq 100); do
        curl --silent --data-binary '7 млн тенге' --header 'Content-Type: text/plain' "http://127.0.0.1:$annotate/?lang=ru" | grep -q около && break
        sleep 0.1
    done
    article_pages "$work/articles" "$annotate" "$today"
    check_both "serve" annotated
    check_nginx_passes
    kill "$server"
    wait "$server" || fail "serve ended with $?"
    check_both "serve that went away" as-it-was
    stop

    for how in stalls breaks-off fails; do
        read -r nginx origin php annotate < <(ports 4)
        article_site "$origin" "$today" &
        pids+=($!)
        bad_annotator "$annotate" "$how" &
        pids+=($!)
        await "http://127.0.0.1:$origin/"
        article_pages "$work/$how" "$annotate" "$today"
        check_both "a server that $how" as-it-was
        stop
    done
}
