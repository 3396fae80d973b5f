//! Traits and sizes of the public types.

use std::error::Error;
use std::fmt::Debug;
use std::hash::Hash;

use masthead::ParseError;
use masthead::fetch::*;
use masthead::money::*;
use masthead::snapshot::Observed;
use masthead::source::*;
use masthead::strip::*;
use masthead::ticker::*;
use masthead::weather::*;
use masthead::{Added, Attribution, Freshness, FreshnessPolicy, Snapshot, SourceId};

/// The type can be moved to, and shared with, any thread.
fn shared<T: Debug + Send + Sync + 'static>() {}
fn value<T: Debug + Clone + Send + Sync + 'static>() {}
fn key<T: Debug + Clone + Ord + Hash + Send + Sync + 'static>() {}
fn small<T: Debug + Copy + Eq + Hash + Send + Sync + 'static>() {}
fn error<T: Error + Send + Sync + 'static>() {}

#[test]
fn public_types_are_send_and_sync() {
    key::<Currency>();
    key::<Pair>();
    key::<CityId>();
    key::<Item>();
    key::<SourceId>();
    key::<Celsius>();

    small::<Money>();
    small::<Trend>();
    small::<Quotation>();
    small::<Method>();
    small::<Sky>();
    small::<Intensity>();
    small::<Daylight>();
    small::<Freshness>();
    small::<Added>();
    small::<Lang>();
    small::<TransportErrorKind>();

    value::<Rate>();
    value::<Row>();
    value::<Rates>();
    value::<Publication>();
    value::<Converter>();
    value::<City>();
    value::<Coordinates>();
    value::<TemperatureRange>();
    value::<Condition>();
    value::<Hour>();
    value::<Extremes>();
    value::<Weather>();
    value::<Observed<Rates>>();
    value::<Snapshot>();
    value::<Attribution>();
    value::<Fragment>();
    value::<FreshnessPolicy>();
    value::<NationalBankKz>();
    value::<Frankfurter>();
    value::<MetNorway>();
    value::<OpenMeteo>();
    value::<HttpTransport>();
    value::<HttpTransportBuilder>();
    value::<Layout>();
    value::<Strip<'static>>();
    value::<Ticker>();
    value::<Changes>();
    value::<FileStore>();

    shared::<Budgets>();
    shared::<Chain<City, Weather>>();
    shared::<Answer<Weather>>();
    shared::<Attempt>();
    shared::<Outcome>();
    shared::<Current>();
    shared::<Report>();
    shared::<Entry>();
}

#[test]
fn every_error_implements_error() {
    error::<ParseError>();
    error::<InvalidRates>();
    error::<ConvertError>();
    error::<InvalidCity>();
    error::<InvalidWeather>();
    error::<DecodeError>();
    error::<TransportError>();
    error::<FetchError>();
    error::<InvalidTransport>();
    error::<InvalidTicker>();
    error::<StoreError>();
}

#[test]
fn futures_are_send() {
    fn sent<T: Send>(future: T) -> T {
        future
    }
    let ticker = Ticker::builder("tests").build().unwrap();
    drop(sent(ticker.refresh(Snapshot::SAMPLE_TIME)));
    drop(sent(ticker.run()));
    drop(sent(ticker.changes().changed()));
}

/// A `Result` is as large as its larger variant, which should not be the error.
#[test]
#[cfg(target_pointer_width = "64")]
fn values_and_errors_are_small() {
    for (name, size, limit) in [
        ("Currency", size_of::<Currency>(), 16),
        ("Pair", size_of::<Pair>(), 32),
        ("Money", size_of::<Money>(), 32),
        ("Celsius", size_of::<Celsius>(), 2),
        ("Ticker", size_of::<Ticker>(), 8),
        ("TransportError", size_of::<TransportError>(), 48),
        ("DecodeError", size_of::<DecodeError>(), 56),
        ("FetchError", size_of::<FetchError>(), 56),
        ("StoreError", size_of::<StoreError>(), 48),
    ] {
        assert!(size <= limit, "{name} has {size} bytes, {limit} at most");
    }
}
