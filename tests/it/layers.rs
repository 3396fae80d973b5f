//! Structural rules that the compiler does not check: a module imports only modules below it, and files have a size limit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The root of the repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The modules, and those that each may import. `lib.rs` may import all.
const LAYERS: &[(&str, &[&str])] = &[
    ("day", &[]),
    ("jiff", &[]),
    ("text", &[]),
    ("provenance", &["text"]),
    ("money", &["day", "provenance", "text"]),
    ("weather", &["day", "money", "provenance", "text"]),
    (
        "snapshot",
        &["day", "money", "provenance", "text", "weather"],
    ),
    (
        "source",
        &["day", "money", "provenance", "snapshot", "text", "weather"],
    ),
    (
        "ledger",
        &["day", "money", "provenance", "snapshot", "text", "weather"],
    ),
    (
        "fetch",
        &[
            "day",
            "money",
            "provenance",
            "snapshot",
            "source",
            "text",
            "weather",
        ],
    ),
    (
        "engine",
        &[
            "day",
            "fetch",
            "ledger",
            "money",
            "provenance",
            "snapshot",
            "source",
            "text",
            "weather",
        ],
    ),
    (
        "ticker",
        &[
            "day",
            "engine",
            "fetch",
            "ledger",
            "money",
            "provenance",
            "snapshot",
            "source",
            "text",
            "weather",
        ],
    ),
    (
        "strip",
        &[
            "day",
            "ledger",
            "money",
            "provenance",
            "snapshot",
            "text",
            "weather",
        ],
    ),
    (
        "prose",
        &["ledger", "money", "provenance", "snapshot", "strip", "text"],
    ),
    (
        "web",
        &[
            "day",
            "ledger",
            "money",
            "prose",
            "provenance",
            "snapshot",
            "strip",
            "text",
            "ticker",
            "weather",
        ],
    ),
];

#[test]
fn a_module_imports_only_modules_below_it() {
    let mut seen = Vec::new();
    for file in files_below("src") {
        let module = module_of(&file);
        if module == "lib" {
            continue;
        }
        let (_, below) = LAYERS
            .iter()
            .find(|(name, _)| *name == module)
            .unwrap_or_else(|| panic!("{} is in no module of the list", file.display()));
        for named in modules_named(&read(&file), depth_of(&file)) {
            assert!(
                named == module || below.contains(&named.as_str()),
                "{} names {named}, which is not below {module}",
                file.display()
            );
            seen.push(named);
        }
    }
    // Check of the check: an import parser that finds no import is broken.
    assert!(
        seen.iter().any(|named| named == "provenance") && seen.len() > 40,
        "only {} imports were read",
        seen.len()
    );
}

#[test]
fn a_planted_upward_import_is_found() {
    let code = "use crate::{\n    money::Pair,\n    ticker::Ticker,\n};\n// crate::strip in a comment\nlet x = crate::fetch::Chain;\n";
    assert_eq!(modules_named(code, 2), ["money", "ticker", "fetch"]);
    assert_eq!(
        modules_named("use super::super::strip::Layout;", 2),
        ["strip"]
    );
    assert_eq!(modules_named("use super::ticker::Ticker;", 1), ["ticker"]);
    assert_eq!(modules_named("use super::sibling::Thing;", 2), [""; 0]);
    assert!(
        modules_named("use crate::Snapshot;", 2).contains(&"Snapshot".to_string()),
        "a re-export of lib.rs hides its module"
    );
}

/// Names that make code depend on anything else than its arguments.
const IMPURE: [&str; 21] = [
    "tokio",
    "reqwest",
    "tracing",
    "async ",
    ".await;",
    ".await?",
    ".await.",
    "Mutex",
    "RwLock",
    "Atomic",
    "Cell<",
    "thread",
    "SystemTime",
    "Instant::now",
    "Utc::now",
    "std::fs",
    "std::net",
    "std::env",
    "Rng::new",
    "fastrand::u",
    "fastrand::i",
];

#[test]
fn the_engine_reads_no_clock_waits_for_nothing_and_does_no_io() {
    let pure_parts_of_fetch = ["answer", "budget", "chain", "memory", "search"];
    let pure_parts_of_fetch = pure_parts_of_fetch.map(|part| format!("src/fetch/{part}.rs"));
    let fetch = pure_parts_of_fetch.map(|part| Path::new(ROOT).join(part));
    let engine = files_below("src").into_iter();
    let engine = engine.filter(|file| ["engine", "ledger", "source"].contains(&&*module_of(file)));
    for file in engine.chain(fetch) {
        let found = impure(&read(&file));
        assert!(found.is_empty(), "{} has {found:?}", file.display());
    }
    // Check of the check: the host of the engine has most of it.
    let driver = read(&Path::new(ROOT).join("src/ticker/driver.rs"));
    assert!(impure(&driver).len() > 4, "{:?}", impure(&driver));
}

/// Returns what is impure in the code, comments and tests excluded.
fn impure(code: &str) -> Vec<&'static str> {
    let code = code.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().map(str::trim_start);
    let lines: Vec<&str> = lines.filter(|line| !line.starts_with("//")).collect();
    let is_found = |word: &&str| lines.iter().any(|line| line.contains(*word));
    IMPURE.into_iter().filter(is_found).collect()
}

