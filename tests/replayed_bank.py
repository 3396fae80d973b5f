#!/usr/bin/env python3
"""A bank that serves the recorded figures of 2 April 2026 under the requested day, and one that confirms them.

    python3 tests/replayed_bank.py PORT FOLDER_OF_RECORDED_ANSWERS
"""
import datetime
import http.server
import pathlib
import re
import sys

FOLDER = pathlib.Path(sys.argv[2])
DOCUMENT = (FOLDER / "national_bank_kz/get_rates_2026-04-02.xml").read_bytes()
WITNESS = (FOLDER / "cbu/json_all_2026-04-02.json").read_bytes()


class Bank(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        day = re.fullmatch(r"/nationalbank\.kz/rss/get_rates\.cfm\?fdate=([0-9.]+)", self.path)
        confirmed = self.path == "/cbu.uz/ru/arkhiv-kursov-valyut/json/"
        body = b"not recorded"
        if day:
            body = DOCUMENT.replace(b"02.04.2026", day[1].encode())
        if confirmed:
            today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=5)))
            body = WITNESS.replace(b"02.04.2026", today.strftime("%d.%m.%Y").encode())
        self.send_response(200 if day or confirmed else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Bank).serve_forever()
