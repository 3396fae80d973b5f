"""A bank and a weather service that publish on request, count every call, and can fail or hang."""

import collections
import email.utils
import http.server
import json
import re
import threading
import time

ROWS = {"USD": 475.09, "EUR": 551.06, "RUB": 5.87, "CNY": 69.12, "GBP": 627.70, "CHF": 590.03, "JPY": 2.98, "TRY": 10.68,
        "KGS": 5.43, "AED": 129.37, "BYN": 159.40, "UAH": 10.83}
PAIRS = ("USD/KZT", "EUR/KZT", "RUB/KZT", "CNY/KZT")
# Latitudes, as they appear in requests. The first city is due every few seconds, the second rarely.
CITIES = {"astana": "51.1801", "almaty": "43.2565"}
PACE = {"astana": 4, "almaty": 20}
# Further currencies, because a witness needs thirty rates.
FURTHER = ("AMD AZN BGN BRL CAD CZK DKK GEL HKD HUF IDR ILS INR KRW MXN MYR NOK PLN RON SAR SEK SGD THB TJS TMT UZS ZAR "
           "AUD").split()
# Seconds by which bank days begin before those of UTC.
ASTANA = 5 * 3600


class Upstream:
    """Each version of the weather has a distinct temperature, and each version of the rates distinct numbers."""

    def __init__(self):
        self.lock = threading.Lock()
        self.calls = []  # (second, node, source)
        self.weather, self.rates, self.next = 0, 0, False
        self.served = {}  # version of the weather: when it was first given out
        self.mode = "good"
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.upstream = self
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def publish_weather(self):
        with self.lock:
            self.weather += 1
            return self.weather

    def correct_rates(self):
        """Raises each row by half a per cent, far below the guard's limit of 3 %."""
        with self.lock:
            self.rates += 1

    def announce(self):
        """Publishes tomorrow's rates in the feed of the newest list."""
        with self.lock:
            self.next = True

    def since(self, start):
        """Returns the calls since a time as {source: {node: count}}."""
        counted = collections.defaultdict(collections.Counter)
        with self.lock:
            for at, node, source in self.calls:
                if at >= start:
                    counted[source][node] += 1
        return counted

    def values(self, version, tomorrow=False):
        factor = (1 + 0.005 * version) * (1.002 if tomorrow else 1)
        return {code: f"{value * factor:.2f}" for code, value in ROWS.items()}

    def published(self, pair):
        """Returns every number of a pair that was ever served."""
        code = pair.split("/")[0]
        with self.lock:
            versions = range(self.rates + 1)
        return {self.values(version, tomorrow)[code] for version in versions for tomorrow in (False, True)}


# The lowest temperature of Astana and the highest of Almaty. Within 80 degrees of each all are plausible: from -25 in summer, and to 35 in
# winter. A forecast is of three days.
IS_SUMMER = any(time.gmtime(time.time() + days * 86_400).tm_mon in (6, 7, 8) for days in (0, 3))
LOWEST, HIGHEST = (-24, 56) if IS_SUMMER else (-45, 34)


def temperature(city, version):
    """Returns the temperature of a version, distinct from those of the other city for long."""
    return LOWEST + version if city == "astana" else HIGHEST - version


def version_of(city, celsius):
    return celsius - LOWEST if city == "astana" else HIGHEST - celsius


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass  # a client that was killed


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        upstream = self.server.upstream
        agent = self.headers.get("User-Agent", "")
        node = re.search(r"chaos-(\w+)", agent)
        host = self.path.split("/")[1]
        source = next((city for city, latitude in CITIES.items() if f"lat={latitude}" in self.path), host)
        with upstream.lock:
            upstream.calls.append((time.time(), node[1] if node else agent, source))
            mode = upstream.mode
        if mode == "hang":
            time.sleep(12)
        if mode == "fail":
            return self.answer(503, b"later")
        if host == "nationalbank.kz":
            return self.answer(200, self.bank(upstream).encode())
        if host == "cbu.uz":
            return self.answer(200, witness(upstream).encode())
        if source in CITIES:
            return self.answer(200, self.forecast(upstream, source).encode(), PACE[source])
        self.answer(404, b"")

    def answer(self, status, body, pace=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if pace:
            self.send_header("Expires", email.utils.formatdate(time.time() + pace, usegmt=True))
        self.end_headers()
        self.wfile.write(body)

    def bank(self, upstream):
        day = re.search(r"fdate=([\d.]+)", self.path)
        with upstream.lock:
            version, tomorrow = upstream.rates, upstream.next and not day
        date = day[1] if day else time.strftime("%d.%m.%Y", time.gmtime(time.time() + ASTANA + 86400 * tomorrow))
        items = "".join(f"<item><title>{code}</title><description>{value}</description><quant>1</quant>"
                        f"<change>+0.10</change></item>" for code, value in upstream.values(version, tomorrow).items())
        return f"<rates><date>{date}</date>{items}</rates>"

    def forecast(self, upstream, city):
        with upstream.lock:
            version = upstream.weather
            upstream.served.setdefault((city, version), time.time())
        # Starts at midnight in Astana, so that the day's maximum is known at every hour.
        hour = (int(time.time()) + ASTANA) // 86400 * 86400 - ASTANA
        steps = [{"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(hour + 3600 * n)),
                  "data": {"instant": {"details": {"air_temperature": temperature(city, version)}}}} for n in range(72)]
        place = [float(re.search(name + r"=([-\d.]+)", self.path)[1]) for name in ("lon", "lat")]
        meta = {"units": {"air_temperature": "celsius"}}
        return json.dumps({"geometry": {"coordinates": place}, "properties": {"meta": meta, "timeseries": steps}})


def witness(upstream):
    """Another bank, with the same ratio of dollar and tenge as the first one."""
    day = time.strftime("%d.%m.%Y", time.gmtime(time.time() + ASTANA))
    tenge = 25.0
    rates = {"KZT": tenge} | {code: float(value) * tenge for code, value in upstream.values(upstream.rates).items()}
    rates |= {code: 1000.0 + place for place, code in enumerate(FURTHER) if code != "UZS"}
    return json.dumps([{"Ccy": code, "Nominal": "1", "Rate": f"{rate:.4f}", "Diff": "0", "Date": day}
                       for code, rate in rates.items()])
