#!/usr/bin/env python3
"""Checks the public items of the crate with all features, by the data that rustdoc writes for programs.

    tests/public_items.py

- The table of the front page (src/lib.rs) has every crate whose types or traits stand in public signatures, or whose traits public
  types implement, with the version of Cargo.toml, and no other.
- Each type, trait, function and method stands in an example: its own, or one on the page of its type or module.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
STANDARD = {"std", "core", "alloc"}
# The derives of serde name the crate in which its traits are defined.
DEFINED_IN = {"serde_core": "serde"}
FENCE = re.compile(r"^```(.*?)^```", re.M | re.S)


def documentation():
    """The JSON of rustdoc, which the stable toolchain writes for a caller that says it knows the format may change."""
    wrapper = TARGET / "public-items" / "rustdoc"
    wrapper.parent.mkdir(parents=True, exist_ok=True)
    wrapper.write_text('#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec rustdoc "$@"\n')
    wrapper.chmod(0o755)
    command = ["cargo", "rustdoc", "--quiet", "-p", "masthead", "--all-features", "--lib", "--", "-Z", "unstable-options", "--output-format", "json"]
    subprocess.run(command, cwd=ROOT, check=True, env=dict(os.environ, RUSTDOC=str(wrapper.absolute())))
    return json.loads((TARGET / "doc" / "masthead.json").read_text())


class Crate:
    def __init__(self, data):
        self.index = {str(key): item for key, item in data["index"].items()}
        self.paths = {str(key): path for key, path in data["paths"].items()}
        self.names = {int(key): DEFINED_IN.get(crate["name"], crate["name"]) for key, crate in data["external_crates"].items()}
        self.root = str(data["root"])
        # Each public item once: its path, the item, and the ids of the items on whose pages it stands.
        self.items = []
        self.seen = set()
        self.walk(self.root, "masthead", [])

    def crate_of(self, item_id):
        path = self.paths.get(str(item_id))
        return self.names.get(path["crate_id"]) if path else None

    def walk(self, item_id, path, parents):
        item = self.index.get(str(item_id))
        if item is None or item["crate_id"] != 0:
            return
        kind, inner = next(iter(item["inner"].items()))
        if kind == "use":
            if inner["is_glob"]:
                return
            # An item that is re-exported at several places is one item.
            return self.walk(inner["id"], f"{path}::{inner['name']}", parents)
        if item["id"] in self.seen or is_hidden(item):
            return
        self.seen.add(item["id"])
        name = item["name"] or ""
        own = path if kind != "module" or str(item["id"]) == self.root or path.endswith(f"::{name}") else f"{path}::{name}"
        if kind == "module":
            for child in inner["items"]:
                held = self.index.get(str(child))
                if held and (held["visibility"] == "public"):
                    child_name = held["name"]
                    self.walk(child, f"{own}::{child_name}" if child_name else own, [item])
            return
        self.items.append((own, kind, item, parents))
        page = [item, *parents]
        for child in inner.get("impls", []) if isinstance(inner, dict) else []:
            self.walk_impl(child, own, page)
        if kind == "trait":
            for child in inner["items"]:
                self.walk(child, f"{own}::{self.index[str(child)]['name']}", page)

    def walk_impl(self, item_id, path, page):
        item = self.index.get(str(item_id))
        if item is None or item["crate_id"] != 0:
            return
        inner = item["inner"]["impl"]
        if inner["is_synthetic"] or inner["blanket_impl"]:
            return
        if inner["trait"] is None:
            for child in inner["items"]:
                held = self.index.get(str(child))
                if held and held["visibility"] == "public":
                    # The documentation of the block stands on the page too.
                    self.walk(child, f"{path}::{held['name']}", [item, *page])
        else:
            self.items.append((f"{path} as {inner['trait']['path']}", "impl", item, page))

    def foreign(self):
        """The crates of the types and traits in signatures and in the heads of implementations, each with the items that use it."""
        used = {}
        for path, kind, item, _ in self.items:
            inner = next(iter(item["inner"].values()))
            if kind == "impl":
                # Its methods repeat the signatures of the trait; the types are in its head and in associated types.
                types = [self.index[str(child)]["inner"] for child in inner["items"] if str(child) in self.index]
                types = [held["assoc_type"] for held in types if "assoc_type" in held]
                parts = [inner["trait"], types]
            elif kind in ("struct", "enum", "union"):
                parts = [inner["generics"], self.fields(inner)]
            elif kind == "trait":
                parts = [inner["generics"], inner["bounds"]]
            else:
                parts = [inner]
            for crate in self.referred(parts):
                used.setdefault(crate, []).append(path)
        return used

    def fields(self, inner):
        """The types of public fields, and of the fields of public variants."""
        held = [inner.get("kind")] + [self.index.get(str(child)) for child in inner.get("variants", [])]
        ids = set()
        collect_ids(held, ids)
        fields = [self.index.get(str(one)) for one in ids]
        fields = [field for field in fields if field and "struct_field" in field["inner"]]
        return [field["inner"] for field in fields if field["visibility"] in ("public", "default")]

    def referred(self, part):
        if isinstance(part, dict):
            if "id" in part and "path" in part:
                crate = self.crate_of(part["id"])
                if crate and crate != "masthead" and crate not in STANDARD:
                    yield crate
            for value in part.values():
                yield from self.referred(value)
        elif isinstance(part, list):
            for value in part:
                yield from self.referred(value)

    def without_example(self):
        """The items that no example on their page names."""
        members = {}
        for _, _, item, parents in self.items:
            for parent in parents:
                members.setdefault(parent["id"], []).append(item)
        for path, kind, item, parents in self.items:
            # A constant is a value that its name and its documentation give.
            if kind in ("impl", "assoc_const", "constant") or examples(item):
                continue
            # The page of a type has the documentation of its methods too; that of a module has only its own.
            pages = [item, *parents, *members.get(item["id"], [])]
            pages += [other for parent in parents if "module" not in parent["inner"] for other in members.get(parent["id"], [])]
            name = re.compile(rf"\b{re.escape(item['name'])}\b")
            if not any(name.search(code) for page in pages for code in examples(page)):
                yield f"{path} ({kind})"


def is_hidden(item):
    return any("hidden" in str(attribute) for attribute in item["attrs"])


def collect_ids(part, ids):
    if isinstance(part, int):
        ids.add(part)
    elif isinstance(part, dict):
        for key in ("kind", "inner", "struct", "tuple", "plain", "fields", "variant"):
            if key in part:
                collect_ids(part[key], ids)
    elif isinstance(part, list):
        for value in part:
            collect_ids(value, ids)


def examples(item):
    blocks = FENCE.findall(item["docs"] or "")
    return [code for code in blocks if not re.match(r"(text|sh|json|css|html|toml|console)\b", code)]


def crates_of_the_front_page():
    """The crates of the table "Foreign types", each with its version."""
    page = (ROOT / "src/lib.rs").read_text()
    table = page.split("//! # Foreign types", 1)[1].split("//! # ", 1)[0].split("#![cfg_attr", 1)[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("//! | `")]
    return {name.replace("-", "_"): version for name, version in re.findall(r"`([\w-]+)` ([\d.]+)", " ".join(rows))}


def version_of(name):
    """The version that Cargo.toml requires, up to the part that changes with a breaking release."""
    manifest = (ROOT / "Cargo.toml").read_text()
    package = name.replace("_", "[-_]")
    version = re.search(rf'^{package} = (?:\{{ version = )?"([\d.]+)"', manifest, re.M)[1].split(".")
    return version[0] if version[0] != "0" else ".".join(version[:2])


def main():
    crate = Crate(documentation())
    used = crate.foreign()
    assert len(crate.items) > 500 and "chrono" in used, "the data of rustdoc has another form"
    wrong = 0
    stated = crates_of_the_front_page()
    for name in sorted(used.keys() | stated.keys()):
        if name not in stated:
            print(f"the front page does not name {name}, of {', '.join(sorted(set(used[name]))[:3])}")
            wrong += 1
        elif name not in used:
            print(f"the front page names {name}, which no public item uses")
            wrong += 1
        elif stated[name] != version_of(name):
            print(f"the front page has {name} {stated[name]}, Cargo.toml {version_of(name)}")
            wrong += 1
    for name in sorted(crate.without_example()):
        print(f"{name} stands in no example on its page")
        wrong += 1
    counted = sum(kind not in ("impl", "assoc_const", "constant") for _, kind, _, _ in crate.items)
    print(f"{len(stated)} crates in public signatures; {counted} types, traits, functions and methods, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
