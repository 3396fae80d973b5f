#!/usr/bin/env bash
# tokio 1.54.1: `Builder::build` of a multi-threaded runtime returns an `io::Result`, and panics if the system provides no thread for a worker.
# While the panic unwinds, the runtime waits for the workers that it has started, which nothing stops: the process hangs, and a caller's
# `catch_unwind` is never reached. `Builder::build` of a runtime on the current thread is not affected.
#
# A service whose manager waits for the exit code of a failed start waits without end. A panic hook runs before the unwinding, and can end the process.
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
tokio = { version = "=1.54.1", features = ["rt-multi-thread"] }
TOML
cat > "$folder/src/main.rs" <<'RUST'
fn main() {
    let built = std::panic::catch_unwind(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(256).build().map(drop)
    });
    println!("{built:?}");
}
RUST
cd "$folder"
cargo build --quiet
program=${CARGO_TARGET_DIR:-target}/debug/finding
seen=$(
    "$program"
    # Room for some of the stacks, of 2 MiB each.
    ulimit -v 200000
    timeout 5 "$program" 2>&1 || echo "exit code $?"
)
echo "$seen"
grep -q '^Ok(Ok(()))$' <<<"$seen"
grep -q "^OS can't spawn worker thread: Resource temporarily unavailable" <<<"$seen"
# 124: the time limit has ended it.
grep -q '^exit code 124$' <<<"$seen"
echo "as stated"
