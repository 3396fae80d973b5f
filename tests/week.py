#!/usr/bin/env python3
"""A week of `masthead-serve`, watched at a fast clock: its pages and its health report are compared with the ground truth.

    tests/install.sh faketime
    cargo build -p masthead-serve
    python3 tests/week.py target/debug/masthead-serve

A replayed bank publishes, corrects a row, moves one, slips in one by a digit, and is down from Friday afternoon to Monday morning
while Frankfurter repeats Friday's rates; MET Norway sends one body from Wednesday to Friday. Every quarter of an hour of that
week the pages are read. Fails where they say something that is not true. Needs libfaketime; about two minutes.
"""

import sys

sys.dont_write_bytecode = True

import collections
import json
import os
import re
import tempfile
import time
from datetime import date, timedelta
from decimal import Decimal

from week_support.clock import Server, parse_time
from week_support.upstreams import (ASTANA, CITIES, CORRECTED, CORRECTED_AT, CORRECTED_DAY, DAY, END, HELD, MONDAY, MOVED, MOVED_FROM, PAIRS,
                           SLIPPED, SLIPPED_DAY, START, UNITS, UP, Upstream, at)

STEP, LOOK = timedelta(minutes=7, seconds=30), timedelta(minutes=15)
RESTART = at(5, 12)
HOUR = timedelta(hours=1)
# The tolerance between a request and its response, and between two readings of one clock.
NEAR = timedelta(seconds=15)
BANK, FRANKFURTER, MET = "nationalbank.kz", "api.frankfurter.dev", "api.met.no"
WITNESSES = ("cbu.uz", "api.nbrb.by")
MONTHS = "January February March April May June July August September October November December".split()


