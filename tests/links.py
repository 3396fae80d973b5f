#!/usr/bin/env python3
"""Checks the links of the documentation that can be followed without a network.

    python3 tests/links.py                the Markdown files of the repository
    python3 tests/links.py FOLDER         the HTML pages of the crate below a folder that `cargo doc` wrote

A link to a page, a picture or a heading must lead to one. Links to other hosts are counted and not followed. A folder without pages of
the crate is an error.
"""
import html.parser
import pathlib
import re
import subprocess
import sys
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRATE = "masthead"
LINE = re.compile(r"^\d+(-\d+)?$")
RUST_PATH = re.compile(r"^\w+::\w")
# Written by tracing, tower and http-body in the documentation of methods of their traits.
OF_OTHERS = {
    "dispatcher#setting-the-default-subscriber",
    "super::Span::current()",
    "crate::Span",
    "super::Subscriber",
    "combinators::Frame",
    "crate::Service",
    "crate::Service::poll_ready",
}


class Page(html.parser.HTMLParser):
    """The links and the anchors of an HTML page."""

    def __init__(self, text):
        super().__init__()
        self.links, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            # rustdoc names a script of implementors on each trait, and writes it only if there are some.
            elif name in ("href", "src") and value is not None and tag != "script":
                self.links.append(value)


class Markdown:
    """The links and the anchors of a Markdown file, whose headings are named as GitHub names them."""

    INLINE = re.compile(r"\]\(([^()\s]+(?:\([^()\s]*\))?)\)")
    ATTRIBUTE = re.compile(r'(?:src|srcset|href)="([^"\s]+)"')

    def __init__(self, text):
        text = re.sub(r"^(```+|~~~+).*?^\1\s*$", "", text, flags=re.M | re.S)
        self.anchors = set()
        for heading in re.findall(r"^#+ +(.*)$", text, flags=re.M):
            words = re.sub(r"[^\w\- ]", "", heading.strip().lower())
            self.anchors.add(words.replace(" ", "-"))
        text = re.sub(r"`[^`]*`", "", text)
        self.links = self.INLINE.findall(text) + self.ATTRIBUTE.findall(text)


def checked(files, parse, root):
    pages, broken, followed, foreign = {}, [], 0, 0

    def page(path):
        if path not in pages:
            pages[path] = parse(path.read_text(encoding="utf-8"))
        return pages[path]

    for path in files:
        for link in page(path).links:
            parts = urllib.parse.urlsplit(link)
            # A path of Rust that rustdoc has not resolved looks like an address with a scheme.
            if parse is Page and RUST_PATH.match(link) and link not in OF_OTHERS:
                broken.append(f"{path.relative_to(root)}: {link}: not resolved")
                continue
            if parts.scheme or parts.netloc or link in OF_OTHERS:
                foreign += 1
                continue
            target = path if not parts.path else (path.parent / urllib.parse.unquote(parts.path)).resolve()
            followed += 1
            where = path.relative_to(root)
            if not target.is_relative_to(root) or not target.exists():
                broken.append(f"{where}: {link}: no such file")
                continue
            anchor = parts.fragment
            if not anchor or target.suffix != path.suffix:
                continue
            # A range of lines is selected by a script; its first line has the anchor.
            anchor = anchor.split("-")[0] if LINE.match(anchor) else anchor
            if not {anchor, urllib.parse.unquote(anchor)} & page(target).anchors:
                broken.append(f"{where}: {link}: no such heading or item")
    for line in broken:
        print(line)
    print(f"{len(pages)} pages, {followed} links followed, {foreign} to other hosts, {len(broken)} broken")
    return 1 if broken or not followed else 0


def main():
    if len(sys.argv) > 1:
        root = pathlib.Path(sys.argv[1]).resolve()
        files = [path for folder in (CRATE, f"src/{CRATE}") for path in sorted((root / folder).rglob("*.html"))]
        if not files:
            print(f"{root}: no pages of {CRATE}")
            return 1
        return checked(files, Page, root)
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, check=True, capture_output=True, text=True)
    return checked([ROOT / name for name in sorted(set(out.stdout.split()))], Markdown, ROOT)


if __name__ == "__main__":
    sys.exit(main())
