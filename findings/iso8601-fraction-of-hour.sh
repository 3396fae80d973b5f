#!/usr/bin/env bash
# iso8601 0.6.6: ISO 8601 allows a fraction in the smallest unit given. `duration` reads one in the seconds only. At that of an hour or
# a minute it gives up the unit with all that follows, and returns what it had by then: PT1.5H is no time at all, PT2H30.5M two hours.
# No error; half a day, P0.5D, is one. The cause: what is left of the text is not looked at. iso8601-duration 0.2.0 reads all of these
# with a point.
#
# A lifetime or an interval of an hour and a half is zero: a cache that keeps nothing, a poll without a pause. A test with PT90M passes.
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
iso8601 = "=0.6.6"
iso8601-duration = "=0.2.0"
TOML
cat > "$folder/src/main.rs" <<'RUST'
use std::time::Duration;

fn seconds(duration: Option<Duration>) -> String {
    duration.map_or("error".to_owned(), |duration| format!("{} s", duration.as_secs_f64()))
}

fn main() {
    for text in ["PT90M", "PT0.5S", "PT1.5H", "PT1,5H", "PT2H30.5M", "P1DT0.5H", "P0.5D"] {
        let one = iso8601::duration(text).ok().map(Duration::from);
        let other = text.parse::<iso8601_duration::Duration>().ok().and_then(|duration| duration.to_std());
        println!("{text}: iso8601 {}, iso8601-duration {}", seconds(one), seconds(other));
    }
}
RUST
seen=$(cd "$folder" && cargo run --quiet)
echo "$seen"
diff - <(echo "$seen") <<'TEXT'
PT90M: iso8601 5400 s, iso8601-duration 5400 s
PT0.5S: iso8601 0.5 s, iso8601-duration 0.5 s
PT1.5H: iso8601 0 s, iso8601-duration 5400 s
PT1,5H: iso8601 0 s, iso8601-duration error
PT2H30.5M: iso8601 7200 s, iso8601-duration 9030 s
P1DT0.5H: iso8601 86400 s, iso8601-duration 88200 s
P0.5D: iso8601 error, iso8601-duration 43200 s
TEXT
echo "as stated"
