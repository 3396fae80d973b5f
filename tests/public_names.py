#!/usr/bin/env python3
"""Compares the names that the crate exports with the list in docs/public-names.txt.

    tests/public_names.py            fails if they differ
    tests/public_names.py --bless    writes the list

Builds the documentation of all features, whose index of items is the list of names.
"""

import html
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent
LIST = ROOT / "docs/public-names.txt"
HEAD = """# The names that the crate exports with all features, without methods. `tests/public_names.py --bless` writes this list; CI compares it.
"""


def names():
    subprocess.run(["cargo", "doc", "--quiet", "--no-deps", "--all-features", "-p", "masthead"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    index = (target / "doc/masthead/all.html").read_text()
    items = re.findall(r'<li><a href="(?:[^"]*/)?(\w+)\.[^"/]*\.html">([^<]+)</a></li>', index)
    found = sorted(f"{html.unescape(path)} ({kind})" for kind, path in items)
    assert len(found) > 50, "the index of items has another form"
    return found


def main():
    text = HEAD + "".join(f"{name}\n" for name in names())
    if sys.argv[1:] == ["--bless"]:
        LIST.write_text(text)
        return 0
    listed = LIST.read_text().splitlines()
    found = text.splitlines()
    added, removed = sorted(set(found) - set(listed)), sorted(set(listed) - set(found))
    for sign, lines in (("+", added), ("-", removed)):
        for line in lines:
            print(sign, line)
    if added or removed or listed != found:
        print("the exported names differ from docs/public-names.txt; see CHANGELOG.md and tests/public_names.py")
        return 1
    print(f"{len(found) - 1} exported names, as listed")
    return 0


sys.exit(main())
