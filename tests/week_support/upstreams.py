"""A week of the National Bank of Kazakhstan, two other banks, Frankfurter and MET Norway: the ground truth and their responses.

The lists are invented, except for the dollar if the recorded series is available. Times are those of Astana unless said otherwise.
"""

import csv
import email.utils
import http.server
import json
import math
import os
import random
import re
import threading
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal

ASTANA = timezone(timedelta(hours=5))
MINSK = timezone(timedelta(hours=3))
MONDAY = date(2026, 8, 17)
DAY = timedelta(days=1)
# The dollar without a recorded series: from the Friday before the week to the Tuesday after it.
DOLLARS = ("465.10", "464.00", "464.00", "464.00", "461.50", "460.20", "462.10", "458.30", "457.00", "457.00", "457.00", "458.00")
# The approximate units that a dollar buys, and the bank's nominal.
UNITS = {
    "EUR": (0.855, 1), "RUB": (80.1, 1), "CNY": (7.12, 1), "GBP": (0.739, 1), "TRY": (40.9, 1), "IRR": (42000, 1000),
    "KGS": (87.4, 1), "CHF": (0.807, 1), "JPY": (147.3, 1), "AED": (3.673, 1), "KRW": (1390, 100), "UZS": (12600, 100),
    "AUD": (1.536, 1), "CAD": (1.38, 1), "SEK": (9.57, 1), "NOK": (10.19, 1), "DKK": (6.38, 1), "PLN": (3.65, 1),
    "CZK": (20.94, 1), "HUF": (337.6, 10), "INR": (87.3, 1), "GEL": (2.7, 1), "AMD": (383, 10), "AZN": (1.7, 1),
    "BYN": (3.02, 1), "MDL": (16.8, 1), "TJS": (9.4, 1), "UAH": (41.4, 1), "SGD": (1.284, 1), "HKD": (7.82, 1),
    "THB": (32.5, 1), "MYR": (4.22, 1), "SAR": (3.75, 1), "KWD": (0.306, 1), "ZAR": (17.7, 1), "BRL": (5.41, 1),
}
PAIRS = ("USD", "EUR", "RUB", "CNY", "GBP", "TRY", "IRR")
# The two rows that the other banks do not publish.
UNKNOWN_TO_WITNESSES = ("TRY", "IRR")
CITIES = {"astana": (51.1801, 71.446), "almaty": (43.2565, 76.9285)}


def at(day, hour, minute=0):
    """A time of Astana on a day that is counted from Monday, which is 0."""
    return datetime.combine(MONDAY + day * DAY, datetime.min.time(), ASTANA) + timedelta(hours=hour, minutes=minute)


START, END = at(0, 0), at(8, 0, 30)
# The other banks answer from this time on.
WITNESSES_SPEAK = at(0, 6)
# From Tuesday's list on, the lira costs 8 % more.
MOVED, MOVED_FROM = "TRY", MONDAY + DAY
# On Wednesday the bank corrects the euro of the day.
CORRECTED, CORRECTED_DAY, CORRECTED_AT = "EUR", MONDAY + 2 * DAY, at(2, 11, 20)
# Thursday's list has ten times the pound.
SLIPPED, SLIPPED_DAY = "GBP", MONDAY + 3 * DAY
# Friday's list has a tenth of the franc, which is not on the page: the row is quarantined while Frankfurter repeats that list.
HELD, HELD_DAY = "CHF", MONDAY + 4 * DAY
# The bank goes down before it publishes on Friday, and returns on Monday.
DOWN, UP = at(4, 15, 20), at(7, 9)
# During this time MET Norway sends one forecast as if it were new.
FROZEN, THAWED = at(2, 2), at(4, 18)


def dollars():
    """The dollar by day, and where it is from."""
    days = [MONDAY - 3 * DAY + n * DAY for n in range(len(DOLLARS))]
    recorded = os.path.join(os.environ.get("MASTHEAD_RECORDED", ""), "..", "history", "national_bank_kz_usd.csv")
    if not os.path.exists(recorded):
        return dict(zip(days, map(Decimal, DOLLARS))), "made up"
    with open(recorded) as series:
        known = {date.fromisoformat(row["day"]): Decimal(row["usd_kzt"]) for row in csv.DictReader(series)}
    # The series has weekdays only, and Monday's rates are those of the Saturday.
    return {day: known[day if day in known else day + (7 - day.weekday()) * DAY] for day in days}, "recorded"


