//! Rendering four pairs and one city into a reused buffer. The harness counts allocations: there are none.

#![allow(missing_docs)] // the harness generates undocumented items

use std::fmt::{self, Write as _};

use bytes::Bytes;
use divan::{Bencher, black_box};
use http::Response;
use masthead::source::{MetNorway, NationalBankKz, Source};
use masthead::weather::City;
use masthead::{Layout, Snapshot, Strip};

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

const NOW: &str = "2026-04-02T06:00:00Z";

fn snapshot() -> Snapshot {
    let (now, today) = (
        NOW.parse().expect("a time"),
        "2026-04-02".parse().expect("a date"),
    );
    let (bank, met, city) = (
        NationalBankKz::of_day(),
        MetNorway::new(),
        City::find("astana").expect("built in"),
    );
    let rates = Response::new(Bytes::from(masthead_benches::national_bank_kz()));
    let weather = Response::new(Bytes::from(masthead_benches::met_norway()));
    let mut snapshot = Snapshot::default();
    snapshot.add_rates(
        bank.decode(&today, &rates).expect("rates"),
        bank.attribution(),
        now,
    );
    let weather = met.decode(city, &weather).expect("weather");
    snapshot.add_weather(
        city.id(),
        city.zone(),
        weather,
        met.attribution(),
        now,
        None,
    );
    snapshot
}

/// Writes one output of a strip into a buffer that is used again and again.
fn render(bencher: Bencher<'_, '_>, write_to: impl Fn(&Strip<'_>, &mut String) -> fmt::Result) {
    let (snapshot, layout) = (snapshot(), Layout::line());
    let strip = Strip::new(&snapshot, &layout, NOW.parse().expect("a time"));
    let mut buffer = String::with_capacity(16 << 10);
    bencher.bench_local(|| {
        buffer.clear();
        write_to(black_box(&strip), &mut buffer).expect("a string takes everything");
        buffer.len()
    });
}

#[divan::bench]
fn text(bencher: Bencher<'_, '_>) {
    render(bencher, |strip, out| write!(out, "{}", strip.text()));
}

#[divan::bench]
fn ansi(bencher: Bencher<'_, '_>) {
    render(bencher, |strip, out| write!(out, "{}", strip.ansi()));
}

#[divan::bench]
fn html(bencher: Bencher<'_, '_>) {
    render(bencher, |strip, out| write!(out, "{}", strip.html()));
}

#[divan::bench]
fn json(bencher: Bencher<'_, '_>) {
    render(bencher, |strip, out| write!(out, "{}", strip.json()));
}
