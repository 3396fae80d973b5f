//! In each folder of `src` the files import each other in one direction: no file depends, through others, on itself. `mod.rs` is above
//! its files; what they share through its re-exports counts as an import of the file that defines it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::layers::top_level;

const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../src");

/// The siblings that each file or subfolder of a folder imports.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_files_of_a_folder_import_each_other_in_one_direction() {
    let root = Path::new(SOURCES);
    let (mut arrows, mut folders, mut cycles) = (0, 0, Vec::new());
    for folder in folders_below(root) {
        let imports = imports_within(root, &folder);
        folders += 1;
        arrows += imports.values().map(BTreeSet::len).sum::<usize>();
        if let Some(cycle) = cycle(&imports) {
            let folder = folder.strip_prefix(root).unwrap().display();
            cycles.push(format!("{folder}: {}", cycle.join(" -> ")));
        }
    }
    assert!(cycles.is_empty(), "{}", cycles.join("\n"));
    // Check of the check: a parser that finds no import finds no cycle.
    assert!(
        arrows > 200 && folders > 20,
        "{arrows} arrows in {folders} folders"
    );
}

#[test]
fn a_planted_cycle_is_found() {
    let imports = |pairs: &[(&str, &[&str])]| -> Imports {
        let pairs = pairs.iter().map(|(from, to)| {
            let to = to.iter().map(|name| (*name).to_owned());
            ((*from).to_owned(), to.collect())
        });
        pairs.collect()
    };
    let planted = imports(&[("a", &["b"]), ("b", &["c", "d"]), ("c", &["a"]), ("d", &[])]);
    assert_eq!(cycle(&planted).unwrap(), ["a", "b", "c", "a"]);
    assert_eq!(cycle(&imports(&[("a", &["b", "c"]), ("b", &["c"])])), None);
}

#[test]
fn paths_are_read_with_their_groups() {
    let code = "use super::{a::{B, c}, D};\nuse crate::x::y;\nlet z = super::super::f(1);\n// super::comment\n";
    let expected = [
        "super::a::B",
        "super::a::c",
        "super::D",
        "crate::x::y",
        "super::super::f",
    ];
    assert_eq!(paths(code), expected);
}

fn folders_below(root: &Path) -> Vec<PathBuf> {
    let (mut found, mut rest) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = rest.pop() {
        let entries = std::fs::read_dir(&folder).unwrap();
        rest.extend(
            entries
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.is_dir()),
        );
        if folder.join("mod.rs").exists() {
            found.push(folder);
        }
    }
    found
}

fn imports_within(root: &Path, folder: &Path) -> Imports {
    let entries = std::fs::read_dir(folder).unwrap();
    let entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    let name_of = |path: &Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
    let is_sibling = |path: &&PathBuf| {
        let is_module =
            path.is_dir() || path.extension().is_some_and(|extension| extension == "rs");
        is_module && !path.ends_with("mod.rs")
    };
    let module = code_of(&folder.join("mod.rs"));
    let (exports, tests) = (exports(&module), test_modules(&module));
    let siblings: BTreeMap<String, &PathBuf> = entries
        .iter()
        .filter(is_sibling)
        .map(|path| (name_of(path), path))
        .filter(|(name, _)| !tests.contains(name))
        .collect();
    let at = module_path(root, &folder.join("mod.rs"));
    let imports = siblings.iter().map(|(name, path)| {
        let mut imported = BTreeSet::new();
        for file in files_of(path) {
            let module = module_path(root, &file);
            for path in paths(&code_of(&file)) {
                let absolute = absolute(&module, &path);
                let Some(first) = absolute.strip_prefix(&*at).and_then(|rest| rest.first()) else {
                    continue;
                };
                let target = if siblings.contains_key(first) {
                    Some(first)
                } else {
                    exports.get(first)
                };
                imported.extend(target.filter(|target| *target != name).cloned());
            }
        }
        (name.clone(), imported)
    });
    imports.collect()
}

fn files_of(path: &Path) -> Vec<PathBuf> {
    if !path.is_dir() {
        return vec![path.to_owned()];
    }
    let entries = std::fs::read_dir(path).unwrap();
    let files = entries.flat_map(|entry| files_of(&entry.unwrap().path()));
    let is_code = |file: &PathBuf| {
        let is_test = file
            .iter()
            .any(|part| part == "tests" || part == "tests.rs");
        file.extension().is_some_and(|extension| extension == "rs") && !is_test
    };
    // The root is in a folder of its own.
    files
        .filter(|file| is_code(&file.strip_prefix(SOURCES).unwrap().to_owned()))
        .collect()
}

