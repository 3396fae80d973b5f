#!/usr/bin/env bash
# Compares the strip's service with nginx, which serves the same page as a file with the same headers. The server runs on one core, the
# load generator on the other. The figure is the server's CPU time for each request, because the load generator is saturated first.
#
#     benches/http.sh [rounds, default 5] [seconds for each measurement, default 4]
#
# The servers take turns in each round; the table has medians. Installs nginx and wrk from Debian's packages if they are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds=${1:-5} seconds=${2:-4} connections=32
for tool in nginx wrk; do
    command -v "$tool" >/dev/null || missing="${missing:-} ${tool/nginx/nginx-light}"
done
if [ -n "${missing:-}" ]; then
    apt-get update -qq
    # shellcheck disable=SC2086 # a list of packages
    apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
cargo build --quiet --release -p masthead-http -p masthead-serve
program=${CARGO_TARGET_DIR:-target}/release/masthead-http
work=$(mktemp -d)
chmod 755 "$work"
pids=()
finish() {
    kill "${pids[@]}" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

# The page and its headers, as the service sends them, without the headers that nginx adds itself.
"$program" page >"$work/page"
mkdir -p "$work/root/strip"
sed '1,/^$/d' "$work/page" >"$work/root/strip/en.html"
# The page ends without a line feed, which sed has added.
truncate -s "$(($(wc -c <"$work/page") - $(sed '/^$/q' "$work/page" | wc -c)))" "$work/root/strip/en.html"
headers=$(sed '/^$/q' "$work/page" | sed -nE '/^(etag|last-modified|content-type):/d; s/^([a-z-]+): (.*)$/add_header \1 "\2";/p')

nginx_on() {
    local name=$1 port=$2 settings=$3
    mkdir -p "$work/$name"
    cat >"$work/$name.conf" <<CONF
worker_processes 1;
worker_cpu_affinity 01;
daemon off;
pid $work/$name/pid;
error_log $work/$name/error.log;
events { worker_connections 1024; }
http {
    types { text/html html; }
    charset utf-8;
    access_log off;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_requests 100000000;
    client_body_temp_path $work/$name; proxy_temp_path $work/$name; fastcgi_temp_path $work/$name;
    uwsgi_temp_path $work/$name; scgi_temp_path $work/$name;
    $settings
    server { listen 127.0.0.1:$port; root $work/root; $headers }
}
CONF
    nginx -e "$work/$name/error.log" -c "$work/$name.conf" &
    pids+=($!)
}
ours() {
    taskset -c 0 "$program" "$1" "127.0.0.1:$2" &
    pids+=($!)
}

cache='open_file_cache max=100; open_file_cache_valid 60s;'
names=(nginx-sendfile nginx-cache nginx-best masthead-hyper masthead-axum axum-nested bare-hyper masthead-serve)
nginx_on nginx-sendfile 8601 'sendfile on;'
nginx_on nginx-cache 8602 "sendfile on; $cache"
nginx_on nginx-best 8603 "sendfile off; $cache"
ours hyper 8604
ours axum 8605
ours axum-nested 8606
ours bare 8607
# The whole server, with its limits, time-outs and metrics. Its sources do not answer.
"$program" ledger "$work/masthead.ledger"
cat >"$work/masthead.toml" <<TOML
contact = "benches; web@example.kz"
listen = "127.0.0.1:8608"
base = "/strip"
threads = 1
state = "$work/masthead.ledger"
upstream = "http://127.0.0.1:9"
default_language = "en"
[layout]
today = true
languages = { $(printf '%s = "/%s/", ' en en ru ru kk kk kk-Latn kk-Latn zh-Hans zh-Hans kk-Arab kk-Arab uz-Cyrl uz-Cyrl uz-Latn uz-Latn | sed 's/, $//') }
[metrics]
listen = "127.0.0.1:8609"
TOML
taskset -c 0 "${program%-http}-serve" "$work/masthead.toml" 2>"$work/serve.log" &
pids+=($!)

url() { echo "http://127.0.0.1:$((8601 + $1))/strip/en.html"; }
for index in "${!names[@]}"; do
    for _ in $(seq 50); do
        curl -fs -o "$work/got" "$(url "$index")" && break
        sleep 0.1
    done
    cmp -s "$work/got" "$work/root/strip/en.html" || { echo "${names[$index]} does not serve the page" >&2; exit 1; }
done
# Prints the process that serves: nginx's worker, or the server itself.
worker() {
    local child
    child=$(pgrep -P "${pids[$1]}" | head -n 1 || true)
    echo "${child:-${pids[$1]}}"
}
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
tick_us=$((1000000 / $(getconf CLK_TCK)))

measure() {
    local index=$1 mode=$2 pid before used requests header=()
    pid=$(worker "$index")
    if [ "$mode" = 304 ]; then
        header=(-H "If-None-Match: $(curl -fsD - -o /dev/null "$(url "$index")" | tr -d '\r' | sed -n 's/^etag: //Ip')")
        [ "$(curl -so /dev/null -w '%{http_code}' "${header[@]}" "$(url "$index")")" = 304 ] || { echo "${names[$index]}: no 304" >&2; exit 1; }
    fi
    before=$(ticks "$pid")
    taskset -c 1 wrk -t1 "-c$connections" "-d${seconds}s" "${header[@]}" "$(url "$index")" >"$work/wrk"
    used=$(($(ticks "$pid") - before))
    ! grep -E 'Socket errors|Non-2xx' "$work/wrk" || { echo "${names[$index]}: failed requests" >&2; exit 1; }
    requests=$(awk '/requests in/ { print $1 }' "$work/wrk")
    awk -v used="$used" -v tick="$tick_us" -v requests="$requests" -v seconds="$seconds" -v key="${names[$index]} $mode" \
        'BEGIN { printf "%s %.3f %.0f\n", key, used * tick / requests, requests / seconds }' >>"$work/figures"
}
for round in $(seq "$rounds"); do
    for mode in 200 304; do
        # Each round begins with another server.
        for step in "${!names[@]}"; do
            measure $(((step + round) % ${#names[@]})) "$mode"
        done
    done
done

median() { sort -n | awk '{ v[NR] = $1 } END { print (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2) }'; }
printf '%d bytes, %d connections, medians of %d rounds of %d s\n\n' "$(wc -c <"$work/root/strip/en.html")" "$connections" "$rounds" "$seconds"
printf '| server | answer | CPU µs a request | requests a second | of the service on hyper |\n|---|---|---|---|---|\n'
for mode in 200 304; do
    base=$(awk -v key="masthead-hyper $mode" '$1 " " $2 == key { print $3 }' "$work/figures" | median)
    for name in "${names[@]}"; do
        cpu=$(awk -v key="$name $mode" '$1 " " $2 == key { print $3 }' "$work/figures" | median)
        rate=$(awk -v key="$name $mode" '$1 " " $2 == key { print $4 }' "$work/figures" | median)
        awk -v name="$name" -v mode="$mode" -v cpu="$cpu" -v rate="$rate" -v base="$base" \
            'BEGIN { printf "| %s | %s | %.2f | %.0f | %.2f |\n", name, mode, cpu, rate, cpu / base }'
    done
done
