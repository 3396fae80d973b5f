#!/usr/bin/env python3
"""Reloads of settings with 200 cities while four clients read pages: the times of answers with and without reloads, in one run.

    cargo build --release -p masthead-serve
    python3 tests/reload_load.py target/release/masthead-serve [reloads, 30 without]

Two event streams are open too. Fails if a request fails, a page lacks a rate or a city that was known, a stream ends, or an answer during the
reloads takes 50 ms or more. Not part of CI: other load on the machine counts as well, which the times without reloads show.
"""

import http.client
import http.server
import json
import multiprocessing
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30
CITIES, CLIENTS, LIMIT = 200, 4, 0.05
LANGUAGES = ("en", "ru", "kk", "zh-Hans")
PATHS = [f"/strip/{lang}.{form}" for lang in LANGUAGES for form in ("html", "json", "txt", "svg")]


def bank(day):
    rows = [("USD", 475.09), ("EUR", 551.06), ("RUB", 5.87), ("CNY", 69.12), ("GBP", 627.7), ("TRY", 10.68),
            ("KGS", 5.43), ("AED", 129.37), ("CHF", 590.03), ("PLN", 128.1), ("JPY", 2.98)]
    items = "".join(f"<item><title>{code}</title><description>{value}</description><quant>1</quant>"
                    f"<change>+0.10</change></item>" for code, value in rows)
    return f"<rates><date>{day}</date>{items}</rates>"


def forecast(path):
    hour = int(time.time()) // 3600 * 3600
    stamp = lambda at: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    steps = [{"time": stamp(hour + 3600 * n), "data": {"instant": {"details": {"air_temperature": 7.5}}}} for n in range(48)]
    place = [float(re.search(name + r"=([-\d.]+)", path)[1]) for name in ("lon", "lat")]
    meta = {"updated_at": stamp(hour), "units": {"air_temperature": "celsius"}}
    return json.dumps({"geometry": {"coordinates": place}, "properties": {"meta": meta, "timeseries": steps}})


class Upstream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    requests = 0

    def log_message(self, *_):
        pass

    def do_GET(self):
        Upstream.requests += 1
        day = re.search(r"fdate=([\d.]+)", self.path)
        is_bank = "nationalbank" in self.path
        body = bank(day.group(1) if day else time.strftime("%d.%m.%Y")) if is_bank else forecast(self.path) if "met.no" in self.path else ""
        self.send_response(200 if body else 503)
        self.send_header("Date", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()))
        self.send_header("Expires", time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 1800)))
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())


def read_pages(port, until, out):
    """A client: reads pages over one connection, and sends back the time of each answer, and what was wrong."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    number, times, faults = os.getpid(), [], []
    while not until.is_set():
        path = PATHS[number % len(PATHS)]
        number += 1
        began = time.perf_counter()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            faults.append(f"{path}: {error!r}")
            connection.close()
            continue
        times.append(time.perf_counter() - began)
        if answer.status != 200 or b"475.09" not in body or body.count(b"Town") < CITIES - 1 and path.endswith("json"):
            faults.append(f"{path}: {answer.status}, {len(body)} bytes")
        time.sleep(0.004)
    out.put((times, faults))


def measure(port, name, during):
    until, out = multiprocessing.Event(), multiprocessing.Queue()
    clients = [multiprocessing.Process(target=read_pages, args=(port, until, out)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    during()
    until.set()
    times, faults = [], []
    for _ in clients:
        some, wrong = out.get()
        times += some
        faults += wrong
    for client in clients:
        client.join()
    times.sort()
    at = lambda part: times[int(len(times) * part)] * 1000
    slow = sum(moment >= LIMIT for moment in times)
    print(f"{name:16} {len(times):7} answers  median {at(0.5):.2f} ms  99 % {at(0.99):.2f} ms  99.9 % {at(0.999):.2f} ms"
          f"  longest {times[-1] * 1000:.1f} ms  {slow} of 50 ms or more  {len(faults)} failed", flush=True)
    return faults, slow


def settings(file, cities, case):
    towns = [f'{{ id = "t{n}", name = "Town {n}", zone = "Asia/Almaty", latitude = {40 + n / 20}, longitude = 70 }}' for n in range(cities)]
    with open(file, "w") as out:
        out.write(f'contact = "reloads"\nlisten = "127.0.0.1:0"\nbase = "/strip"\nupstream = "{upstream}"\ncities = [{", ".join(towns)}]\n'
                  f'[layout]\npair_case = "{case}"\n')


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
server.daemon_threads = True
threading.Thread(target=server.serve_forever, daemon=True).start()
upstream = f"http://127.0.0.1:{server.server_port}"
folder = tempfile.TemporaryDirectory()
file = os.path.join(folder.name, "masthead.toml")
settings(file, CITIES, "lower")
child = subprocess.Popen([program, file], stderr=subprocess.PIPE, text=True)
port, reloaded = None, threading.Semaphore(0)
while port is None:
    line = child.stderr.readline()
    if not line:
        sys.exit("it stopped before it listened")
    found = re.search(r"listening on http://[\d.]+:(\d+)", line)
    port = found and int(found.group(1))
threading.Thread(target=lambda: [reloaded.release() for line in child.stderr if " reloaded file=" in line], daemon=True).start()


def get(path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    body = connection.getresponse().read()
    connection.close()
    return body


while json.loads(get("/strip/health"))["items"] and any(item["freshness"] != "fresh" for item in json.loads(get("/strip/health"))["items"]):
    time.sleep(1)
streams = [socket.create_connection(("127.0.0.1", port)) for _ in range(2)]
for stream in streams:
    stream.sendall(b"GET /strip/events?lang=en HTTP/1.1\r\nHost: a\r\n\r\n")
requested, took = Upstream.requests, []


def reloads():
    for number in range(rounds):
        settings(file, CITIES - number % 2, ("upper", "lower")[number % 2])
        began = time.perf_counter()
        child.send_signal(signal.SIGHUP)
        if not reloaded.acquire(timeout=20):
            sys.exit("a reload has not ended")
        took.append(time.perf_counter() - began)
        time.sleep(max(0.0, 1 - took[-1]))


faults, _ = measure(port, "without reloads", lambda: time.sleep(rounds))
failed, slow = measure(port, "with reloads", reloads)
faults += failed + [f"{slow} answers of 50 ms or more"] * bool(slow)
print(f"{CITIES} cities, {rounds} reloads: median {statistics.median(took) * 1000:.0f} ms, longest {max(took) * 1000:.0f} ms; "
      f"{Upstream.requests - requested} requests to the sources")
for stream in streams:
    stream.setblocking(False)
    got = b""
    try:
        while chunk := stream.recv(1 << 20):
            got += chunk
    except BlockingIOError:
        pass
    else:
        faults.append("an event stream has ended")
    if got.count(b"\nid: ") + got.count(b"id: ") < rounds:
        faults.append(f"{got.count(b'id: ')} events for {rounds} reloads")
child.terminate()
if child.wait() != 0 or faults:
    sys.exit(f"{len(faults)} faults: {faults[:5]}")
