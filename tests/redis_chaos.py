#!/usr/bin/env python3
"""Three servers that share a Redis, which is killed, stopped, emptied, set back and garbled, while every page is read.

    cargo build -p masthead-serve
    python3 tests/redis_chaos.py target/debug/masthead-serve redis-server

A bank and a weather service on loopback publish all the while. No page may be an error, empty once it was full, older than the one
before, or have a number that was not published; and the calls of each phase have a budget. The second program is the store: a
redis-server or a valkey-server. It takes about three minutes.
"""

import sys

sys.dont_write_bytecode = True

import datetime
import math
import os
import signal
import tempfile
import threading
import time

from chaos import faults
from chaos.pages import KINDS, Reader, has_full_pages, same
from chaos.servers import PASSWORD, RECORDS, Fault, Node, Redis, wait
from chaos.upstream import CITIES, PACE, Upstream

BANK, WITNESSES = "nationalbank.kz", "witnesses"
# Seconds of a lease, plus the time in which the successor sees its end and sends requests.
TAKEOVER = 30 + 5
# Seconds between two publications of the weather, so that waiting for one always succeeds.
EVERY = 5
program, store = os.path.abspath(sys.argv[1]), sys.argv[2]


class Chaos:
    def __init__(self, folder):
        self.folder, self.upstream, self.redis = folder, Upstream(), Redis(store, folder, "redis")
        # One of them starts without any state.
        make = lambda name, has_state: Node(program, folder, name, self.upstream, self.redis, has_state)
        self.nodes = [make("a", True), make("b", True), make("c", False)]
        self.readers = [Reader(node, self.upstream) for node in self.nodes]
        self.lines, self.ended = [], threading.Event()
        threading.Thread(target=self.publish, daemon=True).start()

    def publish(self):
        while not self.ended.wait(EVERY):
            self.upstream.publish_weather()

    def up(self):
        return [node for node in self.nodes if node.is_up]

    def start(self, node, is_empty_allowed=False):
        """Starts a server, whose first pages are full unless told."""
        node.is_empty_allowed, node.full = is_empty_allowed, set()
        node.start()

    def newest(self, node, city):
        reader = self.readers[self.nodes.index(node)]
        return max((version for known, version in list(reader.seen) if known == city), default=-1)

    def advance(self, within=16):
        """Publishes, and waits until every server shows that or something newer: an answer is good for four seconds, and who
        waits for another server, or for the store, looks every ten at least. Seconds from the first page to the last."""
        version, nodes, seen = self.upstream.publish_weather(), self.up(), {}

        def shown():
            for node in nodes:
                if node.name not in seen and self.newest(node, "astana") >= version:
                    seen[node.name] = time.monotonic()
            return len(seen) == len(nodes)

        wait(lambda: f"version {version} is seen on {list(seen)} of {[node.name for node in nodes]}", shown, within, every=0.01)
        return max(seen.values()) - min(seen.values())

    def recover(self):
        """Returns the time until all servers agree again and receive notifications as before."""
        took = self.converge()
        spread = self.advance()
        if spread > 1:
            raise Fault(f"news needed {spread:.2f} s from the first server to the last")
        return f"at one {took:.1f} s after"

    def converge(self, within=8):
        """Returns the seconds until all show the same bytes and no server rejects a shared value."""
        def agree():
            for fleet in map(self.fleet, self.up()):
                for topic in fleet["topics"]:
                    if fleet["away_since"] or topic["diverges"] or millis(topic["shared"]) != self.redis.newest(topic["topic"]):
                        self.apart = f"{fleet['node']}: {fleet['last_error']}, {topic}"
                        return False
            self.apart = same(self.up())
            return self.apart is None

        return wait(lambda: f"all servers agree, but for {self.apart}", agree, within)

    def fleet(self, node):
        _, body = node.get("/strip/health")
        for secret in (PASSWORD, f":{self.redis.port}", "127.0.0.1"):
            if secret in body.decode():
                raise Fault(f"the health of {node.name} tells {secret}")
        return node.fleet()

    def are_away(self, within=6):
        return wait("the servers see that the store is away", lambda: all(self.fleet(n)["away_since"] for n in self.up()), within)

    def part(self):
        """Gives the lease of the other city to another server."""
        leads = lambda topic: [node for node in self.up() if topic in node.leads()]
        wait("a server fetches Astana", lambda: leads("weather:astana"), TAKEOVER)
        first = leads("weather:astana")[0]
        second, third = (node for node in self.nodes if node is not first)
        self.redis("SET", "masthead:4:lease:weather:almaty", self.fleet(second)["node"], "PX", 30_000)
        self.roles = first, second, third
        return lambda: leads("weather:astana") == [first] and leads("weather:almaty") == [second]

    def phase(self, name, act, bank=0, witnesses=0, takeovers=0, is_alone=False, most=None):
        """Runs a phase, and compares the calls with a single client's: one in each pace of a city, and one on the way; one more
        for each server that takes over, or starts. Where each is by itself it is as many again for each of the others."""
        start, pages = time.time(), sum(reader.pages for reader in self.readers)
        known = [len(reader.faults) for reader in self.readers]
        try:
            told = act()
        except (Fault, OSError) as error:
            told = f"FAILED: {error}"
            self.readers[0].faults.append(("errors", f"{name}: {error}"))
        took = time.time() - start
        faults = [fault for reader, before in zip(self.readers, known) for fault in reader.faults[before:]]
        clients = len(self.nodes) if is_alone else 1
        budget = most or {city: clients * (math.floor(took / pace) + 1) + takeovers for city, pace in PACE.items()}
        budget |= {BANK: bank + 2 * is_bank_awaited(start, took), WITNESSES: witnesses}
        calls, asked = dict.fromkeys(budget, 0), self.upstream.since(start)
        for source, by in asked.items():
            calls[source if source in budget else WITNESSES] += sum(by.values())
        for source, count in calls.items():
            if count > budget[source]:
                faults.append(("calls", f"{name}: {source}, {count} for {budget[source]}: {({key: dict(by) for key, by in asked.items()})}"))
        counts = ", ".join(f"{source} {calls[source]}/{most}" for source, most in budget.items() if most or calls[source])
        pages = sum(reader.pages for reader in self.readers) - pages
        self.lines.append((name, took, pages, faults))
        print(f"{name:34} {took:5.1f} s {pages:6} pages {len(faults):3} faults  calls {counts}; {told}", flush=True)
        for fault in faults[:3]:
            print("   ", *fault, flush=True)


