//! Cells that name CLDR, compared with CLDR.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::data::Table;

/// The release the tables are from.
const VERSION: &str = "48.2.0";

/// Compares every cell whose origin is `cldr LOCALE FILE PATH`; says how many.
pub(crate) fn compare(tables: &[Table], packages: &Path) -> Result<usize, Box<dyn Error>> {
    let mut files: HashMap<(String, String), Value> = HashMap::new();
    let mut compared = 0;
    for table in tables {
        for cell in &table.cells {
            let Some(place) = cell.origin.strip_prefix("cldr ") else {
                continue;
            };
            let at = format!("{}.tsv, {}", table.tag, cell.key);
            let [locale, file, path] = place.split(' ').collect::<Vec<_>>()[..] else {
                return Err(format!("{at}: expected a locale, a file and a path").into());
            };
            let key = (locale.to_owned(), file.to_owned());
            if !files.contains_key(&key) {
                files.insert(key.clone(), document(packages, locale, file)?);
            }
            let published = files
                .get(&key)
                .and_then(|document| document.pointer(path))
                .and_then(Value::as_str);
            if published != Some(&cell.value) {
                let ours = &cell.value;
                return Err(format!("{at}: {ours:?} is not what CLDR says: {published:?}").into());
            }
            compared += 1;
        }
    }
    // Were none named, the comparison would pass in silence.
    if compared < 1000 {
        return Err(format!("only {compared} cells name CLDR").into());
    }
    Ok(compared)
}

/// `numbers/currencies` of `ru` is `cldr-numbers-full/main/ru/currencies.json`, below its own envelope.
fn document(packages: &Path, locale: &str, file: &str) -> Result<Value, Box<dyn Error>> {
    let (package, name) = file.split_once('/').ok_or("a file has a package")?;
    let package = packages.join(format!("cldr-{package}-full"));
    let read = |path: &Path| -> Result<Value, Box<dyn Error>> {
        let text = fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        Ok(serde_json::from_str(&text)?)
    };
    let manifest = read(&package.join("package.json"))?;
    if manifest.pointer("/version").and_then(Value::as_str) != Some(VERSION) {
        return Err(format!("{} is not of CLDR {VERSION}", package.display()).into());
    }
    let document = read(&package.join(format!("main/{locale}/{name}.json")))?;
    document
        .pointer(&format!("/main/{locale}"))
        .cloned()
        .ok_or_else(|| format!("{name}.json of {locale} has no such locale in it").into())
}
