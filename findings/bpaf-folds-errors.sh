#!/usr/bin/env bash
# bpaf 0.9.28: `print_message` folds an error at the given width like the help, also if standard error is a pipe. A line feed then
# stands inside the message that the parser of a value returned. A large width keeps it in one line.
#
# A program that reads the error line by line, such as a log, has half a message in each.
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
bpaf = { version = "=0.9.28", default-features = false }
TOML
cat > "$folder/src/main.rs" <<'RUST'
use bpaf::{Args, OptionParser, Parser, long};

fn options() -> OptionParser<String> {
    let fail = |_: String| Err::<String, _>("expected a day of the week in English, as in: monday, tuesday, wednesday");
    long("day").argument::<String>("DAY").parse(fail).to_options()
}

fn main() {
    let line = &["--day", "the first working day after the holidays"];
    let message = options().run_inner(Args::from(line)).unwrap_err();
    for width in [100, 1000] {
        eprintln!("width {width}:");
        message.print_message(width);
    }
}
RUST
seen=$(cd "$folder" && cargo run --quiet 2>&1 >/dev/null)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
width 100:
Error: couldn't parse `the first working day after the holidays`: expected a day of the week in English, as
in: monday, tuesday, wednesday
width 1000:
Error: couldn't parse `the first working day after the holidays`: expected a day of the week in English, as in: monday, tuesday, wednesday
TEXT
echo "as stated"