def millis(instant):
    """Returns an instant of a health report in milliseconds."""
    return instant and round(datetime.datetime.fromisoformat(instant.replace("Z", "+00:00")).timestamp() * 1000)


def is_bank_awaited(start, took):
    """The bank's day turns at 19:00 UTC, and it publishes from 10:30 to 12:00: then the schedule follows the bank's calendar."""
    minute = lambda at: time.gmtime(at).tm_hour * 60 + time.gmtime(at).tm_min
    hours = [(10 * 60 + 30, 12 * 60 + 10), (18 * 60 + 59, 19 * 60 + 10)]
    return any(first <= minute(at) <= last for first, last in hours for at in (start, start + took))


def run(chaos):
    a, b, c = chaos.nodes
    redis, upstream = chaos.redis, chaos.upstream
    old = os.path.join(chaos.folder, "old.rdb")

    def cold_start():
        for node in chaos.nodes:
            chaos.start(node, is_empty_allowed=True)
        for reader in chaos.readers:
            reader.start()
        wait("every page is full", lambda: all(map(has_full_pages, chaos.nodes)), 5)
        together = chaos.converge(3)
        return f"the same bytes {together:.1f} s after"

    def publications():
        is_parted = chaos.part()
        spreads = [chaos.advance() for _ in range(3)]
        if max(spreads) > 1:
            raise Fault(f"from the first to the last server {max(spreads):.2f} s")
        redis.keep_dump(old)
        # Each node checks its leases three times within their duration.
        wait("one asks for one city, another for the other", is_parted, 12)
        return f"from the first page to the last {', '.join(f'{spread:.2f}' for spread in spreads)} s"

    def death_and_sleep():
        killed, stopped, other = chaos.roles
        start = time.monotonic()
        since = lambda: time.monotonic() - start
        killed.kill()
        stopped.pause()
        version = upstream.publish_weather()
        news = lambda: all(chaos.newest(other, city) >= version for city in CITIES)
        took = wait(f"{other.name} shows news of both cities", news, TAKEOVER)
        chaos.start(killed)
        # Its lease has ended long ago, and it does not know.
        wait("the end of its sleep", lambda: since() > 42, 45)
        instants, versions = faults.Instants(redis), {city: chaos.newest(other, city) for city in CITIES}
        stopped.resume()
        again = lambda: all(chaos.newest(stopped, city) >= version for city, version in versions.items())
        shown = wait(f"{stopped.name} shows what the others do", again, 2, every=0.01)
        return (f"news of both cities on {other.name} {took:.1f} s after, {stopped.name} shows them {shown:.2f} s after its sleep; "
                f"{chaos.recover()}; {instants.watched()}")

    def hang():
        start = time.monotonic()
        redis.pause()
        chaos.are_away()
        # A start waits for one time-out of the store.
        a.kill()
        again = time.monotonic()
        chaos.start(a)
        again = time.monotonic() - again
        if again > 3:
            raise Fault(f"a start took {again:.1f} s")
        wait("thirty seconds", lambda: time.monotonic() - start > 30, 31)
        instants = faults.Instants(redis)
        redis.resume()
        return f"a start meanwhile {again:.2f} s; {chaos.recover()}; {instants.watched()}"

    def loss():
        upstream.correct_rates()
        redis.kill()
        chaos.are_away()
        c.kill()
        # It has no state yet, and fetches the corrected numbers from the bank.
        c.has_state = True
        chaos.start(c, is_empty_allowed=True)
        wait("the pages of c are full", lambda: has_full_pages(c), 10)
        redis.start()
        return f"{chaos.recover()}; {faults.is_corrected(chaos)}"

    def older_dump():
        redis.kill()
        chaos.are_away()
        os.rename(old, redis.dump)
        redis.start()
        os.remove(redis.dump)
        instants = faults.Instants(redis)
        return f"{chaos.recover()}; {instants.watched()}; {faults.is_corrected(chaos)}"

    def flush():
        redis("FLUSHALL")
        filled = wait("the store is filled", lambda: redis("EXISTS", *RECORDS) == len(RECORDS), 5)
        return f"filled again {filled:.1f} s after; {chaos.recover()}"

    def wrong_password():
        redis("ACL", "SETUSER", "masthead", "resetpass", ">another")
        redis("CLIENT", "KILL", "USER", "masthead")
        chaos.are_away()
        redis("ACL", "SETUSER", "masthead", "resetpass", f">{PASSWORD}")
        return chaos.recover()

    def failing_upstream():
        upstream.mode, start = "fail", time.time()
        asked = lambda: "astana" in upstream.since(start)
        wait("a server fetches Astana", asked, TAKEOVER)
        # By then three of the nodes would have sent requests, and so would one without a cool-down.
        time.sleep(1.5 * PACE["astana"])
        return "asked once, and then left alone"

    def restart_of_all():
        redis.kill()
        for node in chaos.nodes:
            node.kill()
        for node in chaos.nodes:
            chaos.start(node)
        wait("every page is full", lambda: all(map(has_full_pages, chaos.nodes)), 5)
        redis.start()
        return f"full at once; {chaos.recover()}"

    chaos.phase("1 a cold start", cold_start, bank=2, witnesses=1)
    chaos.phase("2 publications", publications)
    chaos.phase("3 one is killed, one stopped", death_and_sleep, takeovers=3)
    chaos.phase("4 the Redis hangs for 30 s", hang, takeovers=1, is_alone=True)
    chaos.phase("5 it is killed, and starts empty", loss, bank=2, witnesses=1, takeovers=1, is_alone=True)
    chaos.phase("5 ...and with an older dump", older_dump, takeovers=1, is_alone=True)
    chaos.phase("6 it is emptied", flush, takeovers=2)
    chaos.phase("7 the password is another one", wrong_password, takeovers=1, is_alone=True)
    # If tomorrow's rates come first, the ticker queries each of the four banks, which have no list of tomorrow yet.
    chaos.phase("8 it is a read-only replica", lambda: faults.replica(chaos, program), bank=2, witnesses=4, takeovers=2, is_alone=True)
    for name, act in faults.GARBLED:
        chaos.phase(f"9 {name}", lambda: act(chaos), takeovers=1, is_alone=True)
    chaos.phase("9 no text is right", lambda: faults.wrong_texts(chaos), bank=2, witnesses=1, takeovers=2, is_alone=True)
    chaos.phase("10 all start, without the Redis", restart_of_all, takeovers=3, is_alone=True)
    chaos.phase("11 the weather service fails", failing_upstream, most={city: 1 for city in CITIES})


# A time-out sends this signal, and the servers must end too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
folder = tempfile.TemporaryDirectory()
chaos = Chaos(folder.name)
try:
    run(chaos)
finally:
    chaos.ended.set()
    for reader in chaos.readers:
        reader.stops = True
    for node in chaos.nodes:
        node.end()
    chaos.redis.kill()

found = [fault for line in chaos.lines for fault in line[3]]
print("log lines", [node.lines for node in chaos.nodes])
table = {"pages": sum(line[2] for line in chaos.lines)}
table |= {kind: sum(fault[0] == kind for fault in found) for kind in (*KINDS, "calls")}
table |= {"slowest page": f"{max(reader.slowest for reader in chaos.readers) * 1000:.0f} ms",
          "seconds": round(sum(line[1] for line in chaos.lines))}
for title, value in table.items():
    print(f"{title:14} {value}")
if found:
    for node in chaos.nodes:
        node.log.seek(0)
        print(f"\nthe log of {node.name}:", *node.log.readlines()[-40:], sep="\n  ", file=sys.stderr)
    sys.exit(f"{len(found)} faults, the first: {found[0]}")
