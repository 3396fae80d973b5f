#!/usr/bin/env bash
# diligent-date-parser 0.1.5, which reads the dates of RSS and Atom feeds: an offset from UTC without a colon is read in a date of RFC 2822
# and after a space, but not in the form with a T. There the time is taken for UTC: 16:00 at +0500 comes out as 16:00 at +00:00, five hours
# late, without an error.
#
# ISO 8601 allows +0500 in its basic format, and feeds write it beside the extended date. A publication of a bank dated so would seem to
# be of the evening, or of the next day.
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
diligent-date-parser = "=0.1.5"
TOML
cat > "$folder/src/main.rs" <<'RUST'
fn main() {
    for text in [
        "Thu, 02 Apr 2026 16:00:00 +0500",
        "2026-04-02 16:00:00 +0500",
        "2026-04-02T16:00:00+05:00",
        "2026-04-02T16:00:00+0500",
    ] {
        let read = diligent_date_parser::parse_date(text).map(|at| at.to_string());
        println!("{text} is {}", read.as_deref().unwrap_or("not read"));
    }
}
RUST
seen=$(cd "$folder" && cargo run --quiet)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
Thu, 02 Apr 2026 16:00:00 +0500 is 2026-04-02 16:00:00 +05:00
2026-04-02 16:00:00 +0500 is 2026-04-02 16:00:00 +05:00
2026-04-02T16:00:00+05:00 is 2026-04-02 16:00:00 +05:00
2026-04-02T16:00:00+0500 is 2026-04-02 16:00:00 +00:00
TEXT
echo "as stated"