class Bank:
    """The lists of the bank. `row` returns its values for a currency and a day at a time."""

    def __init__(self):
        self.dollar, self.origin = dollars()
        chance = random.Random(17)
        walk = {code: 0.0 for code in UNITS}
        self.true = {}
        for day, dollar in self.dollar.items():
            if day.weekday() in (6, 0) and day - DAY in self.true:
                self.true[day] = self.true[day - DAY]
                continue
            self.true[day] = {"USD": dollar}
            for code, (units, quant) in UNITS.items():
                walk[code] += chance.uniform(-0.004, 0.004)
                value = float(dollar) / units * quant * math.exp(walk[code])
                value *= 1.08 if code == MOVED and day >= MOVED_FROM else 1
                self.true[day][code] = Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_EVEN)

    def row(self, code, day, now):
        value = self.true[day][code]
        if (code, day) == (CORRECTED, CORRECTED_DAY) and now < CORRECTED_AT:
            return value + Decimal("2.10")
        if (code, day) == (SLIPPED, SLIPPED_DAY):
            return value * 10
        if (code, day) == (HELD, HELD_DAY):
            return (value / 10).quantize(Decimal("0.01"))
        return value

    def list(self, day, now):
        return {code: self.row(code, day, now) for code in self.true[day]}

    def newest(self, now, hour=16, minute=0):
        """The first day of the newest list: of the next working day, or of Saturday on Fridays, from the afternoon on."""
        today = now.astimezone(ASTANA)
        day, is_set = today.date(), (today.hour, today.minute) >= (hour, minute)
        if day.weekday() < 5 and is_set:
            return day + DAY
        return day - {6: 1, 0: 2}.get(day.weekday(), 0) * DAY

    def is_down(self, now):
        return DOWN <= now < UP


