#!/usr/bin/env python3
"""Checks the English of comments, documentation, messages and Markdown.

    python3 tests/phrases.py            fails on a marker phrase, and lists all
    python3 tests/phrases.py PATH...    the same for these files or folders
    python3 tests/phrases.py --docs     documentation lines per code line of each module

A marker phrase is a turn that plain technical English does not use.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

# A sentence begins at the start of a comment or after a full stop.
START = r"(?:^|(?<=[.!?] )|(?<=[:;] ))"
MARKERS = [
    (START + r"What (?!is [^.]*\?)[^?]*$", "a clause with 'what' as the subject"),
    (START + r"Who(?:ever)? [^?]*$", "a clause with 'who' as the subject"),
    (START + r"Whose [^?]*$", "a clause with 'whose' as the subject"),
    (START + r"Of (?:what|which|the|a|an|these|those|this|that|all)\b", "a genitive before its noun"),
    (r"\b[Nn]othing (?:where|of it|was|is said|else is)\b", "'nothing' for absence"),
    (r"\b(?:is|are|was|were|be) none\b(?! of (?:the|its|our|these|those))", "'is none'"),
    (r"\b[Nn]obody\b", "'nobody'"),
    (r"\bby itself\b", "'by itself'"),
    (r"\b[Ff]or ever\b", "'for ever'"),
    (r"\b[Aa]ll the same\b", "'all the same'"),
    (r"\b(?:told of|tells of|hears? of|heard of)\b", "'tells of', 'hears of'"),
    (r"\bshall\b", "'shall'"),
    (r"\banew\b", "'anew'"),
    (r"\bwithout further ado\b", "'without further ado'"),
    (r"\b(?:good |with )manners\b", "'manners' for rate limits"),
    (r"\bbears? witness\b", "'bears witness'"),
    (r"\b(?:is|are|was|were|been|being) (?:asked|heard)\b(?! for (?:its|a) )", "'is asked', 'is heard'"),
    (r"\b(?:of|in|from|to|by|for|with) whom\b|\bof which\b", "'of which', 'whom'"),
    (r"\b(?:One|Those|That) (?:that|which|who) (?:is|are|was|has|says)\b", "a pronoun in place of a noun"),
    (r"\b[Ss]ays (?:so|nothing|who)\b", "'says so'"),
    (r"\bthis room\b|\b[Tt]he (?:only )?room(?:s)?\b", "'room' for a module"),
]
MARKERS = [(re.compile(pattern), name) for pattern, name in MARKERS]

COMMENT = re.compile(r"^\s*//[/!]?\s?(.*)$")
TRAILING = re.compile(r"[;,{})\]] // (.*)$")
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
CODE_SPAN = re.compile(r"`[^`]*`")


def files():
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in out.splitlines():
        path = ROOT / name
        if path.suffix not in (".rs", ".md", ".sh", ".py", ".toml") or not path.is_file() or name == "tests/phrases.py":
            continue
        if "locale/table/" in name:  # written by the member `locale`
            continue
        yield path


def texts(path):
    """Pairs of a line's number and the text on it that a person reads."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if path.suffix == ".md":
            yield number, line.strip(" |*-#>")
        elif path.suffix == ".rs":
            if comment := COMMENT.match(line):
                yield number, comment[1]
                continue
            if trailing := TRAILING.search(line):
                yield number, trailing[1]
            for string in STRING.finditer(line):
                yield number, string[1]
        elif line.lstrip().startswith("#"):
            yield number, line.strip("# ")


def found(path):
    for number, text in texts(path):
        text = CODE_SPAN.sub("`x`", text)
        for pattern, name in MARKERS:
            if pattern.search(text):
                yield number, name, text


def check(paths):
    count = 0
    for path in files():
        if any(path == p or p in path.parents for p in paths):
            for number, name, text in found(path):
                print(f"{path.relative_to(ROOT)}:{number}: {name}: {text.strip()[:140]}")
                count += 1
    print(f"{count} marker phrases")
    return 1 if count else 0


def documented():
    rows = {}
    for path in files():
        name = path.relative_to(ROOT).parts
        if path.suffix != ".rs" or name[0] != "src":
            continue
        docs = code = 0
        # Unit tests need no documentation.
        text = re.split(r"^#\[cfg\(test\)\]\nmod tests \{$", path.read_text(encoding="utf-8"), maxsplit=1, flags=re.M)[0]
        for line in text.splitlines():
            line = line.strip()
            if line.startswith(("///", "//!")):
                docs += 1
            elif line and not line.startswith("//"):
                code += 1
        if path.stem == "tests":
            continue
        module = name[1].removesuffix(".rs")
        have = rows.setdefault(module, [0, 0])
        have[0] += docs
        have[1] += code
    for module, (docs, code) in sorted(rows.items()):
        print(f"{module:12} {docs:5} documentation, {code:5} code: {docs / code:.2f}")
    docs, code = (sum(part) for part in zip(*rows.values()))
    chapters = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (ROOT / "src/docs").glob("*.md"))
    print(f"all {docs:14} documentation, {code:5} code: {docs / code:.2f}, with {chapters} lines of chapters {(docs + chapters) / code:.2f}")


def main(arguments):
    if arguments == ["--docs"]:
        documented()
        return 0
    paths = [pathlib.Path(a).resolve() for a in arguments] or [ROOT]
    if missing := [str(path) for path in paths if not path.exists()]:
        print(f"no such file or folder: {', '.join(missing)}")
        return 1
    return check(paths)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
