#!/usr/bin/env bash
# Reads the metrics of masthead-serve with Prometheus itself, with its linter and with the strict parser of its Python client, after a bank that answers
# and after its failure. Checks the scrape configuration and the alert rules of serve/README.md with promtool, and that the rules fire.
#
#     tests/metrics.sh
#
# Downloads Debian's package prometheus, without installing it, if the programs are missing.
set -euo pipefail
cd "$(dirname "$0")/.."
readme=serve/README.md
work=$(mktemp -d)
pids=()
stop() {
    [ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap stop EXIT
fail() {
    echo "FAILED: $*" >&2
    tail -n 20 "$work"/*.log >&2 || true
    exit 1
}

if ! { command -v promtool && command -v prometheus; } >/dev/null; then
    apt-get update -qq
    (cd "$work" && apt-get download -qq -o APT::Sandbox::User=root prometheus && dpkg-deb --extract prometheus_*.deb deb)
    PATH="$work/deb/usr/bin:$PATH"
fi
python3 -m pip --version >/dev/null 2>&1 || tests/install.sh python3-pip
python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps --target "$work/python" prometheus_client==0.26.0
cargo build -p masthead-serve
serve="${CARGO_TARGET_DIR:-target}/debug/masthead-serve"

# Prints the fenced block under a marker of the manual.
snippet() {
    awk -v marker="<!-- snippet: $1 -->" '
        $0 == marker { found = 1; next }
        found && /^```/ { if (inside) exit; inside = 1; next }
        inside' "$readme" | grep . || fail "no snippet $1 in $readme"
}

snippet masthead.rules.yml >"$work/masthead.rules.yml"
snippet prometheus.yml >"$work/prometheus.yml"
promtool check config "$work/prometheus.yml" >"$work/config.log" 2>&1 || fail "the configuration of the manual"
cat >"$work/rules_test.yml" <<'YAML'
rule_files: [masthead.rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - { series: 'masthead_item_state{instance="a", item="rates", state="fresh"}', values: 1x10 0x90 }
      - { series: 'masthead_item_state{instance="a", item="rates", state="stale"}', values: 0x10 1x90 }
      - { series: 'masthead_item_state{instance="a", item="weather of astana", state="stale"}', values: 0x10 1x5 0x85 }
      - { series: 'masthead_quarantine_age_seconds{instance="a"}', values: 85500+60x100 }
    alert_rule_test:
      - { eval_time: 20m, alertname: MastheadItemOutdated, exp_alerts: [] }
      - eval_time: 30m
        alertname: MastheadItemOutdated
        exp_alerts:
          - exp_labels: { instance: a, item: rates, state: stale }
            exp_annotations: { summary: "a: rates is stale" }
      - { eval_time: 15m, alertname: MastheadQuarantineOld, exp_alerts: [] }
      - eval_time: 16m
        alertname: MastheadQuarantineOld
        exp_alerts:
          - exp_labels: { instance: a }
            exp_annotations:
              summary: "a: a publication is quarantined since 1d 0h 1m 0s; see masthead-serve --quarantine"
YAML
promtool test rules "$work/rules_test.yml" >"$work/rules.log" 2>&1 || fail "the alert rules of the manual"

# Starts an upstream whose bank and weather service answer until the file `failing` is there, and prints its port.
python3 - "$work/failing" >"$work/port" <<'PYTHON' &
import datetime, http.server, json, os, re, sys, urllib.parse
RATES = {"USD": "475.09", "EUR": "551.06", "RUB": "5.87", "CNY": "69.12"}
class Upstream(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        status, body = 404, ""
        if os.path.exists(sys.argv[1]):
            status = 502
        elif self.path.startswith("/nationalbank.kz/"):
            day = re.search(r"fdate=([0-9.]+)", self.path)
            day = day[1] if day else (now + datetime.timedelta(hours=5)).strftime("%d.%m.%Y")
            items = "".join(f"<item><title>{code}</title><description>{value}</description><quant>1</quant><change>+0.10</change></item>"
                            for code, value in RATES.items())
            status, body = 200, f"<rates><date>{day}</date>{items}</rates>"
        elif self.path.startswith("/api.met.no/"):
            place = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            hours = [(now + datetime.timedelta(hours=hour)).strftime("%Y-%m-%dT%H:00:00Z") for hour in range(48)]
            series = [{"time": hour, "data": {"instant": {"details": {"air_temperature": 7.5}}}} for hour in hours]
            status, body = 200, json.dumps({
                "geometry": {"coordinates": [float(place["lon"][0]), float(place["lat"][0])]},
                "properties": {"meta": {"units": {"air_temperature": "celsius"}}, "timeseries": series}})
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
print(server.server_port, flush=True)
server.serve_forever()
PYTHON
pids+=($!)
for _ in $(seq 100); do
    [ ! -s "$work/port" ] || break
    sleep 0.1
done
[ -s "$work/port" ] || fail "the upstream did not start"

# Starts the server, and waits for its listeners.
start() {
    cat >"$work/masthead.toml" <<TOML
contact = "metrics tests; web@example.kz"
listen = "127.0.0.1:0"
base = "/strip"
upstream = "http://127.0.0.1:$(cat "$work/port")"
cities = ["astana", "almaty"]
[metrics]
listen = "127.0.0.1:0"
TOML
    "$serve" "$work/masthead.toml" 2>"$work/serve.log" &
    server=$!
    pids+=("$server")
    for _ in $(seq 100); do
        ! grep -q "listening on" "$work/serve.log" || break
        sleep 0.1
    done
    metrics=$(sed -nE 's#.* metrics on (http://.*)#\1#p' "$work/serve.log")
    strip=$(sed -nE 's#.* listening on (http://.*)#\1/strip#p' "$work/serve.log")
    [ -n "$metrics" ] && [ -n "$strip" ] || fail "the server does not start"
}

# Waits until a scrape has a line.
await() {
    for _ in $(seq 150); do
        ! curl --silent --fail "$metrics" | grep -qxF "$1" || return 0
        sleep 0.1
    done
    curl --silent "$metrics" >&2
    fail "no line $1"
}

# Reads a scrape with both parsers. The linter reads the format before OpenMetrics.
parse() {
    curl --silent --fail --header 'Accept: text/plain' "$metrics" >"$work/text"
    promtool check metrics <"$work/text" >"$work/lint.log" 2>&1 || fail "promtool check metrics"
    curl --silent --fail --dump-header "$work/head" --output "$work/scrape" "$metrics"
    grep -qi '^content-type: application/openmetrics-text; version=1.0.0; charset=utf-8' "$work/head" || fail "the media type"
    PYTHONPATH="$work/python" python3 - "$work/scrape" <<'PYTHON' || fail "the parser of OpenMetrics"
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(open(sys.argv[1]).read()))
units = {family.name: family.unit for family in families}
assert units["masthead_item_age_seconds"] == units["masthead_upstream_request_duration_seconds"] == "seconds", units
assert len(units) == len(families) > 15, units
assert all(family.documentation for family in families)
states = [sample for family in families if family.name == "masthead_item_state" for sample in family.samples]
assert len(states) == 3 * 4 and sum(sample.value for sample in states) == 3, states
print(f"{len(families)} families, {sum(len(family.samples) for family in families)} samples")
PYTHON
}

start
await 'masthead_item_state{item="weather of almaty",state="fresh"} 1'
await 'masthead_upstream_attempts_total{source="national_bank_kz",outcome="read"} 2'
curl --silent --fail --output /dev/null "$strip/kk.html"
curl --silent --fail --output /dev/null --max-time 0.3 "$strip/events?lang=kk" || true
parse

# Prometheus scrapes it by the manual's configuration, with another address and a shorter interval.
address=${metrics#http://}
{ echo "global: { scrape_interval: 1s }"; sed "s#127.0.0.1:9187#${address%/metrics}#" "$work/prometheus.yml"; } >"$work/scraping.yml"
read -r own < <(python3 -c 'import socket; print(socket.create_server(("127.0.0.1", 0)).getsockname()[1])')
prometheus --config.file="$work/scraping.yml" --storage.tsdb.path="$work/data" --web.listen-address="127.0.0.1:$own" >"$work/prometheus.log" 2>&1 &
pids+=($!)
query() { curl --silent --get --data-urlencode "query=$1" "http://127.0.0.1:$own/api/v1/query"; }
for _ in $(seq 150); do
    query 'masthead_http_requests_total{route="html", code="200"} == 1' | grep -q '"result":\[{' && break
    sleep 0.1
done
for expression in 'up{job="masthead"} == 1' 'masthead_item_state{item="rates", state="fresh"} == 1' 'masthead_build_info' \
    'masthead_upstream_request_duration_seconds_count{source="national_bank_kz"} == 2' 'masthead_http_requests_total{route="html", code="200"} == 1'; do
    query "$expression" | grep -q '"result":\[{' || fail "Prometheus has nothing for $expression: $(query "$expression")"
done

# A server whose upstream fails from its start.
kill "$server"
wait "$server" || fail "serve ended with $?"
touch "$work/failing"
start
await 'masthead_upstream_attempts_total{source="national_bank_kz",outcome="server_error"} 2'
await 'masthead_item_state{item="rates",state="absent"} 1'
parse
echo "Prometheus reads the metrics"
