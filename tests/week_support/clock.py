"""A `masthead-serve` process under libfaketime, whose clock the test advances."""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
import time
from datetime import datetime, timedelta, timezone

# The speed of the process's clock between two jumps, relative to the real clock. Slow enough for a refresh, which has nine
# seconds of the process's time.
RATE = 3
# Real seconds without a request after which the refresher has no more to send: it pauses a tenth of a second of its own time
# between the requests for two cities.
QUIET = 0.05
# The system calls epoll_wait and epoll_pwait, on x86-64 and aarch64.
WAITS = {"x86_64": ("232", "281"), "aarch64": ("22",)}[os.uname().machine]
LIBRARIES = ("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1")


def library():
    found = next((path for path in LIBRARIES if os.path.exists(path)), None)
    if found is None:
        raise SystemExit("libfaketime is missing: tests/install.sh faketime")
    return found


def parse_time(text):
    """A time of a document, whose fraction may have nine digits."""
    whole, fraction = re.fullmatch(r"([^.Z]*)(?:\.(\d+))?Z", text).groups()
    second = datetime.fromisoformat(whole).replace(tzinfo=timezone.utc)
    return second + timedelta(seconds=float(f"0.{fraction or 0}"))


class Server:
    """The process. Both its clocks, of the wall and the monotonic one, are the time stamp of a file plus `RATE` times the real
    time since its start, so that a new stamp is a jump of both."""

    def __init__(self, program, settings, stamp, log):
        self.program, self.settings, self.stamp, self.log = program, settings, stamp, log
        self.child, self.port, self.started = None, None, 0.0
        open(stamp, "w").close()

    def set(self, at):
        """Sets the clock. The stamp is of whole seconds, so it is one to two seconds ahead."""
        self.at = int(at.timestamp() - (time.monotonic() - self.started) * RATE) + 2
        os.utime(self.stamp, (self.at, self.at))

    def now(self):
        return datetime.fromtimestamp(self.at + (time.monotonic() - self.started) * RATE, timezone.utc)

    def start(self, at):
        self.started = time.monotonic()
        self.set(at)
        environment = dict(os.environ, LD_PRELOAD=library(), FAKETIME=f"% x{RATE}", FAKETIME_FOLLOW_FILE=self.stamp,
                           FAKETIME_NO_CACHE="1", FAKETIME_DONT_RESET="1")
        self.child = subprocess.Popen([self.program, self.settings], stderr=subprocess.PIPE, text=True, env=environment)
        for line in self.child.stderr:
            self.log(line)
            listening = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
            if listening:
                break
        else:
            raise SystemExit("serve stopped before it listened")
        self.port = int(listening[1])
        # Its clock started when the library was loaded.
        report = json.loads(self.get("/strip/health")[1])
        self.started = time.monotonic() - (parse_time(report["at"]).timestamp() - self.at) / RATE
        threading.Thread(target=lambda stream: [self.log(line) for line in stream], args=(self.child.stderr,), daemon=True).start()

    def jump(self, at, answered):
        """Advances the clock, and wakes the process: an interrupted wait reads the clock again. It is
        done while the refresher waits and no request is under way. `answered` returns how many requests came so far; returns that
        number as of the jump."""
        while True:
            before = answered()
            self.child.send_signal(signal.SIGSTOP)
            # A SIGCONT before the process has stopped would cancel the stop, and interrupt no wait.
            os.waitid(os.P_PID, self.child.pid, os.WSTOPPED)
            # Requests already sent reach the upstream within this time.
            time.sleep(0.002)
            if self.refresher_waits() and answered() == before:
                break
            self.child.send_signal(signal.SIGCONT)
            time.sleep(0.1)
        self.set(at)
        self.child.send_signal(signal.SIGCONT)
        return before

    def refresher_waits(self):
        tasks = f"/proc/{self.child.pid}/task"
        for task in os.listdir(tasks):
            with open(f"{tasks}/{task}/comm") as name, open(f"{tasks}/{task}/syscall") as call:
                if name.read().strip() == "masthead":
                    return call.read().split()[0] in WAITS
        return False

    def get(self, path):
        """Status and body. A connection that idles is closed by the next jump, so each is new."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def settle(self, since, asked, health):
        """Waits until the refresher has looked at what is due since a time, and has ended the refresh if there was one.
        `asked` returns how many requests came since then, `health` the health of the process."""
        deadline = time.monotonic() + 20
        quiet = time.monotonic() + QUIET
        while True:
            report = health()
            ticked, refreshed = (report[name] and parse_time(report[name]) for name in ("last_tick", "last_refresh"))
            if ticked is None or ticked < since:
                quiet = time.monotonic() + QUIET
            elif refreshed and refreshed >= since:
                return
            elif time.monotonic() >= quiet + (1 if asked() else 0):
                # Responses to abandoned requests may arrive after the end of the refresh.
                return
            if time.monotonic() > deadline:
                raise SystemExit(f"serve did not come to rest at {since}: {report}")
            time.sleep(0.002)

    def end(self):
        if self.child and self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(20)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
