"""Readers that request all pages of a server continuously, and check them."""

import http.client
import json
import re
import threading
import time

from chaos.servers import Fault
from chaos.upstream import CITIES, PAIRS, version_of

LANGUAGES = ("kk", "ru", "en")
PATHS = [f"/strip/{lang}.{form}" for lang in LANGUAGES for form in ("html", "json", "txt")]
# Seconds between two pages of one server.
PAUSE = 0.02
# No page waits for a bank or a store. The limit allows for a busy machine.
SLOW = 2.0
KINDS = ("errors", "blanks", "steps back", "strangers", "slow")


class Reader(threading.Thread):
    """One for each server, so that the order of its pages is known."""

    def __init__(self, node, upstream):
        super().__init__(daemon=True)
        self.node, self.upstream = node, upstream
        self.pages, self.slowest, self.stops = 0, 0.0, False
        self.faults = []  # (kind, what)
        self.newest = {}  # (page, what): the newest that was seen
        self.seen = {}  # (city, version): when it was first seen
        self.connection, self.connected_to = None, None

    def run(self):
        while not self.stops:
            for path in PATHS:
                with self.node.turn:
                    if self.node.is_up:
                        self.read(path)
                time.sleep(PAUSE)

    def fault(self, kind, path, what):
        self.faults.append((kind, f"{time.time():.3f} {self.node.name}{path}: {what}"))

    def read(self, path):
        start = time.monotonic()
        try:
            if self.connected_to != (self.node.port, int(start / 3)):
                # The server closes idle connections.
                self.connection = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=5)
                self.connected_to = (self.node.port, int(start / 3))
            self.connection.request("GET", path)
            answer = self.connection.getresponse()
            body = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.connected_to = None
            return self.fault("errors", path, repr(error))
        took = time.monotonic() - start
        self.pages += 1
        self.slowest = max(self.slowest, took)
        if took > SLOW:
            self.fault("slow", path, f"{took:.2f} s")
        if answer.status != 200:
            return self.fault("errors", path, f"{answer.status} {body[:200]}")
        judge = {"html": self.judge_html, "json": self.judge_json, "txt": self.judge_text}
        try:
            is_full = judge[path.rsplit(".", 1)[1]](path, body)
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            return self.fault("errors", path, f"{error!r} in {body[:300]}")
        if is_full:
            self.node.full.add(path)
        elif path in self.node.full or not self.node.is_empty_allowed:
            self.fault("blanks", path, body[:400])

    def judge_json(self, path, body):
        page = json.loads(body)
        rates, weather = page["rates"], page["weather"]
        if [row["pair"] for row in rates] != list(PAIRS) or [row["city"] for row in weather] != list(CITIES):
            raise ValueError("rows are missing")
        for row in rates:
            if row["value"] is not None:
                self.is_published(path, row["pair"], row["value"])
                self.goes_on(path, row["pair"], (row["day"], row["fetched"]))
        for row in page["next"] or []:
            self.is_published(path, row["pair"], row["value"])
        for row in weather:
            if row["around_maximum"] is not None:
                self.weather(path, row["city"], row["around_maximum"]["from"] + 1)
                self.weather(path, row["city"], row["around_maximum"]["to"] - 1)
                self.goes_on(path, row["city"] + " fetched", row["fetched"])
        absent = [row for row in rates + weather if row["freshness"] == "absent"]
        return not absent and all(row["value"] for row in rates) and all(row["high"] is not None for row in weather)

    def judge_html(self, path, body):
        if not body.startswith("<section") or not body.endswith("</section>"):
            raise ValueError("it is cut")
        rows = re.findall(r'data-(?:pair|city)="([^"]*)"[^>]* data-freshness="(\w+)"', body)
        if [name for name, _ in rows] != [*PAIRS, *CITIES]:
            raise ValueError("rows are missing")
        if any(freshness == "absent" for _, freshness in rows):
            return False
        parts = re.split(r'data-(?:pair|city)="', body)[1:]
        for (name, _), part in zip(rows, parts):
            text = re.sub(r"<[^>]*>", " ", part.split(">", 1)[1])
            if name in CITIES:
                self.weather(path, name, degrees(text))
            else:
                self.is_published(path, name, re.search(r"\d+\.\d+", text)[0])
        return True

    def judge_text(self, path, body):
        if not body.endswith("\n"):
            raise ValueError("it is cut")
        items = body.strip().split(" · ")
        pairs = [pair for pair in PAIRS if any(pair.lower() in item for item in items)]
        if pairs != list(PAIRS):
            raise ValueError("rows are missing")
        for pair, item in zip(PAIRS, items):
            number = re.search(r"\d+\.\d+", item)
            if number is None:
                return False
            self.is_published(path, pair, number[0])
        weather = [item for item in items if "°C" in item]
        if len(weather) < len(CITIES):
            return False
        for city, item in zip(CITIES, weather):
            self.weather(path, city, degrees(item))
        return True

    def weather(self, path, city, celsius):
        version = version_of(city, celsius)
        if (city, version) not in self.upstream.served:
            self.fault("strangers", path, f"{city}: {celsius} was not published")
        self.seen.setdefault((city, version), time.time())
        self.goes_on(path, city, version)

    def is_published(self, path, pair, value):
        if value not in self.upstream.published(pair):
            self.fault("strangers", path, f"{pair}: {value} was not published")

    def goes_on(self, path, what, now):
        before = self.newest.setdefault((path, what), now)
        if now < before:
            self.fault("steps back", path, f"{what} was {before} and is {now}")
        self.newest[path, what] = max(now, before)


def degrees(text):
    """Returns the mean of two temperatures, with either minus sign."""
    found = re.findall(r"([-−–+]?)(\d+)", text)[:2]
    low, high = sorted(-int(number) if sign in ("-", "−", "–") else int(number) for sign, number in found)
    if high - low != 2:
        raise ValueError(f"{low} to {high} degrees")
    return low + 1


def has_full_pages(node):
    """Returns whether each page of a server was full since its start."""
    return node.full.issuperset(PATHS)


def same(nodes):
    """Returns how the servers' pages or entity tags differ, or `None` if they are equal."""
    for path in PATHS:
        shown = [node.get(path) for node in nodes]
        if len({answer.getheader("ETag") for answer, _ in shown}) > 1 or len({body for _, body in shown}) > 1:
            return path
        if not all(answer.getheader("ETag") for answer, _ in shown):
            raise Fault(f"{path} has no ETag")
    return None
