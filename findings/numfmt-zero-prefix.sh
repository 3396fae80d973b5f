#!/usr/bin/env bash
# numfmt 1.2.0: a formatter keeps its prefix in the buffer that `fmt2` writes to, and zero is written over the prefix, which is not
# restored. Every number after it begins with that 0: KZT 125.25 is 0ZT 125.25, and $125.25 is 0125.25. The same happens with NaN.
# `fmt_string` copies the prefix first and is right; so is a suffix.
#
# The documentation advises to use a formatter again. After one free item the rest of a price list has lost its currency, without an
# error; a test with one number for each formatter, or with no zero, passes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/src"
cat > "$folder/Cargo.toml" <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
numfmt = "=1.2.0"
TOML
cat > "$folder/src/main.rs" <<'RUST'
use numfmt::{Formatter, Precision};

fn main() {
    let plain = || Formatter::new().precision(Precision::Decimals(2));
    let formatters = [
        ("prefix $", Formatter::currency("$").unwrap()),
        ("prefix KZT", Formatter::currency("KZT ").unwrap()),
        ("suffix KZT", plain().suffix(" KZT").unwrap()),
    ];
    for (name, mut formatter) in formatters {
        let prices = [125.25, 0.0, 125.25, f64::NAN, 125.25];
        let owned = prices.map(|price| formatter.fmt_string(price));
        let reused = prices.map(|price| formatter.fmt2(price).to_owned());
        println!("{name}, fmt_string: {}", owned.join("; "));
        println!("{name}, fmt2: {}", reused.join("; "));
    }
}
RUST
seen=$(cd "$folder" && cargo run --quiet)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
prefix $, fmt_string: $125.25; 0; $125.25; NaN; $125.25
prefix $, fmt2: $125.25; 0; 0125.25; NaN; N125.25
prefix KZT, fmt_string: KZT 125.25; 0; KZT 125.25; NaN; KZT 125.25
prefix KZT, fmt2: KZT 125.25; 0; 0ZT 125.25; NaN; NaN 125.25
suffix KZT, fmt_string: 125.25 KZT; 0; 125.25 KZT; NaN; 125.25 KZT
suffix KZT, fmt2: 125.25 KZT; 0; 125.25 KZT; NaN; 125.25 KZT
TEXT
echo "as stated"
