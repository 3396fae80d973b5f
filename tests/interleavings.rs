//! Runs the values that requests share with threads in many orders of their steps: `cargo run -p masthead-tests --example interleavings`.
//!
//! The sources are those of the crate, compiled with primitives that give the turn to another thread at each step. An order that breaks an
//! expectation, or in which all threads wait, ends the program with a message by which shuttle repeats it.

#![allow(clippy::print_stdout)] // the report of a program

use std::sync::atomic::{AtomicUsize, Ordering};

use web::{slots, streams};

#[path = "interleavings/web.rs"]
mod web;

/// The orders that are tried of each model, chosen at random and then with few changes of turn, which find rare orders.
const ORDERS: usize = 20_000;
const CHANGES_OF_TURN: usize = 4;

fn tried(name: &str, model: fn()) {
    shuttle::check_random(model, ORDERS);
    shuttle::check_pct(model, ORDERS, CHANGES_OF_TURN);
    println!("{name}: {} orders", 2 * ORDERS);
}

/// Checks that the orders reached a case, without which a model would show little.
#[track_caller]
fn reached(case: &str, count: &AtomicUsize) {
    let count = count.load(Ordering::Relaxed);
    assert!(count > 0, "no order reached the case: {case}");
    println!("    {count} times: {case}");
}

fn main() {
    tried(
        "readers of a page while it changes",
        slots::readers_during_changes,
    );
    slots::reached();
    tried("the first readers of a page", slots::first_readers);
    tried("event streams that open and close", streams::open_and_close);
    streams::reached();
}
