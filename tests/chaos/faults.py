"""Foreign values written to the store, and checks of what the store must not contain."""

import threading
import time

from chaos.servers import KEYS, LEASES, MARK, TOPICS, Fault, Node, Redis, wait

LARGE = 64 << 20


class Orders:
    """Records the orders in the store from now on, and checks that they never decrease."""

    def __init__(self, redis):
        self.redis, self.seen, self.back, self.looks, self.stops = redis, {}, [], 0, threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.stops.wait(0.02):
            for topic in TOPICS:
                try:
                    order = self.redis.order(topic)
                except (OSError, Fault):
                    continue
                self.looks += 1
                if order < self.seen.get(topic, ""):
                    self.back.append(f"{topic}: {order} after {self.seen[topic]}")
                self.seen[topic] = max(order, self.seen.get(topic, ""))

    def watched(self):
        # Late writes arrive within two seconds.
        time.sleep(2)
        self.stops.set()
        self.thread.join()
        if self.back:
            raise Fault(f"the store went back: {self.back[:3]}")
        return f"{self.looks} orders, none older"


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
        wait("the other store is filled", lambda: other("EXISTS", *KEYS) == len(KEYS), 10)
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


def wrong_readings(chaos):
    """Writes values of other types to the keys of readings."""
    fill = {KEYS[0]: ("LPUSH", KEYS[0], "a"), KEYS[1]: ("SET", KEYS[1], "a"), KEYS[2]: ("SADD", KEYS[2], "a")}
    return replaced(chaos, fill, rates_diverge)


def wrong_leases(chaos):
    # No server can get the lease for Astana next.
    nobody_leads = lambda fleets: any(fleet["topics"][TOPICS.index("weather:astana")]["leader"] is None for fleet in fleets)
    return replaced(chaos, {key: ("LPUSH", key, "a") for key in LEASES}, nobody_leads)


def wrong_mark(chaos):
    return replaced(chaos, {MARK: ("HSET", MARK, "a", "b")}, lambda fleets: all(fleet["away_since"] for fleet in fleets))


def large(chaos):
    """Writes 64 MiB as a body, an order, a lease and the mark."""
    field = "redis.call('HSET', KEYS[1], 'ord', {}, 'body', {})"
    size = f"string.rep('9', {LARGE})"
    newer = order(chaos, "weather:astana")
    fill = {KEYS[0]: ("EVAL", field.format(f"'{order(chaos, 'rates')}'", size), 1, KEYS[0]),
            KEYS[1]: ("EVAL", field.format(f"'{newer}'", size), 1, KEYS[1]),
            KEYS[2]: ("EVAL", field.format(size, "'a'"), 1, KEYS[2])}
    fill |= {key: ("SETRANGE", key, LARGE - 1, "9") for key in (*LEASES[:2], MARK)}
    # A server that reads it may replace it before another has read it.
    return replaced(chaos, fill, lambda fleets: rates_diverge(fleets) or is_ours(chaos.redis, "rates"))


def garbage(chaos):
    """Writes newer orders with invalid bodies, or with one of another version. A server that reads one replaces it."""
    redis = chaos.redis
    bodies = ['{"schema":2,"body":{"rates":"' + "9" * 1000, '{"schema":2,"body":{}}', '{"schema":99,"body":{"celsius":12}}']
    for key, topic, body in zip(KEYS, TOPICS, bodies):
        redis("HSET", key, "ord", order(chaos, topic), "body", body)
    redis.hear()
    took = wait("it is replaced", lambda: all(is_ours(redis, topic) for topic in TOPICS), 6)
    return f"replaced {took:.1f} s after; {chaos.recover()}"


def future(chaos):
    """Writes orders so far in the future that they would never be superseded."""
    redis = chaos.redis
    good = redis("HGET", KEYS[0], "body")
    for key, topic in zip(KEYS, TOPICS):
        redis("HSET", key, "ord", order(chaos, topic, 3600), "body", good)
    redis.hear()
    limit = f"|{round((time.time() + 600) * 1000):015}"
    took = wait("they are replaced", lambda: all(redis.order(topic)[8:24] < limit for topic in TOPICS), 5)
    return f"replaced {took:.1f} s after; {chaos.recover()}"


def replaced(chaos, fill, tells):
    """Puts things in the place of ours; the pages go on; and when they are deleted, all is as it was."""
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


def is_ours(redis, topic):
    """Returns whether a server of ours wrote the topic last."""
    order = redis.order(topic)
    return order != "" and not order.endswith("|stranger")


def order(chaos, topic, ahead=1):
    """Returns an order newer than the stored one, by another node."""
    day, rank, _, _ = chaos.redis.order(topic).split("|")
    return f"{day}|{rank}|{round((time.time() + ahead) * 1000):015}|stranger"


GARBLED = [("other types instead of readings", wrong_readings), ("other types instead of leases", wrong_leases),
           ("another type instead of the mark", wrong_mark), ("64 MiB everywhere", large), ("garbage of good order", garbage),
           ("orders of the future", future)]
