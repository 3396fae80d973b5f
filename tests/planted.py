"""Plants bugs in a copy of the crate, one after the other, and checks that a named test or a named seed of the simulation finds each.

    python3 tests/planted.py

A bug whose code has changed is an error too, so that none is left out. A `RecordKey` names no approval, so the bug that believes one from a
store has a key of its own.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute()

# A description; the changes as (file, code, code with the bug); the test; the seed of the simulation; a part of the message.
BUGS = [
    (
        "a later fetch of a copy is preferred over the bank's own word",
        [("src/ledger/version.rs", "            is_authoritative,\n", "            is_authoritative: is_authoritative && false,\n")],
        "simulation::simulation",
        "0",
        "another's word replaces the bank's own",
    ),
    (
        "a value beyond four times of the usual one is believed on a store's word",
        [
            ("src/engine/held.rs", "!self.is_shared || self.received.contains(&id)", "!self.is_shared || self.records.len() > 0 || self.received.contains(&id)"),
            ("src/engine/adopt.rs", "is_own && !is_received", "is_own && !is_received && false"),
        ],
        "shared_store::guard::a_number_beyond_the_plausible_is_believed_once_the_bank_has_sent_it",
        None,
        "panicked",
    ),
    (
        "an approval is believed from a store",
        [
            (
                "src/engine/fleet/reading.rs",
                "            if !is_known {\n",
                """            if !is_known {
                if let Some(Ok(id)) = key.strip_prefix("approval ").map(str::parse) {
                    let approval = crate::ledger::Approval { id, rows: Vec::new(), at: last };
                    reading.complete.push((key.clone(), approval.into()));
                }
""",
            ),
            ("src/engine/adopt.rs", 'Record::Approval(_) => Err("an approval is not shared".into())', "approval @ Record::Approval(_) => Ok(approval)"),
        ],
        "shared_store::guard::an_approval_in_a_store_is_not_believed_and_is_removed",
        None,
        "475.00 of 2026-04-01",
    ),
]


def main():
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "masthead"
        for file in tracked():
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, copy / file)
        # Cargo gives the artifacts of two copies of a workspace one name, unless their versions differ, and would take those with a bug for fresh.
        manifest = copy / "Cargo.toml"
        manifest.write_text(re.sub(r'\nversion = "(.*)"', r'\nversion = "\1-planted"', manifest.read_text(), count=1))
        for what, changes, test, seed, message in BUGS:
            for file, code, bug in changes:
                plant(copy / file, code, bug)
            output, passed = run(copy, test, seed)
            for file, _, _ in changes:
                shutil.copy(ROOT / file, copy / file)
            if "could not compile" in output:
                sys.exit(f"{what}: does not compile\n{output}")
            if passed or message not in output:
                sys.exit(f"{what}: not found by {test}{f' at seed {seed}' if seed else ''}\n{output}")
            print(f"found: {what}")


def tracked():
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [file for file in files.split("\0") if file and (ROOT / file).is_file()]


def plant(path, code, bug):
    text = path.read_text()
    if text.count(code) != 1:
        sys.exit(f"{path.name} has the code of a bug {text.count(code)} times: {code!r}")
    path.write_text(text.replace(code, bug))


def run(copy, test, seed):
    environment = dict(os.environ, CARGO_TARGET_DIR=str(TARGET), RUST_BACKTRACE="0")
    if seed:
        environment["MASTHEAD_SEED"] = seed
    command = ["cargo", "test", "--all-features", "--test", "it", "--", "--exact", test]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True)
    return done.stdout[-6000:] + done.stderr[-6000:], done.returncode == 0


main()
