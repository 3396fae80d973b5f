"""A server under load for half an hour, with upstreams that fail in every other way: memory, descriptors and threads must not grow.

    cargo build --release -p site -p masthead-serve
    python3 tests/soak.py target/release/site [minutes, 30 without]
    python3 tests/soak.py target/release/masthead-serve [minutes] [readers of events, 1000 without]

The readers of events of `masthead-serve` do nothing but read, and ten of them not even that. Its settings are reloaded every ten seconds, each fifth time
with an error. As root, twenty more readers a minute come through a network namespace whose link is then cut. Every other half a minute no
upstream answers. Prints a line a minute. Fails if a request fails, a page lacks a rate that was known, a reload is not logged, the last quarter needs
more than the second one did, or a reader more than 16 kB.
"""

import http.client
import http.server
import itertools
import json
import os
import random
import re
import resource
import selectors
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

program, minutes = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 30
serves = os.path.basename(program) == "masthead-serve"
readers = (int(sys.argv[3]) if len(sys.argv) > 3 else 1000) if serves else 0
LANGUAGES = ("en", "ru", "kk", "kk-Latn", "zh-Hans", "kk-Arab", "uz-Cyrl", "uz-Latn")
KINDS = ["good", "good", "503", "html", "cut", "drip", "hang", "huge", "close", "429"]
asked = dict.fromkeys(KINDS, 0)
VANISHING = 20


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
    meta = {"units": {"air_temperature": "celsius"}}
    return json.dumps({"geometry": {"coordinates": place}, "properties": {"meta": meta, "timeseries": steps}})


class Upstream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        kind = random.choice(KINDS)
        if serves and sum(asked.values()) < 4:
            # There are data that must stay on the pages.
            kind = "good"
        elif serves and int(time.time()) // 30 % 2:
            kind = "close"
        asked[kind] += 1
        day = re.search(r"fdate=([\d.]+)", self.path)
        good = bank(day.group(1) if day else time.strftime("%d.%m.%Y")) if "nationalbank" in self.path else forecast(self.path)
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
address = f"http://127.0.0.1:{upstream.server_port}"
if serves:
    settings = tempfile.NamedTemporaryFile("w", suffix=".toml")
    # The places of the readers that vanish are free again after a minute.
    seats = readers + 10 + 3 * VANISHING

    def write_settings(lines):
        settings.seek(0)
        settings.truncate()
        settings.write(f"""contact = "soak"\nlisten = "0.0.0.0:0"\nbase = "/strip"\nupstream = "{address}"\n{lines}
[limits]\nconnections = {seats + 100}\nevents = {seats}\nevents_per_address = {seats}\n""")
        settings.flush()

    write_settings("")
    command = [program, settings.name]
    paths = [f"/strip/{lang}.{form}" for lang in LANGUAGES for form in ("html", "live.html", "json", "txt", "svg")]
else:
    command = [program, "--listen", "127.0.0.1:0", "--contact", "soak", "--upstream", address]
    paths = [f"/{lang}/{what}" for lang in LANGUAGES for what in ("", "strip.json")]
