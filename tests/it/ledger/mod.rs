//! The ledger: the laws of its union, its pages, and the rates of a day.

mod calendars;
mod corrections;
#[cfg(feature = "columns")]
mod dated;
#[cfg(feature = "columns")]
mod dated_oracle;
mod days;
mod forecasts;
mod growth;
mod history;
mod keys;
mod laws;
mod limits;
mod records;
mod retention;
mod series;
mod vectors;
mod withheld;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::ledger::{Feed, Ledger, Record, Sighting, View};
use masthead::money::{Currency, Method, Pair, Publication, Quotation, Rates, Row, parse_decimal};
use masthead::weather::{Celsius, City, Hour, Weather};
use masthead::{Snapshot, SourceId};

const BANK: SourceId = SourceId::NATIONAL_BANK_KZ;

/// The head of a publication of the National Bank of Kazakhstan.
fn head(day: NaiveDate) -> Publication {
    Publication::new(
        BANK,
        Currency::KZT,
        Quotation::HomePerForeign,
        day,
        chrono_tz::Asia::Almaty,
    )
}

fn row(currency: Currency, value: &str) -> Row {
    Row::new(currency, parse_decimal(value).unwrap(), 1)
}

/// The bank's own publication with the dollar, and the euro at 550.
fn own(day: NaiveDate, dollar: &str) -> Rates {
    let rows = [row(Currency::USD, dollar), row(Currency::EUR, "550.00")];
    Rates::new(head(day), rows).unwrap()
}

/// Another party's publication with the dollar.
fn computed(day: NaiveDate, dollar: &str) -> Rates {
    let mut head = head(day).with_method(Method::Computed);
    head.source = SourceId::FRANKFURTER;
    Rates::new(head, [row(Currency::USD, dollar)]).unwrap()
}

/// The bank's own publication with the yen of a list for seven days.
fn with_list(day: NaiveDate, list: NaiveDate, yen: &str) -> Rates {
    let yen = Row::new(Currency::JPY, parse_decimal(yen).unwrap(), 100);
    let rates = Rates::new(head(day), [row(Currency::USD, "475.09"), yen]).unwrap();
    let mut json = serde_json::to_value(rates).unwrap();
    json["older"] = serde_json::json!([["JPY", list]]);
    json["valid_until"] = serde_json::json!([["JPY", list + TimeDelta::days(6)]]);
    serde_json::from_value(json).unwrap()
}

/// A sighting by the feed of the day of the rates.
fn seen(rates: Rates, at: DateTime<Utc>) -> Sighting {
    let day = rates.day();
    Sighting::of_rates(BANK, Feed::OfDay, day, rates, at)
}

fn ledger<T: Into<Record>>(records: impl IntoIterator<Item = T>) -> Ledger {
    records.into_iter().map(Into::into).collect()
}

fn view() -> View<'static> {
    View::new(BANK)
}

/// The dollar in force on a page.
fn dollar(snapshot: &Snapshot, now: DateTime<Utc>) -> Option<String> {
    let rate = snapshot.rates(now)?.value().rate(Pair::USD_KZT)?;
    Some(rate.value().to_string())
}

/// A page with all of its digits, which the equality of decimals ignores.
fn page(snapshot: &Snapshot) -> String {
    serde_json::to_string(snapshot).unwrap()
}

fn astana() -> City {
    City::find("astana").unwrap().clone()
}

/// Full hours from `start` on with these temperatures, in tenths of a degree.
fn hours(start: DateTime<Utc>, tenths: impl IntoIterator<Item = i16>) -> Vec<Hour> {
    let hours = tenths.into_iter().zip(0..).map(|(tenths, hour)| {
        Hour::new(
            start + TimeDelta::hours(hour),
            Celsius::from_tenths(tenths).unwrap(),
        )
    });
    hours.collect()
}

fn weather(
    service: SourceId,
    start: DateTime<Utc>,
    tenths: impl IntoIterator<Item = i16>,
) -> Weather {
    Weather::new(service, hours(start, tenths), []).unwrap()
}
