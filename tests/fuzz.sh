#!/usr/bin/env bash
# Runs each target of fuzz/ for some seconds with the installed compiler. A violated property, a panic, a hang and unbounded
# memory are failures.
#
#     tests/fuzz.sh [seconds per target, default 30] [targets, default all]
#
# Installs cargo-fuzz and a C++ compiler if they are missing. The corpus stays in the target folder for the next run; failing
# inputs are in fuzz/artifacts.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-30}
if [ $# -gt 1 ]; then targets=("${@:2}"); else targets=(rates weather decimal state shared tags prose_text prose_html); fi

# libFuzzer is built from C++ sources.
if ! command -v g++ >/dev/null; then
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends g++ >/dev/null
fi
tests/tools.sh cargo-fuzz

work=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
mkdir -p "$work"
logs=$(mktemp -d)
# shellcheck disable=SC2046 # a list of process ids
trap 'kill $(jobs -pr) 2>/dev/null || true; rm -rf "$logs"' EXIT

# Without a sanitizer the stable compiler suffices, and the crate has no unsafe code for a sanitizer to check.
CARGO_TARGET_DIR="$work" cargo fuzz build --sanitizer none --target-dir "$work"
programs=$work/$(rustc -vV | sed -n 's/^host: //p')/release

export RUST_BACKTRACE=0
report() {
    printf '%-10s %s\n' "$1" "$2"
}
# Prints a failure and its input, without the frames of libFuzzer.
finding() {
    local log=$logs/$1
    report "$1" "$2"
    grep -A 6 -E 'panicked at|ERROR: libFuzzer' "$log" | grep -v '^ ' || tail -n 20 "$log"
    grep 'Test unit written' "$log" || true
}
# Runs one target. Its exit code is 1 after a failure.
fuzz() {
    local target=$1 log=$logs/$1
    local known=$work/corpus/$target found=fuzz/artifacts/$target
    mkdir -p "$known" "$found"
    # A rejected seed would silently add no coverage.
    if ! MASTHEAD_SEEDS=1 "$programs/$target" -artifact_prefix="$found/" "fuzz/seeds/$target"/* >"$log" 2>&1; then
        finding "$target" "a seed is refused, or breaks a law:"
        return 1
    fi
    # In one process, so that a failure ends the run at once. libFuzzer writes new inputs to the first folder.
    if "$programs/$target" -max_total_time="$seconds" -max_len=4096 -timeout=5 -rss_limit_mb=1024 -print_final_stats=1 \
        -dict="fuzz/dict/$target" -artifact_prefix="$found/" "$known" "fuzz/seeds/$target" >"$log" 2>&1; then
        report "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log") executions"
    else
        finding "$target" "a finding:"
        return 1
    fi
}
# One on each core, because a target has one thread.
cores=$(nproc)
for target in "${targets[@]}"; do
    while [ "$(jobs -pr | wc -l)" -ge "$cores" ]; do sleep 0.1; done
    { fuzz "$target" && touch "$logs/$target.passed"; } >"$logs/$target.report" &
done
wait
failed=0
for target in "${targets[@]}"; do
    cat "$logs/$target.report"
    [ -e "$logs/$target.passed" ] || failed=1
done
exit "$failed"