def in_english(day):
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def ages(since, now):
    """The words for an age, of a page that was rendered within the last minute."""
    words = set()
    for seconds in (0, 60):
        minutes = max(0, int(((now - since).total_seconds() - seconds) // 60))
        words.add("just now" if minutes == 0 else f"{minutes} min ago" if minutes < 60
                  else f"{minutes // 60} h ago" if minutes < 2880 else f"{minutes // 1440} d ago")
    return words


def limit(host, now):
    local = now.astimezone(ASTANA)
    publishing = (15, 30) <= (local.hour, local.minute) < (17, 0)
    return {BANK: 12 if publishing else 4, FRANKFURTER: 8, MET: 240}.get(host, 60)


class Truth:
    """The facts known at a time: the responses sent so far."""

    def __init__(self, answers, now):
        self.now, self.today = now, now.astimezone(ASTANA).date()
        self.lists = {}
        for answer in answers:
            if answer.host == BANK and answer.status == 200 and answer.rows:
                self.lists[answer.day] = answer
        self.witnessed = any(answer.host in WITNESSES and answer.status == 200 for answer in answers)
        self.known = max(self.lists)
        self.day = max(day for day in self.lists if day <= self.today)
        self.hours, self.forecasts = collections.defaultdict(dict), {}
        for answer in answers:
            if answer.host == MET and answer.status in (200, 304):
                held, first = self.hours[answer.city], min(answer.hours)
                self.hours[answer.city] = {hour: held[hour] for hour in held if hour < first} | answer.hours
                self.forecasts[answer.city] = answer

    def freshness_of_day(self, day):
        past = self.now - at((day - MONDAY).days + 1, 0)
        return "fresh" if past < timedelta(0) else "ageing" if past < timedelta(hours=24) else "stale"

    def days_of(self, code, day):
        """Returns the days to which a row in the publication of a day may belong."""
        if (code, day) == (SLIPPED, SLIPPED_DAY):
            return [day - DAY]
        further = sum(known > MOVED_FROM for known in self.lists)
        if code == MOVED and day >= MOVED_FROM and further < 3:
            return [MOVED_FROM - DAY]
        # The report does not name the earlier lists that the release covers.
        return [day, MOVED_FROM - DAY] if (code, day) == (MOVED, self.known - DAY) and further == 3 else [day]

    def confirmed(self, code):
        another = self.known > MOVED_FROM - DAY
        return another or (self.witnessed and code != "IRR")

    def change(self, code, day):
        """The difference to the list of the day before, or `None` where that one was wrong."""
        before = self.lists.get(day - DAY)
        if before is None or (code, day - DAY) == (SLIPPED, SLIPPED_DAY):
            return None
        return self.lists[day].rows[code] - before.rows[code]

    def forecast(self, city):
        """Freshness, computation and the last answer of a city."""
        answer = self.forecasts[city]
        computed, confirmed = self.now - answer.computed, self.now - answer.at
        freshness = "stale" if computed >= 24 * HOUR else "ageing" if computed >= 12 * HOUR or confirmed >= 6 * HOUR else "fresh"
        return freshness, answer


class Watch:
    def __init__(self, server, upstream):
        self.server, self.upstream = server, upstream
        self.faults, self.checks, self.days = [], 0, collections.OrderedDict()
        self.asked_before = 0

    def check(self, condition, what, *seen):
        self.checks += 1
        if not condition:
            self.faults.append(f"{self.truth.now.astimezone(ASTANA):%a %H:%M} {what}: {', '.join(map(str, seen))}")

    def look(self):
        """Reads the pages and the health report, and compares them with the ground truth."""
        bodies = [self.server.get(f"/strip/{path}") for path in ("en.json", "en.txt", "kk.html", "health")]
        self.truth = Truth(list(self.upstream.answers), self.server.now())
        (_, text), (_, html), (status, health) = bodies[1:]
        # The isolates around values are not part of the words.
        text = re.sub("[\u2066-\u2069]", "", text)
        page, health = json.loads(bodies[0][1]), json.loads(health)
        for (code, _), form in zip(bodies[:3], ("JSON", "text", "HTML")):
            self.check(code == 200, f"{form} is an answer of 200", code)
        self.rates(page)
        self.weather(page)
        self.text(page, text)
        self.html(page, html)
        self.health(page, status, health)
        self.note(page, text, status, health)
        return page

    def rates(self, page):
        truth = self.truth
        self.check([row["pair"] for row in page["rates"]] == [f"{code}/KZT" for code in PAIRS], "the row keeps its pairs", page["rates"])
        self.check(page["sample"] is False, "the sample is not shown")
        rows = [(row, truth.day) for row in page["rates"]] + [(row, truth.known) for row in page["next"] or []]
        for row, publication in rows:
            code = row["pair"][:3]
            if row["value"] is None:
                self.check(False, f"{code} is known", row)
                continue
            day, fetched = date.fromisoformat(row["day"]), parse_time(row["fetched"])
            said = truth.lists.get(day)
            value = Decimal(row["value"])
            self.check(said and value == said.rows[code], f"{code} is true for its day", row, said and said.rows[code])
            self.check((code, day) != (SLIPPED, SLIPPED_DAY), "a slip is not shown", row)
            self.check(row["nominal"] == UNITS.get(code, (1, 1))[1], f"nominal of {code}", row)
            self.check(day in truth.days_of(code, publication), f"{code} is of its day", row, truth.days_of(code, publication))
            self.check(row["source"] == "national_bank_kz", f"{code} is the bank's", row)
            answered = truth.lists[publication].at
            self.check(fetched <= answered + NEAR, f"{code} is not newer than the bank's own answer", row, answered)
            # The state file may hold an earlier response than the last one with the same content.
            if not RESTART <= truth.now < UP + LOOK * 2:
                self.check(fetched >= answered - NEAR, f"{code} is as new as the bank's own answer", row, answered)
            freshness = truth.freshness_of_day(day)
            self.check(row["freshness"] == freshness, f"freshness of {code}", row, freshness)
            self.check(row["behind"] is (freshness != "fresh"), f"{code} is said to be behind where it is", row)
            self.check(row["confirmed"] is truth.confirmed(code), f"{code} is unconfirmed until something confirms it", row)
            change, expected = row["change"] and Decimal(row["change"]), truth.change(code, day)
            self.check(change is None or abs(change) < value, f"change of {code} is smaller than it", row)
            if expected is not None and code != MOVED:
                self.check(change == expected, f"change of {code}", row, expected)
            if (code, day - DAY) == (SLIPPED, SLIPPED_DAY):
                self.check(change is None, f"{code} has no change from a slip", row)
            trend = "unknown" if change is None else "unchanged" if change == 0 else "up" if change > 0 else "down"
            self.check(row["trend"] == trend, f"trend of {code}", row)

    def weather(self, page):
        truth = self.truth
        self.check([row["city"] for row in page["weather"]] == list(CITIES), "the row keeps its cities", page["weather"])
        for row in page["weather"]:
            city = row["city"]
            freshness, answer = truth.forecast(city)
            if row["now"] is None:
                self.check(False, f"{city} has weather", row)
                continue
            self.check(row["freshness"] == freshness, f"freshness of {city}", row, freshness)
            self.check(parse_time(row["issued"]) == answer.computed, f"{city} is as old as its computation", row, answer.computed)
            self.check(abs(parse_time(row["fetched"]) - answer.at) <= NEAR, f"{city} was read when it was", row, answer.at)
            hours = truth.hours[city]
            hour = truth.now.replace(minute=0, second=0, microsecond=0)
            self.check(row["now"] == hours[hour], f"{city} now", row, hours[hour])
            today = [celsius for at, celsius in hours.items() if at.astimezone(ASTANA).date() == truth.today]
            self.check((row["low"], row["high"]) == (min(today), max(today)), f"low and high of {city}", row, min(today), max(today))
            self.check(row["around_maximum"] == {"from": row["high"] - 1, "to": row["high"] + 1}, f"around the maximum of {city}", row)

    def text(self, page, text):
        """Returns the same in English words."""
        parts = text.strip().split(" · ")
        for code, row, part in zip(PAIRS, page["rates"], parts):
            units = f"{row['nominal']} " if row["nominal"] != 1 else ""
            self.check(part.startswith(f"{units}{code.lower()}/kzt {row['value']}"), f"text of {code}", part, row)
            self.check(("unconfirmed" in part) is (row["confirmed"] is False), f"unconfirmed {code} in words", part, row)
            day = date.fromisoformat(row["day"])
            is_older = day < self.truth.day
            self.check((f"as of {in_english(day)}" in part) is is_older, f"older day of {code} in words", part, row)
            self.check(("outdated" in part) is (is_older and row["freshness"] == "stale"), f"outdated {code} in words", part, row)
        note = parts[len(PAIRS)]
        freshness = self.truth.freshness_of_day(self.truth.day)
        fetched = max(parse_time(row["fetched"]) for row in page["rates"])
        beginning = f"as of {in_english(self.truth.day)}, National Bank of Kazakhstan, "
        end = ", outdated" if freshness == "stale" else ""
        if freshness != "fresh":
            end += f", rates for {in_english(self.truth.today)} are not known yet"
        expected = {beginning + age + end for age in ages(fetched, self.truth.now)}
        self.check(note in expected, "the note of the rates", note, expected)
        issued = {}
        for row, part in zip(page["weather"], parts[len(PAIRS) + 1:]):
            # A forecast is never newer than its computation, from which the page counts its age.
            issued[row["city"]] = since = min(parse_time(row["issued"]), parse_time(row["fetched"]))
            between = row["around_maximum"]
            beginning = f"{row['name']} {between['from']:+}…{between['to']:+}\u00a0°C".replace("-", "−")
            end = {f", {age}, outdated" for age in ages(since, self.truth.now)} if row["freshness"] == "stale" else {""}
            self.check(part in {beginning + end for end in end}, f"text of {row['city']}", part, beginning, end)
        expected = {f"Data from MET Norway (CC BY 4.0), {age}" for age in ages(min(issued.values()), self.truth.now)}
        self.check(parts[-1] in expected, "the note of the weather", parts[-1], expected)

    def html(self, page, html):
        """The same in Kazakh, as far as it can be counted."""
        rows = re.findall(r'data-(?:pair|city)="([^"]*)"[^>]* data-freshness="(\w+)"', html)
        expected = [(row.get("pair") or row["city"], row["freshness"]) for row in page["rates"] + page["weather"]]
        self.check(rows == expected, "rows of HTML", rows, expected)
        words = re.sub(r"<[^>]*>", "", html)
        behind = self.truth.freshness_of_day(self.truth.day) != "fresh"
        self.check(("күнгі бағам әлі белгісіз" in words) is behind, "behind in Kazakh", words)
        unconfirmed = sum(row["confirmed"] is False for row in page["rates"])
        self.check(words.count("расталмаған") == unconfirmed, "unconfirmed in Kazakh", words)
        instants = set(map(parse_time, re.findall(r'datetime="([^"]*T[^"]*)"', html)))
        dated = min(min(parse_time(row["issued"]), parse_time(row["fetched"])) for row in page["weather"])
        fetched = max(parse_time(row["fetched"]) for row in page["rates"])
        for name, instant in (("rates", fetched), ("weather", dated)):
            self.check(any(abs(shown - instant) < timedelta(seconds=1) for shown in instants), f"time of the {name}", html)

    def health(self, page, status, health):
        truth = self.truth
        # The freshness of the publication; a quarantined row, which is older, is listed among the holds.
        freshness = {"rates": truth.freshness_of_day(truth.day)}
        freshness |= {f"weather of {city}": truth.forecast(city)[0] for city in CITIES}
        expected = 503 if "stale" in freshness.values() else 200
        self.check(status == expected, "the status of health", status, freshness)
        for item in health["items"]:
            name = item["item"]
            self.check(item["freshness"] == freshness[name], f"health of the {name}", item, freshness[name])
            if name == "rates":
                self.check(item["day"] == f"{truth.day}", "the day in health", item, truth.day)
                self.check(item["overdue"] is False, "no rates are overdue", item)
            else:
                answer = truth.forecast(name.removeprefix("weather of "))[1]
                self.check(parse_time(item["issued"]) == answer.computed, f"the computation of the {name} in health", item, answer.computed)
                self.check(item["overdue"] is (truth.now - answer.computed > 24 * HOUR), f"the {name} is overdue", item)
        held = {row["currency"] for hold in health["holds"] for row in hold["rows"]}
        self.check(held <= {MOVED, SLIPPED, HELD}, "what is held", held)
        bank = next(source for source in health["sources"] if source["source"] == "national_bank_kz")
        answered = max(answer.at for answer in self.upstream.answers if answer.host == BANK and answer.status == 200)
        success = bank["last_success"] and parse_time(bank["last_success"])
        self.check(success is None or success <= answered + NEAR, "the bank's last answer in health", bank, answered)
        self.check(health["store"] is None, "the store works", health["store"])
        self.check(health["restarts"] == 0, "the refresher never failed", health["restarts"])

    def note(self, page, text, status, health):
        """Formats a value for the table."""
        now = self.truth.now.astimezone(ASTANA)
        day = self.days.setdefault(now.date(), {"looks": 0, "words": [], "before": None, "text": ""})
        day["looks"] += 1
        rates, weather = (collections.Counter(row["freshness"] for row in page[name]) for name in ("rates", "weather"))
        say = lambda counts: "+".join(f"{counts[word]} {word}" for word in ("fresh", "ageing", "stale", "absent") if counts[word])
        held = sorted({row["currency"] for hold in health["holds"] for row in hold["rows"]})
        days = sorted({row["day"][8:] for row in page["rates"]})
        unconfirmed = [row["pair"][:3].lower() for row in page["rates"] if row["confirmed"] is False]
        seen = (f"rates of {'/'.join(days)}: {say(rates)}; weather {say(weather)}; health {status}"
                + ("; tomorrow known" if page["next"] else "") + ("; behind" if any(row["behind"] for row in page["rates"]) else "")
                + (f"; held {' '.join(held)}" if held else "") + (f"; unconfirmed {' '.join(unconfirmed)}" if unconfirmed else ""))
        if seen != day["before"]:
            day["words"].append(f"{now:%H:%M}  {seen}")
            day["before"] = seen
        if now.hour == 12 and not now.minute:
            day["text"] = text.strip()

    def budgets(self):
        """The most requests within an hour, by host; more than its budget is a fault."""
        most, times = collections.Counter(), collections.defaultdict(list)
        for answer in self.upstream.answers:
            # Each process counts its own requests.
            asked = times[answer.host, answer.at < RESTART]
            asked[:] = [at for at in asked if answer.at - at < HOUR - NEAR] + [answer.at]
            count, allowed = len(asked), limit(answer.host, answer.at)
            most[answer.host] = max(most[answer.host], count)
            if count > allowed:
                self.faults.append(f"{answer.at.astimezone(ASTANA):%a %H:%M} {answer.host}: {count} requests within an hour, {allowed} allowed")
        return most


def happened(watch):
    """Checks that the week contained all expected events."""
    seen = collections.defaultdict(str)
    for day, noted in watch.days.items():
        seen[(day - MONDAY).days] = "\n".join(noted["words"])
    answers = watch.upstream.answers
    weekend = [answer for answer in answers if at(5, 0) <= answer.at < at(7, 0)]
    frozen = [answer for answer in answers if answer.host == MET and at(3, 0) <= answer.at < at(4, 0)]
    needed = {
        "on Monday the rates were unconfirmed": "unconfirmed usd" in seen[0],
        "on Monday the rial alone was unconfirmed": re.search(r"unconfirmed irr$", seen[0], re.M),
        f"{MOVED} was held until Thursday": all(re.search(rf"held .*{MOVED}", seen[day]) for day in range(4)),
        f"{MOVED} was not held on Friday": seen[4] and not re.search(rf"held .*{MOVED}", seen[4]),
        f"{SLIPPED} was held on Thursday": re.search(rf"held .*{SLIPPED}", seen[3]),
        "the bank was asked at the weekend, in vain": any(answer.host == BANK for answer in weekend)
        and all(answer.status == 503 for answer in weekend if answer.host == BANK),
        f"{HELD} was held meanwhile": all(re.search(rf"held .*{HELD}", seen[day]) for day in (4, 5, 6)),
        "Frankfurter repeated Friday's rates": any(answer.host == FRANKFURTER and answer.status == 200 for answer in weekend),
        "the rates were behind at the weekend": "behind" in seen[5] and "behind" in seen[6],
        "health was 503 on Sunday": "health 503" in seen[6],
        "health was 200 again at the end": "health 200" in seen[8] and "health 503" not in seen[8],
        "MET Norway answered with an old forecast": frozen and all(answer.status == 200 for answer in frozen),
        "the frozen forecast went stale": "weather 2 stale" in seen[3],
        "the forecast was fresh after that": "weather 2 fresh" in seen[5],
    }
    watch.faults += [f"not seen: {what}" for what, happened in needed.items() if not happened]
    return len(needed)


def corrected(watch, page):
    """Checks that a correction is on the page three hours after it."""
    row = page["rates"][PAIRS.index(CORRECTED)]
    now = watch.truth.now
    if CORRECTED_AT + timedelta(hours=3, minutes=15) < now < at(3, 0):
        truth = watch.upstream.bank.row(CORRECTED, CORRECTED_DAY, now)
        watch.check(Decimal(row["value"]) == truth, "the correction is shown", row, truth)


def main():
    program, began, lines = os.path.abspath(sys.argv[1]), time.monotonic(), []
    with tempfile.TemporaryDirectory() as folder:
        upstream, settings = Upstream(), os.path.join(folder, "masthead.toml")
        pairs = ", ".join(f'"{code.lower()}/kzt"' for code in PAIRS)
        with open(settings, "w") as file:
            file.write(f'contact = "week"\nlisten = "127.0.0.1:0"\nbase = "/strip"\nhealth = "details"\nthreads = 1\nbank = "national_bank_kz"\n'
                       f'pairs = [{pairs}]\ncities = ["astana", "almaty"]\nlanguages = ["en", "kk"]\n'
                       f'state = "{folder}/state.json"\nupstream = "{upstream.address}"\n')
        server = Server(program, settings, os.path.join(folder, "clock"), lines.append)
        upstream.now = server.now
        watch = Watch(server, upstream)
        health = lambda: json.loads(server.get("/strip/health")[1])
        try:
            now, known = START, 0
            server.start(now)
            while now <= END:
                asked = lambda: len(upstream.answers) - known
                server.settle(now, asked, health)
                if (now - START) % LOOK == timedelta(0):
                    corrected(watch, watch.look())
                now += STEP
                if now == RESTART:
                    server.end()
                    known = len(upstream.answers)
                    server.start(now)
                else:
                    known = server.jump(now, lambda: len(upstream.answers))
        finally:
            server.end()
    most = watch.budgets()
    needed = happened(watch)
    print(f"the dollar is {upstream.bank.origin}; times of Astana\n")
    for day, noted in watch.days.items():
        print(f"{day:%a %d}  {noted['looks']} looks")
        for words in noted["words"]:
            print(f"    {words}")
        print(f"    {noted['text']}\n" if noted["text"] else "")
    counts = collections.Counter(answer.host for answer in upstream.answers)
    for host in counts:
        print(f"{host:24} {counts[host]:5} requests, {most[host]:3} within an hour at most")
    looks = sum(noted["looks"] for noted in watch.days.values())
    print(f"\n{looks} looks, {watch.checks} checks, {needed} events, {len(lines)} lines of log, {len(watch.faults)} faults, "
          f"{time.monotonic() - began:.0f} s")
    if watch.faults:
        sys.stdout.writelines(lines[-100:])
    kinds = collections.defaultdict(list)
    for fault in watch.faults:
        kinds[re.sub(r"^\w+ [\d:]+ ", "", fault).split(",")[0].split(":")[0]].append(fault)
    for kind, faults in kinds.items():
        print(f"FAULT {kind}: {len(faults)} times, first {faults[0][:700]}")
    sys.exit(bool(watch.faults))


main()
