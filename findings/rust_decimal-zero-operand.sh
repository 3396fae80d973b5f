#!/usr/bin/env bash
# rust_decimal 1.43.0: a sum keeps the finer scale of its operands, unless one of them is zero. Then the other operand comes back
# as it is, so that the decimals of 0.00 are lost: 1 + 0.01 is 1.01, and 1 + 0.00 is 1. Two zeros keep the finer scale.
#
# A value whose scale is a currency's minor unit is no longer one after such a sum: 1 USD + 0.00 USD has no cents.
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
rust_decimal = { version = "=1.43.0", default-features = false, features = ["std"] }
TOML
cat > "$folder/src/main.rs" <<'RUST'
use rust_decimal::Decimal;

fn main() {
    let sums = [("1", "0.01"), ("1", "0.00"), ("0.00", "1"), ("1.5", "0.0000"), ("0", "0.00")];
    for (a, b) in sums {
        let [x, y] = [a, b].map(|text| text.parse::<Decimal>().unwrap());
        println!("{a} + {b} = {}", x + y);
    }
}
RUST
seen=$(cd "$folder" && cargo run --quiet)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
1 + 0.01 = 1.01
1 + 0.00 = 1
0.00 + 1 = 1
1.5 + 0.0000 = 1.5
0 + 0.00 = 0.00
TEXT
echo "as stated"
