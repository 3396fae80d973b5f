"""Foreign values written to the store, and checks of what the store must not contain."""

import glob
import hashlib
import os
import threading
import time

from chaos.pages import has_full_pages
from chaos.servers import LEASES, RECORDS, REVISIONS, TEXT, TOPICS, Fault, Node, Redis, wait

LARGE = 64 << 20
# Seconds between two removals of records that cannot be used, plus a look at the store.
MENDED = 10 + 3


class Instants:
    """Watches the last instant of each topic's records from now on, and checks that it never becomes earlier."""

    def __init__(self, redis):
        self.redis, self.seen, self.back, self.looks, self.stops = redis, {}, [], 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.stops.wait(0.02):
            for topic in TOPICS:
                try:
                    newest = self.redis.newest(topic)
                except (OSError, Fault):
                    continue
                self.looks += 1
                if newest < self.seen.get(topic, 0):
                    self.back.append(f"{topic}: {newest:.0f} after {self.seen[topic]:.0f}")
                self.seen[topic] = max(newest, self.seen.get(topic, 0))

    def watched(self):
        # Late writes arrive within two seconds.
        time.sleep(2)
        self.stops.set()
        self.thread.join()
        if self.back:
            raise Fault(f"the store went back: {self.back[:3]}")
        return f"{self.looks} looks at its instants, none earlier"


def is_corrected(chaos):
    """Checks that all servers show the bank's newest numbers."""
    value = chaos.upstream.values(chaos.upstream.rates)["USD"]
    for node in chaos.up():
        if f">{value}<" not in node.get("/strip/en.html")[1].decode():
            raise Fault(f"{node.name} does not show the corrected {value}")
    return f"corrected to {value}"


def replica(chaos, program):
    """Makes the Redis a replica of another, which has tomorrow's rates."""
    redis, upstream = chaos.redis, chaos.upstream
    upstream.announce()
    other = Redis(redis.program, chaos.folder, "other")
    teller = Node(program, chaos.folder, "d", upstream, other, False)
    try:
        teller.start()
        wait("the other store is filled", lambda: other("EXISTS", *RECORDS) == len(RECORDS), 10)
        teller.end()
        other("DEL", *LEASES)
        redis("REPLICAOF", "127.0.0.1", other.port)
        wait("the replica follows", lambda: b"master_link_status:up" in redis("INFO", "replication"), 10)
        shown = wait("tomorrow's rates are on every page", lambda: all(has_next(node) for node in chaos.up()), 5)
        # If nothing here is newer, the first writes are the leases, renewed every ten seconds.
        chaos.are_away(14)
        redis("REPLICAOF", "NO", "ONE")
        return f"tomorrow's rates on all {shown:.1f} s after; {chaos.recover()}"
    finally:
        redis("REPLICAOF", "NO", "ONE")
        teller.end()
        other.kill()


def has_next(node):
    return b'"next":[{"pair":"USD/KZT"' in node.get("/strip/en.json")[1]


def wrong_records(chaos):
    """Writes values of other types to the keys of records."""
    fill = {RECORDS[0]: ("LPUSH", RECORDS[0], "a"), RECORDS[1]: ("SET", RECORDS[1], "a"), RECORDS[2]: ("SADD", RECORDS[2], "a")}
    return replaced(chaos, fill, rates_diverge)


def wrong_leases(chaos):
    # No server can get the lease for Astana next.
    nobody_leads = lambda fleets: any(fleet["topics"][TOPICS.index("weather:astana")]["leader"] is None for fleet in fleets)
    return replaced(chaos, {key: ("LPUSH", key, "a") for key in LEASES}, nobody_leads)


def wrong_revisions(chaos):
    """Writes values of other types to the keys of revisions. The next change replaces them."""
    redis = chaos.redis
    for key in REVISIONS:
        redis("DEL", key)
        redis("HSET", key, "a", "b")
    spread = chaos.advance()
    if redis("TYPE", REVISIONS[TOPICS.index("weather:astana")]) != "string":
        raise Fault("a revision of another type is not replaced")
    redis("DEL", *REVISIONS)
    redis.hear()
    return f"from the first page to the last {spread:.2f} s; {chaos.recover()}"


def large(chaos):
    """Writes 64 MiB as a text, a lease, a revision and a key of a record."""
    redis = chaos.redis
    texts = redis("KEYS", f"{TEXT}*")[:2]
    fill = {RECORDS[0]: ("ZADD", RECORDS[0], 1, b"9" * LARGE)}
    fill |= {key: ("SETRANGE", key, LARGE - 1, "9") for key in (*LEASES[:2], *texts)}
    redis("SETRANGE", REVISIONS[1], LARGE - 1, "9")
    wait("a change replaces the revision", lambda: redis("STRLEN", REVISIONS[1]) == 16, 8)
    # The set of records is emptied by the first server that reads it, and costs its topic alone.
    is_emptied = lambda _: (redis("MEMORY", "USAGE", RECORDS[0]) or 0) < 1 << 20
    return replaced(chaos, fill, is_emptied)


