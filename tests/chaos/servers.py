"""The Redis, and the servers that share it: started, killed, stopped and resumed."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from chaos.upstream import CITIES

ADMIN, PASSWORD = "of-the-test", "s3cret"
# The ACL rules from the documentation of `RedisStore`.
RIGHTS = ("resetkeys ~masthead:* resetchannels &masthead:* -@all +getrange +set +zrange +zadd +zrem +zremrangebyrank +pexpire +pttl "
          "+time +publish +subscribe +ping")
TOPICS = ["rates", *(f"weather:{city}" for city in CITIES)]
RECORDS, REVISIONS, LEASES = ([f"masthead:4:{kind}:{topic}" for topic in TOPICS] for kind in ("seen", "revision", "lease"))
TEXT, NEWS = "masthead:4:text:", "masthead:4:news"


def wait(what, until, within, every=0.05):
    """Waits until a condition holds. Returns the seconds it took."""
    start = time.monotonic()
    while not until():
        if time.monotonic() - start > within:
            raise Fault(f"{what() if callable(what) else what}: not within {within:.0f} s")
        time.sleep(every)
    return time.monotonic() - start


class Fault(Exception):
    pass


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


class Redis:
    """A Redis on its own port that writes to disk on request only."""

    def __init__(self, program, folder, name):
        self.program, self.folder, self.port, self.child = program, os.path.join(folder, name), free_port(), None
        os.mkdir(self.folder)
        self.dump = os.path.join(self.folder, "dump.rdb")
        self.config = os.path.join(self.folder, "redis.conf")
        with open(self.config, "w") as config:
            config.write(f"bind 127.0.0.1\nport {self.port}\ndir {self.folder}\nsave \"\"\nappendonly no\n"
                         f"repl-diskless-sync-delay 0\nmasterauth {ADMIN}\nuser default on >{ADMIN} ~* &* +@all\n"
                         f"user masthead on >{PASSWORD} {RIGHTS}\n")
        self.url = f"redis://masthead:{PASSWORD}@127.0.0.1:{self.port}"
        self.start()

    def start(self):
        self.child = subprocess.Popen([self.program, self.config], stdout=subprocess.DEVNULL)
        wait("the store starts", self.answers, 20)

    def answers(self):
        try:
            return self("PING") == "PONG"
        except OSError:
            return False

    def kill(self):
        self.child.kill()
        self.child.wait()

    def pause(self):
        self.child.send_signal(signal.SIGSTOP)

    def resume(self):
        self.child.send_signal(signal.SIGCONT)

    def keep_dump(self, aside):
        self("SAVE")
        shutil.move(self.dump, aside)

    def __call__(self, *words, timeout=20):
        """Returns the response to a command, sent with all rights."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            stream = connection.makefile("rwb")
            for command in (("AUTH", ADMIN), words):
                words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
                stream.write(b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words))
                stream.flush()
                answer = read_answer(stream)
            return answer

    def hear(self):
        """Sends a notification, and gives each topic another revision, as a change does."""
        for key in REVISIONS:
            self("SET", key, str(time.time()))
        self("PUBLISH", NEWS, "changed")

    def newest(self, topic):
        """Returns the last instant of a topic's records, in milliseconds."""
        found = self("ZRANGE", f"masthead:4:seen:{topic}", 0, 0, "REV", "WITHSCORES")
        return float(found[1]) if found else 0

    def members(self, key):
        return self("ZRANGE", key, 0, -1)


def read_answer(stream):
    line = stream.readline()
    if not line:
        raise ConnectionError("the store closed the connection")
    kind, rest = line[:1], line[1:].strip()
    if kind == b"-":
        raise Fault(f"the store: {rest.decode()}")
    if kind == b"$":
        return stream.read(int(rest) + 2)[:-2] if int(rest) >= 0 else None
    if kind == b"*":
        return [read_answer(stream) for _ in range(int(rest))]
    return int(rest) if kind == b":" else rest.decode()


class Node:
    """A `masthead-serve` process. Readers of its pages hold `turn`, so that it is killed and stopped between two pages only."""

    def __init__(self, program, folder, name, upstream, redis, has_state):
        self.program, self.folder, self.name, self.upstream, self.redis = program, folder, name, upstream, redis
        self.has_state, self.turn, self.child = has_state, threading.Lock(), None
        self.is_up = False
        # The paths whose page was full. A page of a moment ago may follow a full one of another path, while another request renders it.
        self.full = set()
        self.lines = 0
        self.is_empty_allowed = True
        self.log = open(os.path.join(folder, f"{name}.log"), "w+")

    def start(self):
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".toml") as settings:
            state = f"state = \"{self.folder}/{self.name}.json\"" if self.has_state else ""
            settings.write(f"contact = \"chaos-{self.name}\"\nlisten = \"127.0.0.1:0\"\nbase = \"/strip\"\nhealth = \"details\"\n{state}\n"
                           f"upstream = \"{self.upstream.address}\"\ncities = {json.dumps(list(CITIES))}\n"
                           f"[redis]\nurl = \"{self.redis.url}\"\nnode = \"{self.name}\"\n")
            settings.flush()
            self.child = subprocess.Popen([self.program, settings.name], stderr=subprocess.PIPE, text=True)
            for line in self.child.stderr:
                self.note(line)
                listening = re.search(r"listening on http://127\.0\.0\.1:(\d+)", line)
                if listening:
                    break
            else:
                raise Fault(f"{self.name} does not start")
        self.port = int(listening[1])
        threading.Thread(target=lambda stream: [self.note(line) for line in stream], args=(self.child.stderr,), daemon=True).start()
        with self.turn:
            self.is_up = True

    def note(self, line):
        self.lines += 1
        self.log.write(f"{time.time():.3f} {line}")
        self.log.flush()

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def health(self):
        return json.loads(self.get("/strip/health")[1])

    def fleet(self):
        return self.health()["fleet"]

    def leads(self):
        """Returns the topics whose lease it holds, by its own knowledge."""
        return [topic["topic"] for topic in self.fleet()["topics"] if topic["leads"]]

    def kill(self):
        with self.turn:
            self.is_up = False
            self.child.kill()
            self.child.wait()

    def end(self):
        """Ends the process in any state."""
        self.is_up = False
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait()

    def pause(self):
        with self.turn:
            self.is_up = False
            self.child.send_signal(signal.SIGSTOP)

    def resume(self):
        with self.turn:
            self.child.send_signal(signal.SIGCONT)
            self.is_up = True