def updated(now):
    """When the last forecast was computed: every six hours, at twenty past."""
    slot = now.astimezone(timezone.utc) - timedelta(hours=1, minutes=20)
    return slot.replace(hour=slot.hour // 6 * 6, minute=0, second=0, microsecond=0) + timedelta(hours=1, minutes=20)


def degrees(city, hour, computed):
    """Returns the values for an hour in the forecast `computed` at a time."""
    local = hour.astimezone(ASTANA).hour
    base = 18 if city == "astana" else 25
    return base + round(7 * math.cos((local - 15) / 12 * math.pi)) + int(computed.timestamp()) // 21600 * 7 % 3


def forecast(city, now):
    """Returns when the forecast was computed, when it was served, and its hours."""
    now = min(now, FROZEN) if FROZEN <= now < THAWED else now
    computed, first = updated(now), now.replace(minute=0, second=0, microsecond=0)
    hours = [first + timedelta(hours=n) for n in range(90)]
    return computed, max(computed, first), {hour: degrees(city, hour, computed) for hour in hours}


class Answered:
    """A request and its response."""

    def __init__(self, at, host, what, status):
        self.at, self.host, self.what, self.status = at, host, what, status
        self.day = self.rows = self.computed = self.hours = None


class Upstream:
    """All services on one loopback port. `answers` has every request."""

    def __init__(self):
        self.bank, self.answers, self.now = Bank(), [], None
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.upstream = self
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # A refresh opens a dozen connections at once, and a dropped one would be retried a second later.
    request_queue_size = 128

    def handle_error(self, *_):
        pass  # a client that gave up, or ended


def text_of(when):
    return email.utils.format_datetime(when.astimezone(timezone.utc), usegmt=True)


def stamp(when):
    return when.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        upstream = self.server.upstream
        self.at, self.bank = upstream.now(), upstream.bank
        host, _, self.rest = self.path[1:].partition("/")
        answer = {"nationalbank.kz": self.national_bank, "api.frankfurter.dev": self.frankfurter, "cbu.uz": self.cbu,
                  "api.nbrb.by": self.nbrb, "api.met.no": self.met}.get(host, lambda _: (404, b"", {}))
        noted = Answered(self.at, host, self.rest, 0)
        noted.status, body, headers = answer(noted)
        # Recorded before the server can have read it.
        upstream.answers.append(noted)
        self.send_response_only(noted.status)
        self.send_header("Date", text_of(self.at))
        for name, value in headers.items():
            self.send_header(name, value)
        if noted.status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def national_bank(self, noted):
        if self.bank.is_down(self.at):
            return 503, b"<html><body>503 Service Unavailable</body></html>", {}
        asked = re.fullmatch(r"rss/get_rates\.cfm\?fdate=(\d\d)\.(\d\d)\.(\d{4})", self.rest)
        if asked:
            day = date(*map(int, reversed(asked.groups())))
            noted.day, noted.rows = day, self.bank.list(day, self.at)
            body = f"<rates><title>Official rates</title><date>{day:%d.%m.%Y}</date>{self.items(noted.rows, day)}</rates>"
        elif self.rest == "rss/rates_all.xml":
            noted.day = self.bank.newest(self.at)
            noted.rows = self.bank.list(noted.day, self.at)
            body = self.items(noted.rows, noted.day, True)
            dollar_of = self.bank.newest(self.at, 15, 30)
            if dollar_of > noted.day:
                # At 15:30 tomorrow's dollar appears beside today's other rates, which is not a complete list.
                body += self.items({"USD": self.bank.row("USD", dollar_of, self.at)}, dollar_of, True)
                noted.day = noted.rows = None
            body = f'<rss version="2.0"><channel><title>Official rates</title><language>ru</language>{body}</channel></rss>'
        else:
            return 404, b"", {}
        return 200, f'<?xml version="1.0" encoding="utf-8"?>\n{body}\n'.encode(), {"Content-Type": "text/xml; charset=UTF-8"}

    def items(self, rows, day, is_dated=False):
        items = []
        for code, value in rows.items():
            change = value - self.bank.row(code, day - DAY, self.at)
            index = "UP" if change > 0 else "DOWN" if change < 0 else ""
            dated = f"<pubDate>{day:%d.%m.%Y}</pubDate>" if is_dated else f"<fullname>{code}</fullname>"
            quant = UNITS.get(code, (1, 1))[1]
            items.append(f"<item>{dated}<title>{code}</title><description>{value}</description><quant>{quant}</quant>"
                         f"<index>{index}</index><change>{change:+.2f}</change></item>")
        return "\n".join(items)

    def frankfurter(self, noted):
        """Answers with the last list that the bank had while it was up, under its own day."""
        asked = re.fullmatch(r"v2/rates\?base=(\w{3})(?:&quotes=KZT)?&providers=NBK&date=([\d-]+)", self.rest)
        if not asked:
            return 404, b"[]", {}
        base, day = asked[1], min(date.fromisoformat(asked[2]), MONDAY + 4 * DAY)
        per_unit = {code: float(value) / UNITS.get(code, (1, 1))[1] for code, value in self.bank.list(day, self.at).items()}
        quotes = [{"date": f"{day}", "base": base, "quote": "KZT", "rate": float(f"{per_unit[base]:.12g}")}]
        if base == "USD":
            for code, value in per_unit.items():
                rate = per_unit["USD"] / value
                places = next(places for limit, places in ((5000, 0), (80, 2), (20, 3), (1, 4), (0, 5)) if rate >= limit)
                quotes += [{"date": f"{day}", "base": "USD", "quote": code, "rate": round(rate, places)}] if code != "USD" else []
        return 200, json.dumps(quotes).encode(), {}

    def witness(self, zone):
        """Returns the day of another bank's newest list, and its value of a unit of each currency in tenge."""
        day, rows = self.at.astimezone(zone).date(), {}
        if self.at.astimezone(zone).hour >= 17 and day.weekday() < 5:
            day += DAY
        for code, value in self.bank.true[day].items():
            if code not in UNKNOWN_TO_WITNESSES:
                rows[code] = float(value) / UNITS.get(code, (1, 1))[1]
        return day, rows

    def cbu(self, noted):
        if self.at < WITNESSES_SPEAK:
            return 503, b"", {}
        day, rows = self.witness(timezone(timedelta(hours=5)))
        # A tenge is 26 som; two fixings of a day differ slightly.
        rates = {"KZT": 26.0} | {code: value * 26.0 * 1.002 for code, value in rows.items() if code != "UZS"}
        quotes = [{"Ccy": code, "Nominal": "1", "Rate": f"{rate:.2f}", "Diff": "0", "Date": f"{day:%d.%m.%Y}"}
                  for code, rate in rates.items()]
        return 200, json.dumps(quotes).encode(), {}

    def nbrb(self, noted):
        if self.at < WITNESSES_SPEAK:
            return 503, b"", {}
        day, rows = self.witness(MINSK)
        ruble = rows["BYN"]
        rates = {"KZT": 1 / ruble} | {code: value / ruble * 0.998 for code, value in rows.items() if code != "BYN"}
        quotes = [{"Cur_ID": 1, "Date": f"{day}T00:00:00", "Cur_Abbreviation": code, "Cur_Scale": 10000, "Cur_Name": code,
                   "Cur_OfficialRate": round(rate * 10000, 4)} for code, rate in rates.items()]
        return 200, json.dumps(quotes).encode(), {}

    def met(self, noted):
        place = [float(re.search(name + r"=([-\d.]+)", self.rest)[1]) for name in ("lat", "lon")]
        noted.city = next(city for city, known in CITIES.items() if math.dist(known, place) < 0.01)
        noted.computed, given, noted.hours = forecast(noted.city, self.at)
        is_frozen = FROZEN <= self.at < THAWED
        headers = {"Expires": text_of(self.at + timedelta(minutes=30)), "Last-Modified": text_of(self.at if is_frozen else given)}
        if not is_frozen and self.headers.get("If-Modified-Since") == headers["Last-Modified"]:
            return 304, b"", headers
        steps = [{"time": stamp(hour), "data": {"instant": {"details": {"air_temperature": celsius}},
                                                "next_1_hours": {"summary": {"symbol_code": "fair_day"}}}}
                 for hour, celsius in noted.hours.items()]
        body = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [place[1], place[0], 358]},
                "properties": {"meta": {"updated_at": stamp(noted.computed), "units": {"air_temperature": "celsius"}},
                               "timeseries": steps}}
        return 200, json.dumps(body).encode(), headers