def wrong_texts(chaos):
    """Deletes and replaces all texts, and starts a server that has none of them."""
    redis, node = chaos.redis, chaos.nodes[2]
    node.kill()
    paths = glob.glob(os.path.join(chaos.folder, f"{node.name}.json*"))
    if not paths:
        raise Fault(f"{node.name} has no state to delete")
    for path in paths:
        os.remove(path)
    for place, key in enumerate(redis("KEYS", f"{TEXT}*")):
        redis("DEL", key)
        if place % 4:
            redis(*[("SET", key, "garbage"), ("SADD", key, "a"), ("SET", key, b"\xff" * 9)][place % 4 - 1])
    chaos.start(node, is_empty_allowed=True)
    full = wait("its pages are full", lambda: has_full_pages(node), MENDED)

    def are_good():
        keys = [record for key in RECORDS for record in redis.members(key)]
        # The last field of a forecast, and the last but one of a sighting, which has none for "no data".
        ids = [key.split()[-1] if key.startswith(b"forecast") else key.split()[-2] for key in keys]
        return all(is_text(redis, id.decode()) for id in ids if id != b"-")

    took = wait("every record has its text", are_good, 2 * MENDED)
    # Until they end, no server requests what the killed one did.
    process = node.fleet()["node"]
    holders = lambda: [(redis("GET", key) or b"").decode() for key in LEASES]
    is_old = lambda holder: holder.startswith(f"{node.name}.") and holder != process
    wait("the leases of the killed server end", lambda: not any(map(is_old, holders())), 32)
    return f"all pages were full {full:.1f} s after, and each record had its text {took:.1f} s later; {chaos.recover()}"


def is_text(redis, id):
    """Returns whether the store has the text of an id."""
    key = TEXT + id
    if redis("TYPE", key) != "string":
        return False
    return hashlib.sha256(redis("GET", key)).hexdigest() == id


def garbage(chaos):
    """Writes members that are no records, and records without their texts, with instants of all times."""
    redis = chaos.redis
    now = round(time.time() * 1000)
    keys = [(now, "garbage"), ("inf", b"\xff\xfe"), ("-inf", "9" * 100_000), (now - 1000.5, " ")]
    for name, topic in zip(RECORDS, TOPICS):
        ours = next(iter(redis.members(name))).decode()
        keys += [(now, ours + " "), (now, ours.replace(" ", "  "))]
        for id in (word for word in ours.split() if len(word) == 64):
            keys.append((now, ours.replace(id, id[::-1])))
    for score, key in keys:
        for name in RECORDS:
            redis("ZADD", name, score, key)
    redis.hear()
    members = {key if isinstance(key, bytes) else key.encode() for _, key in keys}
    took = wait("they are removed", lambda: not any(members & set(redis.members(name)) for name in RECORDS), MENDED)
    return f"removed {took:.1f} s after; {chaos.recover()}"


def future(chaos):
    """Sets the last instants of all records to the future, where they would never be raised."""
    redis = chaos.redis
    for name in RECORDS:
        for place, key in enumerate(redis.members(name)):
            redis("ZADD", name, "inf" if place % 2 else round((time.time() + 3600) * 1000), key)
    redis.hear()
    limit = (time.time() + 600) * 1000
    took = wait("they are replaced", lambda: all(0 < redis.newest(topic) < limit for topic in TOPICS), MENDED)
    return f"replaced {took:.1f} s after; {chaos.recover()}"


def forgotten(chaos):
    """Deletes the records and the revisions, but not the texts."""
    redis = chaos.redis
    redis("DEL", *RECORDS, *REVISIONS)
    took = wait("they are written again", lambda: redis("EXISTS", *RECORDS) == len(RECORDS), 5)
    return f"written again {took:.1f} s after; {chaos.recover()}"


def replaced(chaos, fill, tells):
    """Writes foreign values to keys, and deletes them when the servers report them."""
    redis = chaos.redis
    for key, command in fill.items():
        redis("DEL", key)
        redis(*command)
    redis.hear()
    try:
        told = wait("the servers tell of it", lambda: tells([chaos.fleet(node) for node in chaos.up()]), 6)
        # Time for each server to read and write.
        time.sleep(2)
    finally:
        redis("DEL", *fill)
        redis.hear()
    return f"told {told:.1f} s after; {chaos.recover()}"


def rates_diverge(fleets):
    return all(fleet["away_since"] or fleet["topics"][TOPICS.index("rates")]["diverges"] for fleet in fleets)


GARBLED = [("other types instead of records", wrong_records), ("other types instead of leases", wrong_leases),
           ("other types instead of revisions", wrong_revisions), ("64 MiB everywhere", large),
           ("no records and no revisions", forgotten), ("garbage among the records", garbage),
           ("instants of the future", future)]