/// A type that has noted instants has `set_back`, which moves them; what calls it is another `set_back`, or the one file that finds out.
#[test]
fn one_file_handles_a_clock_that_was_set_back() {
    let mut callers = Vec::new();
    for file in files_below("src") {
        let code = read(&file);
        let code = code.split("#[cfg(test)]").next().unwrap();
        let outside = code.split("fn set_back(").enumerate().map(|(part, text)| {
            // The body of a method ends with its indentation.
            let body = if part == 0 {
                None
            } else {
                text.find("\n    }\n")
            };
            &text[body.unwrap_or(0)..]
        });
        let outside: String = outside.collect();
        if outside.contains(".set_back(") || outside.contains("Passed::SetBack(by) =>") {
            callers.push(file);
        }
    }
    assert_eq!(callers, [Path::new(ROOT).join("src/engine/follow.rs")]);
}

#[test]
fn the_architecture_names_files_and_types_that_exist() {
    let text = read(&Path::new(ROOT).join("ARCHITECTURE.md"));
    assert!(text.lines().count() <= 150);
    // Without the picture.
    let prose: String = text.split("```").step_by(2).collect();
    let names: Vec<&str> = prose.split('`').skip(1).step_by(2).collect();
    let paths = names.iter().filter(|name| name.contains('/'));
    let paths: Vec<&str> = paths
        .map(|command| command.split(' ').next().unwrap())
        .collect();
    for path in &paths {
        let places = ["", "src"].map(|folder| Path::new(ROOT).join(folder).join(path));
        let is_there = places.iter().any(|place| place.exists());
        assert!(is_there, "{path} does not exist");
    }
    let sources: Vec<String> = files_below("src").iter().map(|path| read(path)).collect();
    let types = names.iter().map(|name| name.rsplit("::").next().unwrap());
    let types: Vec<&str> = types
        .filter(|name| name.starts_with(char::is_uppercase) && !name.contains([' ', '.']))
        .collect();
    for name in &types {
        let kinds = ["struct", "enum", "trait"].map(|kind| format!("{kind} {name}"));
        let is_there = kinds
            .iter()
            .any(|kind| sources.iter().any(|source| source.contains(kind)));
        assert!(is_there, "no type {name}");
    }
    assert!(
        paths.len() > 5 && types.len() > 20,
        "{} paths and {} types were read",
        paths.len(),
        types.len()
    );
}

#[test]
fn a_file_has_at_most_350_lines_of_code() {
    let long: BTreeMap<_, _> = files_below("src")
        .into_iter()
        .chain(files_below("tests"))
        .map(|file| (file.clone(), lines_of_code(&read(&file))))
        .filter(|(file, lines)| *lines > 350 && !read(file).starts_with("//! Long because"))
        .collect();
    assert!(
        long.is_empty(),
        "over 350 lines of code without a reason in the head: {long:?}"
    );
}

/// Returns the number of lines with code. Documentation does not count, so that it is never a reason to split a type.
fn lines_of_code(file: &str) -> usize {
    let is_code = |line: &&str| !line.trim().is_empty() && !line.trim_start().starts_with("//");
    file.lines().filter(is_code).count()
}

fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    assert!(
        files.len() > 20,
        "only {} files found in {folder}",
        files.len()
    );
    files
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

fn module_of(file: &Path) -> String {
    let below = file.strip_prefix(Path::new(ROOT).join("src")).unwrap();
    let first = below
        .components()
        .next()
        .unwrap()
        .as_os_str()
        .to_str()
        .unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// Returns the first segment of every path from the crate's root, groups included, comments excluded. `depth` is the number of
/// modules that the file is below the root: a path with as many `super`s starts at the root too.
fn modules_named(code: &str, depth: usize) -> Vec<String> {
    let code: String = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| [line, "\n"])
        .collect();
    let supers = "super::".repeat(depth);
    let from_crate = code
        .match_indices("crate::")
        .map(|(at, root)| at + root.len());
    let from_super = code
        .match_indices(&supers)
        .map(|(at, root)| at + root.len());
    let mut named = Vec::new();
    for at in from_crate.chain(from_super) {
        let rest = &code[at..];
        match rest.strip_prefix('{') {
            Some(group) => {
                let group = &group[..group.find("};").unwrap_or(group.len())];
                named.extend(top_level(group).into_iter().map(|item| name(item.trim())));
            }
            None => named.push(name(rest)),
        }
    }
    // `super::*` of a test module has no name.
    named.retain(|name| !name.is_empty());
    named
}

/// Returns how many modules a file is below the root: `day.rs` and `money/mod.rs` one, `money/pair.rs` two.
fn depth_of(file: &Path) -> usize {
    let below = file.strip_prefix(Path::new(ROOT).join("src")).unwrap();
    below.components().count() - usize::from(below.ends_with("mod.rs"))
}

/// Returns the items of a group, without those of nested groups.
pub(crate) fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut items) = (0_i32, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&group[start..]);
    items
        .into_iter()
        .filter(|item| !item.trim().is_empty())
        .collect()
}

fn name(path: &str) -> String {
    path.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}