# A connection uses a descriptor in both processes.
resource.setrlimit(resource.RLIMIT_NOFILE, (readers * 2 + 1000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
child = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
port = None
while port is None:
    line = child.stderr.readline()
    if not line:
        sys.exit("it stopped before it listened")
    found = re.search(r"listening on http://[\d.]+:(\d+)", line)
    port = found and int(found.group(1))
logged = dict.fromkeys((" reloaded file=", "not reloaded", ""), 0)


def read_log():
    for line in child.stderr:
        logged[next(text for text in logged if text in line)] += 1


threading.Thread(target=read_log, daemon=True).start()

stop, pages, faults = time.time() + minutes * 60, [0] * 4, []
threading.excepthook = lambda failed: faults.append(repr(failed.exc_value))


def load(number):
    global longest
    connection, known = http.client.HTTPConnection("127.0.0.1", port, timeout=10), False
    while time.time() < stop:
        began = time.monotonic()
        try:
            connection.request("GET", random.choice(paths))
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200 or not body:
                faults.append(f"{answer.status} with {len(body)} bytes")
            has_rate = b"475.09" in body
            if serves and known and not has_rate:
                faults.append(f"a page without the rate: {body[:200]}")
            known = known or has_rate
            pages[number] += 1
            longest = max(longest, time.monotonic() - began)
            if pages[number] % 500 == 0:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            faults.append(repr(error))
            connection.close()
        time.sleep(0.01)


def resident():
    with open(f"/proc/{child.pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


def open_reader(lang, buffer=None):
    reader = socket.socket()
    if buffer:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    reader.connect(("127.0.0.1", port))
    reader.sendall(f"GET /strip/events?lang={lang} HTTP/1.1\r\nHost: soak\r\n\r\n".encode())
    return reader


events = ended = longest = 0
reloads = {"good": 0, "wrong": 0}
vanished = 0


def reload_settings():
    """Writes other settings and sends SIGHUP; then the log must have a line."""
    cities = ["astana", "almaty", "oral", "shymkent", "aktobe"]
    while time.time() < stop - 15:
        is_wrong = sum(reloads.values()) % 5 == 4
        chosen = random.sample(cities, random.randint(1, len(cities)))
        write_settings("pears = 1" if is_wrong else f"cities = {chosen}")
        before = dict(logged)
        child.send_signal(signal.SIGHUP)
        reloads["wrong" if is_wrong else "good"] += 1
        time.sleep(10)
        expected = "not reloaded" if is_wrong else " reloaded file="
        if logged[expected] != before[expected] + 1:
            faults.append(f"{expected} is not in the log")


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)


VANISH = """
import socket, sys, time
readers = []
for _ in range(int(sys.argv[3])):
    readers.append(socket.create_connection((sys.argv[1], int(sys.argv[2])), 10))
    readers[-1].sendall(b"GET /strip/events?lang=kk HTTP/1.1\\r\\nHost: soak\\r\\n\\r\\n")
print(sum(b"200 OK" in reader.recv(4096) for reader in readers), flush=True)
time.sleep(600)
"""


def vanish():
    """Once a minute, opens readers behind a link, and cuts it."""
    global vanished
    for number in itertools.count():
        if time.time() > stop - 60:
            return
        # The system removes the ones of the round before when no socket uses them any more.
        name, here = f"soak-{os.getpid()}-{number}", f"s{os.getpid()}-{number}"
        net = f"10.232.{number % 250}"
        ip("netns", "add", name)
        ip("link", "add", here, "type", "veth", "peer", "name", "there", "netns", name)
        ip("addr", "add", f"{net}.1/24", "dev", here)
        ip("link", "set", here, "up")
        ip("-n", name, "addr", "add", f"{net}.2/24", "dev", "there")
        ip("-n", name, "link", "set", "there", "up")
        script = ["python3", "-c", VANISH, f"{net}.1", str(port), str(VANISHING)]
        far = subprocess.Popen(["ip", "netns", "exec", name, *script], stdout=subprocess.PIPE, text=True)
        let_in = int(far.stdout.readline() or 0)
        if let_in != VANISHING:
            faults.append(f"{let_in} of {VANISHING} readers were let in")
        vanished += let_in
        time.sleep(5)
        ip("-n", name, "link", "set", "there", "down")
        far.kill()
        far.wait()
        time.sleep(50)
        ip("link", "del", here)
        ip("netns", "del", name)


def read_events(opened):
    """Counts what each reader is sent; one that the server ends, as it does in its time, comes back."""
    global events, ended
    waiting = selectors.DefaultSelector()
    for lang, reader in opened:
        waiting.register(reader, selectors.EVENT_READ, lang)
    while time.time() < stop:
        for key, _ in waiting.select(1):
            got = key.fileobj.recv(65536)
            events += got.count(b"\nid: ")
            if not got or got.endswith(b"0\r\n\r\n"):
                ended += 1
                waiting.unregister(key.fileobj)
                key.fileobj.close()
                waiting.register(open_reader(key.data), selectors.EVENT_READ, key.data)


for path in paths:
    # Requests every page once, so that later growth comes from the readers.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    connection.getresponse().read()
    connection.close()
before = resident()
opened = [(lang, open_reader(lang)) for lang in (LANGUAGES * (readers // 7 + 1))[:readers]]
paused = [open_reader("kk", 4096) for _ in range(10 if readers else 0)]
threads = [threading.Thread(target=load, args=(number,)) for number in range(4)]
if readers:
    for _, reader in opened:
        if b"200 OK" not in reader.recv(4096):
            faults.append("a reader was not let in")
    time.sleep(2)
    each = (resident() - before) / readers
    print(f"{readers} readers: {each:.1f} kB each above {before} kB")
    if each > 16:
        faults.append(f"{each:.1f} kB a reader")
    threads.append(threading.Thread(target=read_events, args=(opened,)))
    threads.append(threading.Thread(target=reload_settings))
    if os.geteuid() == 0:
        threads.append(threading.Thread(target=vanish))
    else:
        print("no reader vanishes: network namespaces need root")
for thread in threads:
    thread.start()

samples = []
while time.time() < stop:
    samples.append((resident(), *(len(os.listdir(f"/proc/{child.pid}/{what}")) for what in ("fd", "task"))))
    if len(samples) % 12 == 1:
        print(f"{len(samples) // 12:4} min  {samples[-1][0]:7} kB  {samples[-1][1]:4} descriptors  {samples[-1][2]:3} threads  {sum(pages):8} pages"
              f"  {events:8} events", flush=True)
    time.sleep(5)
for thread in threads:
    thread.join()
child.terminate()

quarter = len(samples) // 4
early, late = samples[quarter : 2 * quarter], samples[3 * quarter :]
for name, index, room in (("kB", 0, 1024), ("descriptors", 1, 4), ("threads", 2, 2)):
    before, after = (statistics.median(sample[index] for sample in part) for part in (early, late))
    print(f"{name}: {before:.0f} in the second quarter, {after:.0f} in the last")
    if after > before * 1.03 + room:
        faults.append(f"{name} grew from {before} to {after}")
print(f"{sum(pages)} pages; {events} events, {ended} streams ended in their time; upstream: {asked}")
if serves:
    print(f"reloads: {reloads}; {vanished} readers vanished; longest answer {longest * 1000:.0f} ms; log lines: {logged}")
if readers and not events:
    faults.append("no event came")
if faults:
    sys.exit(f"{len(faults)} faults: {faults[:5]}")
