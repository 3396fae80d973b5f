#!/usr/bin/env python3
"""Scores the amounts that the example `annotate` finds in the checked readings of MASTHEAD_PROSE.

    python3 tests/prose_scores.py              prints a table; fails on a misreading, and below the least recall of a file
    python3 tests/prose_scores.py --show       lists misreadings and required amounts that were not read too
    python3 tests/prose_scores.py --folder F   scores the files of another folder

Builds the example first. The folder has files of JSON lines and `score.py`, which defines the terms.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ["cargo", "build", "--quiet", "--example", "annotate", "--features", "annotate"]
# The least recall of amounts in digits, and in other files.
HIGH = {"kk_valid": 0.97, "ru": 0.97, "en": 0.97}
OTHER = 0.94
# The least recall of amounts in words, in these files together.
WORDS = ({"kk_valid", "ru"}, 0.85)


def find(gold, folder):
    """Writes the amounts found in a file and returns the path."""
    lines = []
    for line in gold.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        lang = {"zh": "zh-Hans"}.get(row["lang"], row["lang"])
        text = row.get("natural_text", row["text"])
        lines.append(json.dumps({"id": row["id"], "lang": lang, "text": text}, ensure_ascii=False))
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = [str(target / "debug" / "examples" / "annotate"), "--find"]
    result = subprocess.run(program, input="\n".join(lines), capture_output=True, text=True, encoding="utf-8")
    if result.returncode != 0:
        sys.exit(f"{gold}: annotate failed: {result.stderr}")
    path = pathlib.Path(folder) / gold.name
    path.write_text(result.stdout, encoding="utf-8")
    return path


def refuses_wrong_input():
    """A line that cannot be read ends the program with its number; so does a wrong option, with another status."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = str(target / "debug" / "examples" / "annotate")
    good = '{"id": "1", "lang": "ru", "text": "5 тенге"}\n'
    for arguments, text, status, message in [
        (["--find"], good, 0, ""),
        (["--find"], good + "{", 1, "line 2"),
        (["--find"], good.replace("ru", "tlh"), 1, "unknown language"),
        ([], good, 2, "--find"),
    ]:
        result = subprocess.run([program, *arguments], input=text, capture_output=True, text=True, encoding="utf-8")
        if result.returncode != status or message not in result.stderr:
            sys.exit(f"annotate {arguments}: status {result.returncode}, {result.stderr}")


def main():
    arguments = sys.argv[1:]
    show = "--show" in arguments
    place = arguments[arguments.index("--folder") + 1] if "--folder" in arguments else os.environ.get("MASTHEAD_PROSE")
    if not place:
        sys.exit("MASTHEAD_PROSE, the folder of the checked readings, is not set")
    files = sorted(pathlib.Path(place).glob("*.jsonl"))
    scorer = pathlib.Path(place) / "score.py"
    if not files or not scorer.exists():
        sys.exit(f"{place}: no checked readings, or no score.py")
    subprocess.run(BUILD, cwd=ROOT, check=True)
    refuses_wrong_input()
    failures, words = [], [0, 0]
    print(f"{'file':10} {'misread':>7} {'digits':>16} {'words':>16} {'all':>16} {'kind':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for gold in files:
            command = [sys.executable, str(scorer), str(gold), str(find(gold, folder)), "--natural", "--bytes"]
            command += ["--show", "--show-missed"] if show else []
            result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
            if result.returncode != 0:
                sys.exit(f"{gold}: score.py failed: {result.stdout}{result.stderr}")
            output = result.stdout
            if show:
                print(output, end="")
            misread = int(re.search(r"^  MISREAD (\d+)", output, re.M).group(1))
            recall = {name: tuple(map(int, pair)) for name, *pair in re.findall(r"(digits|mixed|words) +[\d.]+% \((\d+)/(\d+)\)", output)}
            total = re.search(r"readings precision.*recall +([\d.]+% \(\d+/\d+\))", output).group(1)
            kind = re.search(r"strict +([\d.]+%)", output)
            cells = [f"{a / b:.1%} ({a}/{b})" if (a, b) != (0, 0) else "-" for a, b in (recall.get(form, (0, 0)) for form in ("digits", "words"))]
            print(f"{gold.stem:10} {misread:7} {cells[0]:>16} {cells[1]:>16} {total:>16} {kind.group(1) if kind else '-':>8}")
            if misread:
                failures.append(f"{gold.stem}: {misread} misread")
            least = HIGH.get(gold.stem, OTHER)
            right, required = recall["digits"]
            if right < least * required:
                failures.append(f"{gold.stem}: recall of digits {right / required:.4f} < {least}")
            if gold.stem in WORDS[0]:
                words = [sum(pair) for pair in zip(words, recall.get("words", (0, 0)))]
    right, required = words
    if required and right < WORDS[1] * required:
        failures.append(f"recall of words {right / required:.4f} < {WORDS[1]}")
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
