//! Decoding of each source's document. For the National Bank's it is compared with a plain iteration over quick-xml's events.
//!
//! With `MASTHEAD_RECORDED` the bank's own document of 2 April 2026 replaces the generated one.

#![allow(missing_docs)] // the harness generates undocumented items

use bytes::Bytes;
use divan::{Bencher, black_box};
use http::Response;
use masthead::source::{Frankfurter, MetNorway, NationalBankKz, OpenMeteo, Source};
use masthead::weather::City;
use quick_xml::Reader;
use quick_xml::events::Event;

#[global_allocator]
static ALLOCATIONS: divan::AllocProfiler = divan::AllocProfiler::system();

fn main() {
    divan::main();
}

fn bank_document() -> String {
    match std::env::var("MASTHEAD_RECORDED") {
        Ok(folder) => {
            let path = format!("{folder}/national_bank_kz/get_rates_2026-04-02.xml");
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        }
        Err(_) => masthead_benches::national_bank_kz(),
    }
}

#[divan::bench]
fn national_bank_kz(bencher: Bencher<'_, '_>) {
    let response = Response::new(Bytes::from(bank_document()));
    let (bank, today) = (
        NationalBankKz::of_day(),
        "2026-04-02".parse().expect("a date"),
    );
    assert_eq!(
        bank.decode(&today, &response).expect("a document").len(),
        39
    );
    bencher.bench(|| bank.decode(black_box(&today), black_box(&response)));
}

#[divan::bench]
fn national_bank_kz_events_only(bencher: Bencher<'_, '_>) {
    let document = bank_document();
    bencher.bench(|| {
        let mut reader = Reader::from_str(black_box(&document));
        let mut events = 0;
        while !matches!(
            black_box(reader.read_event()).expect("well-formed"),
            Event::Eof
        ) {
            events += 1;
        }
        events
    });
}

#[divan::bench]
fn frankfurter(bencher: Bencher<'_, '_>) {
    let response = Response::new(Bytes::from(masthead_benches::frankfurter()));
    let (source, today) = (Frankfurter::new(), "2026-04-02".parse().expect("a date"));
    source.decode(&today, &response).expect("an answer");
    bencher.bench(|| source.decode(black_box(&today), black_box(&response)));
}

#[divan::bench]
fn met_norway(bencher: Bencher<'_, '_>) {
    let response = Response::new(Bytes::from(masthead_benches::met_norway()));
    let (source, city) = (MetNorway::new(), City::find("astana").expect("built in"));
    assert_eq!(
        source
            .decode(city, &response)
            .expect("an answer")
            .hours()
            .len(),
        82
    );
    bencher.bench(|| source.decode(black_box(city), black_box(&response)));
}

#[divan::bench]
fn open_meteo(bencher: Bencher<'_, '_>) {
    let response = Response::new(Bytes::from(masthead_benches::open_meteo()));
    let (source, city) = (
        OpenMeteo::free_for_non_commercial_use(),
        City::find("astana").expect("built in"),
    );
    assert!(
        source
            .decode(city, &response)
            .expect("an answer")
            .hours()
            .len()
            >= 48
    );
    bencher.bench(|| source.decode(black_box(city), black_box(&response)));
}
