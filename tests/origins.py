#!/usr/bin/env python3
"""Looks up the words of src/prose/lexicon in the sources that their rows name.

    python3 tests/origins.py FOLDER        FOLDER has cldr-rbnf, cldr-numbers-full and cldr-localenames-full 48.2 in node_modules,
                                           num2words 0.5.14 and jieba 0.42.1
    python3 tests/origins.py --proposed    lists the words that no source is known for

Needs hunspell and its dictionaries hunspell-kk, hunspell-uz, hunspell-ru and hunspell-en-us. A row whose sources have not all of its words
fails, and so does a source that has none of them. Each word of a row must be in a source that is looked up, unless the row also names one that
is not: KazNERD, public software, a page, case endings.
"""
import collections
import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ROW = re.compile(r'^    (?:row|with)\((.*), "([^"]*)", (\w+|"[^"]*")\),$', re.M)
CONST = re.compile(r'const (\w+): &str =\s*"([^"]*)";')
DICTIONARIES = {"kk": "kk_KZ", "uz": "uz_UZ", "ru": "ru_RU", "en": "en_US"}
ENDINGS = re.compile(r'"([^"]*)"')
# The letters of Uzbek that the rules of script.rs write otherwise than one by one.
UZBEK = dict(zip("абвгғдеёжзийклмнопрстуўфхҳцчшъьэюя", "a b v g g' d e yo j z i y k l m n o p r s t u o' f x h s ch sh '  e yu ya".split(" ")))


def rows():
    for path in sorted((ROOT / "src/prose/lexicon").glob("*.rs")):
        text = path.read_text(encoding="utf-8")
        consts = dict(CONST.findall(text))
        for sense, words, origin in ROW.findall(text):
            yield path.name, sense, words.split(), consts.get(origin, origin.strip('"'))


def endings():
    """The endings of nouns and adjectives."""
    text = (ROOT / "src/prose/lexicon/endings.rs").read_text(encoding="utf-8")
    body = text[text.index("KazakhNoun => &["):text.index("fn in_case")]
    return {ending for group in ENDINGS.findall(body) for ending in group.split()}


def latin(word):
    before, written = "", ""
    for c in word:
        after_vowel = before != "" and before in "аеёиоуўэюя"
        if c == "е" and (before in ("", "ь") or after_vowel):
            written += "ye"
        elif c == "ц" and (before == "й" or after_vowel):
            written += "ts"
        else:
            written += UZBEK.get(c, c)
        before = c
    return written


class Names:
    """Words of a part of CLDR."""

    def __init__(self, folder, tag, part, endings):
        self.texts = [text.lower() for text in self.read(folder / "node_modules", tag, part)]
        self.texts = [re.sub("[‘’ʻʼ`]", "'", text) for text in self.texts]
        self.words = {word for text in self.texts for word in re.findall(r"[\w'.]+", text)} | {"".join(re.findall(r"\w", text)) for text in self.texts}
        self.tag, self.endings = tag, endings if part in ("currencies", "territories", "languages") else set()

    @staticmethod
    def read(modules, tag, part):
        if part == "rbnf":
            return [(modules / f"cldr-rbnf/rbnf/{tag}.json").read_text(encoding="utf-8")]
        kind = "localenames" if part in ("territories", "languages") else "numbers"
        name = "numbers" if part == "decimalFormats" else part
        data = json.loads((modules / f"cldr-{kind}-full/main/{tag}/{name}.json").read_text(encoding="utf-8"))["main"][tag]
        if kind == "localenames":
            return data["localeDisplayNames"][part].values()
        if part == "currencies":
            return [v for names in data["numbers"][part].values() for k, v in names.items() if k.startswith("displayName")]
        formats = data["numbers"]["decimalFormats-numberSystem-latn"]
        return [re.sub(r"['0]", "", v) for length in ("long", "short") for v in formats[length]["decimalFormat"].values()]

    def has(self, word):
        if self.tag == "uz":
            word = latin(word)
        if self.tag == "zh":
            return any(word in text for text in self.texts)
        if "_" in word:
            return any(word.replace("_", " ") in text for text in self.texts)
        if word in self.words:
            return True
        endings = {latin(ending) for ending in self.endings} | {"yi"} if self.tag == "uz" else self.endings
        return len(word) > 2 and any(word + ending in self.words for ending in endings)