/// The files of a folder that only tests use.
fn test_modules(code: &str) -> BTreeSet<String> {
    let modules = code.split("#[cfg(test)]\nmod ").skip(1);
    let names = modules.filter_map(|rest| rest.split_once(';'));
    names
        .map(|(name, _)| name.to_owned())
        .chain(["tests".to_owned()])
        .collect()
}

/// The code of a file without comments and without its tests.
fn code_of(file: &Path) -> String {
    let code = std::fs::read_to_string(file).unwrap();
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// The names that a `mod.rs` re-exports, each with the file that it is from.
fn exports(code: &str) -> BTreeMap<String, String> {
    let uses = code
        .split("use ")
        .skip(1)
        .filter_map(|rest| rest.split_once(';'));
    let paths = uses.flat_map(|(path, _)| expanded(path.trim()));
    let exported = paths.filter_map(|path| {
        let (first, rest) = path.split_once("::")?;
        let name = rest.rsplit("::").next()?;
        Some((name.to_owned(), first.to_owned()))
    });
    let is_module = |first: &str| !matches!(first, "crate" | "super" | "std");
    exported
        .filter(|(_, first): &(String, String)| is_module(first))
        .collect()
}

/// The path of a file's module from the root of the crate.
fn module_path(root: &Path, file: &Path) -> Vec<String> {
    let below = file.strip_prefix(root).unwrap().with_extension("");
    let segments = below
        .iter()
        .map(|segment| segment.to_str().unwrap().to_owned());
    segments.filter(|segment| segment != "mod").collect()
}

/// A path from the root of the crate: `crate` is the root, and each `super` the module above.
fn absolute(module: &[String], path: &str) -> Vec<String> {
    let mut at = module.to_vec();
    for segment in path.split("::") {
        match segment {
            "crate" => at.clear(),
            "super" => _ = at.pop(),
            name => at.push(name.to_owned()),
        }
    }
    at
}

/// The paths in a code that begin with `crate` or `super`, those of a group one by one.
fn paths(code: &str) -> Vec<String> {
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code: String = lines.flat_map(|line| [line, "\n"]).collect();
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some(next) = ["crate::", "super::"]
        .iter()
        .filter_map(|start| code[at..].find(start))
        .min()
    {
        let start = at + next;
        let length = path_length(&code[start..]);
        let before = code[..start].chars().next_back();
        if before.is_none_or(|before| !before.is_alphanumeric() && before != '_') {
            found.extend(expanded(&code[start..start + length]));
        }
        at = start + length;
    }
    found
}

/// The length of the path, with its group, at the start of a text.
fn path_length(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '{' if depth > 0 || text[..at].ends_with("::") => depth += 1,
            '}' if depth > 1 => depth -= 1,
            '}' if depth == 1 => return at + 1,
            _ if depth > 0 || c.is_alphanumeric() || matches!(c, '_' | ':') => {}
            _ => return at,
        }
    }
    text.len()
}

/// The paths of a path with groups.
fn expanded(path: &str) -> Vec<String> {
    let Some((prefix, group)) = path.split_once('{') else {
        let name = path.split(" as ").next().unwrap().trim();
        return vec![name.trim_end_matches("::").to_owned()];
    };
    let group = group.trim_end().strip_suffix('}').unwrap_or(group);
    let items = top_level(group).into_iter().map(str::trim);
    let items = items.flat_map(expanded);
    items
        .map(|item| format!("{}{item}", prefix.trim()).replace("::self", ""))
        .collect()
}

/// A cycle, from a name back to it.
fn cycle(imports: &Imports) -> Option<Vec<String>> {
    let mut done = BTreeSet::new();
    imports
        .keys()
        .find_map(|name| cycle_from(imports, name, &mut Vec::new(), &mut done))
}

fn cycle_from(
    imports: &Imports,
    name: &str,
    path: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(at) = path.iter().position(|held| held == name) {
        let cycle = path[at..].iter().cloned();
        return Some(cycle.chain([name.to_owned()]).collect());
    }
    if done.contains(name) {
        return None;
    }
    path.push(name.to_owned());
    let mut targets = imports.get(name).into_iter().flatten();
    let found = targets.find_map(|target| cycle_from(imports, target, path, done));
    path.pop();
    done.insert(name.to_owned());
    found
}
