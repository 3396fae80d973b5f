"""The site under load for half an hour, with upstreams that fail in every other way: memory and descriptors stay flat.

    cargo build -p site && python3 tests/soak.py target/debug/site [minutes, 30 without]

Prints a line a minute, and fails where the last quarter needs more than the second one did.
"""

import http.client
import http.server
import json
import os
import random
import re
import statistics
import subprocess
import sys
import threading
import time

site, minutes = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30
KINDS = ["good", "good", "503", "html", "cut", "drip", "hang", "huge", "close", "429"]
asked = dict.fromkeys(KINDS, 0)


def bank(day):
    rows = [("USD", 475.09), ("EUR", 551.06), ("RUB", 5.87), ("CNY", 69.12), ("GBP", 627.7), ("TRY", 10.68),
            ("KGS", 5.43), ("AED", 129.37), ("CHF", 590.03), ("PLN", 128.1), ("JPY", 2.98)]
    items = "".join(f"<item><title>{code}</title><description>{value}</description><quant>1</quant>"
                    f"<change>+0.10</change></item>" for code, value in rows)
    return f"<rates><date>{day}</date>{items}</rates>"


def forecast():
    hour = int(time.time()) // 3600 * 3600
    stamp = lambda at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    steps = [{"time": stamp(hour + 3600 * n), "data": {"instant": {"details": {"air_temperature": 7.5}}}} for n in range(48)]
    return json.dumps({"properties": {"meta": {}, "timeseries": steps}})


class Upstream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        kind = random.choice(KINDS)
        asked[kind] += 1
        day = re.search(r"fdate=([\d.]+)", self.path)
        good = bank(day.group(1) if day else time.strftime("%d.%m.%Y")) if "nationalbank" in self.path else forecast()
        body = good.encode()
        try:
            if kind == "close":
                self.close_connection = True
                return
            self.send_response({"503": 503, "429": 429}.get(kind, 200))
            if kind == "html":
                body = b"<html>502 Bad Gateway</html>"
            if kind == "429":
                self.send_header("Retry-After", "20")
            if kind == "huge":
                body = b"x" * (3 << 20)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if kind == "hang":
                time.sleep(12)
            elif kind == "drip":
                for byte in body[:60]:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(0.2)
            elif kind == "cut":
                self.wfile.write(body[: len(body) // 2])
            else:
                self.wfile.write(body)
            self.close_connection = kind in ("hang", "drip", "cut")
        except OSError:
            self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


upstream = Server(("127.0.0.1", 0), Upstream)
threading.Thread(target=upstream.serve_forever, daemon=True).start()
child = subprocess.Popen(
    [site, "--listen", "127.0.0.1:0", "--contact", "soak", "--upstream", f"http://127.0.0.1:{upstream.server_port}"],
    stderr=subprocess.PIPE, text=True)
port = None
while port is None:
    line = child.stderr.readline()
    if not line:
        sys.exit("the site stopped before it listened")
    found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
    port = found and int(found.group(1))
threading.Thread(target=lambda: [None for _ in child.stderr], daemon=True).start()

stop, pages, faults = time.time() + minutes * 60, [0] * 4, []


def load(number):
    paths = [f"/{lang}/{what}" for lang in ("en", "ru", "kk", "kk-Latn", "zh-Hans", "kk-Arab", "uz-Cyrl")
             for what in ("", "strip.json")]
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    while time.time() < stop:
        try:
            connection.request("GET", random.choice(paths))
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or not body:
                faults.append(f"{answer.status} with {len(body)} bytes")
            pages[number] += 1
            if pages[number] % 500 == 0:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            faults.append(repr(error))
            connection.close()
        time.sleep(0.01)


threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
for thread in threads:
    thread.start()

samples = []
while time.time() < stop:
    with open(f"/proc/{child.pid}/status") as status:
        resident = int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))
    samples.append((resident, len(os.listdir(f"/proc/{child.pid}/fd"))))
    if len(samples) % 12 == 1:
        print(f"{len(samples) // 12:4} min  {resident:7} kB  {samples[-1][1]:4} descriptors  {sum(pages):8} pages", flush=True)
    time.sleep(5)
for thread in threads:
    thread.join()
child.terminate()

quarter = len(samples) // 4
early, late = samples[quarter : 2 * quarter], samples[3 * quarter :]
for name, index, room in (("kB", 0, 1024), ("descriptors", 1, 4)):
    before, after = (statistics.median(sample[index] for sample in part) for part in (early, late))
    print(f"{name}: {before:.0f} in the second quarter, {after:.0f} in the last")
    if after > before * 1.03 + room:
        faults.append(f"{name} grew from {before} to {after}")
print(f"{sum(pages)} pages; upstream: {asked}")
if faults:
    sys.exit(f"{len(faults)} faults: {faults[:5]}")
