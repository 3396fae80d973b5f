#!/usr/bin/env bash
# dateparser 0.3.1: a time may end in the letters of a zone. It knows those of North America; all others are accepted and have no effect, so that
# the time is taken for UTC: Moscow (MSK), Almaty (ALMT) and Central Europe (CET) as well as XYZ, and also the number in GMT+5. A zone as a
# number (+05:00) counts, and a name such as Asia/Almaty is an error.
#
# The times at which the banks of the region publish come out three to five hours late.
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
dateparser = "=0.3.1"
TOML
cat > "$folder/src/main.rs" <<'RUST'
fn main() {
    for zone in ["PDT", "+05:00", "MSK", "ALMT", "CET", "GMT+5", "XYZ", "Asia/Almaty"] {
        let text = format!("2026-04-02 16:00:00 {zone}");
        match dateparser::parse(&text) {
            Ok(at) => println!("{text} is {at}"),
            Err(_) => println!("{text} is an error"),
        }
    }
}
RUST
seen=$(cd "$folder" && cargo run --quiet)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
2026-04-02 16:00:00 PDT is 2026-04-02 23:00:00 UTC
2026-04-02 16:00:00 +05:00 is 2026-04-02 11:00:00 UTC
2026-04-02 16:00:00 MSK is 2026-04-02 16:00:00 UTC
2026-04-02 16:00:00 ALMT is 2026-04-02 16:00:00 UTC
2026-04-02 16:00:00 CET is 2026-04-02 16:00:00 UTC
2026-04-02 16:00:00 GMT+5 is 2026-04-02 16:00:00 UTC
2026-04-02 16:00:00 XYZ is 2026-04-02 16:00:00 UTC
2026-04-02 16:00:00 Asia/Almaty is an error
TEXT
echo "as stated"