class Dictionary:
    """A dictionary of hunspell."""

    def __init__(self, tag, words):
        forms = {form for word in words for part in word.split("_") for base in (part, part + "ий", part + "л")
                 for form in (base, base.capitalize(), base.upper())}
        run = subprocess.run(["hunspell", "-i", "utf-8", "-d", DICTIONARIES[tag], "-l"], input="\n".join(sorted(forms)),
                             capture_output=True, text=True, encoding="utf-8", check=True)
        self.known = forms - set(run.stdout.split())
        self.suffixes = ("", "ий", "л") if tag == "ru" else ("",)

    def has(self, word):
        return all(any(form + suffix in self.known for suffix in self.suffixes for form in (part, part.capitalize(), part.upper()))
                   for part in word.split("_"))


class Words:
    def __init__(self, words):
        self.words = set(words)

    def has(self, word):
        return word in self.words


def source(name, folder, endings, all_words):
    """The source with a name, or None if it is not looked up."""
    match name.split():
        case ["CLDR", "48.2", tag, part]:
            return Names(folder, tag, part, endings)
        case ["ISO", "4217"]:
            path = folder / "node_modules/cldr-numbers-full/main/en/currencies.json"
            codes = json.loads(path.read_text(encoding="utf-8"))["main"]["en"]["numbers"]["currencies"]
            return Words(code.lower() for code in codes)
        case [dictionary, _] if dictionary.startswith("hunspell-"):
            return Dictionary(dictionary.split("-")[1], all_words)
        case ["num2words", _]:
            texts = [(folder / f"num2words/lang_{tag}.py").read_text(encoding="utf-8") for tag in ("KZ", "RU")]
            return Words(re.findall(r"\w+", " ".join(texts).lower()))
        case ["jieba", _]:
            return Words(line.split()[0] for line in (folder / "jieba/dict.txt").open(encoding="utf-8"))
        case ["proposed"] | ["KazNERD"] | ["attested", "public", "software"] | ["case", "endings"] | ["page", *_]:
            return None
    sys.exit(f"no source has the name {name}")


def main():
    table = list(rows())
    if len(table) < 500:
        sys.exit(f"only {len(table)} rows were found")
    if sys.argv[1:] == ["--proposed"]:
        for file, _, words, origin in table:
            if origin == "proposed":
                print(f"{file}: {' '.join(words)}")
        return
    folder = pathlib.Path(sys.argv[1])
    by_origin = collections.defaultdict(set)
    for _, _, words, origin in table:
        for name in origin.split("; "):
            by_origin[name].update(words)
    sources = {name: source(name, folder, endings(), words) for name, words in by_origin.items()}
    faults, counts = [], collections.Counter()
    for file, sense, words, origin in table:
        names = origin.split("; ")
        left = list(words)
        for name in names:
            if sources[name] is not None:
                found = [word for word in left if sources[name].has(word)]
                if not found:
                    faults.append(f"{file}: {sense}: {name} has none of {' '.join(left)}")
                counts[name] += len(found)
                left = [word for word in left if word not in found]
        unchecked = [name for name in names if sources[name] is None]
        if left and not unchecked:
            faults.append(f"{file}: {sense}: {origin} lacks {' '.join(left)}")
        if unchecked and not left:
            faults.append(f"{file}: {sense}: {unchecked[0]} is not needed for {' '.join(words)}")
        if left and unchecked:
            counts[unchecked[0]] += len(left)
    for name, count in sorted(counts.items(), key=lambda item: -item[1]):
        print(f"{count:5} {name}")
    if faults:
        sys.exit("\n".join(faults))


main()
