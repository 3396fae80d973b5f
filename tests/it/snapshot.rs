//! Snapshots: which publication is in force and which is next, which values replace which, and how they age.

mod ages;

use chrono::{Days, TimeDelta};
use masthead::money::{Currency, Method, Publication, Quotation, Rates, Row};
use masthead::weather::{Celsius, City, Hour, Weather};
use masthead::{Added, Attribution, Freshness, FreshnessPolicy, Observed, Snapshot, SourceId};
use rust_decimal::Decimal;

use crate::support::{day, time};

/// Noon of 4 March 2027 in Astana. The local day ends at 19:00Z.
const NOON: &str = "2027-03-04T07:00:00Z";

/// The bank's own dollar rate of a day of March 2027, in hundredths of a tenge.
fn published(date: u32, hundredths: i64) -> Rates {
    rates(
        date,
        hundredths,
        SourceId::NATIONAL_BANK_KZ,
        Method::Published,
    )
}

/// The same rate, computed by another party.
fn computed(date: u32, hundredths: i64) -> Rates {
    rates(date, hundredths, SourceId::FRANKFURTER, Method::Computed)
}

fn rates(date: u32, hundredths: i64, source: SourceId, method: Method) -> Rates {
    let publication = Publication::new(
        source,
        Currency::KZT,
        Quotation::HomePerForeign,
        day(&format!("2027-03-{date:02}")),
        chrono_tz::Asia::Almaty,
    )
    .with_method(method);
    let value = Decimal::new(hundredths, 2);
    Rates::new(publication, [Row::new(Currency::USD, value, 1)]).unwrap()
}

fn add(snapshot: &mut Snapshot, rates: &Rates, now: &str) -> Added {
    let credit = Attribution::new(rates.publication().source.to_string());
    snapshot.add_rates(rates.clone(), credit, time(now))
}

/// A snapshot to which one publication was added at noon.
#[track_caller]
fn holding(rates: &Rates) -> Snapshot {
    let mut snapshot = Snapshot::default();
    assert_eq!(add(&mut snapshot, rates, NOON), Added::Changed);
    snapshot
}

/// The publication in force and the next one at `now`.
fn at<'a>(snapshot: &'a Snapshot, now: &str) -> (Option<&'a Rates>, Option<&'a Rates>) {
    let now = time(now);
    (
        snapshot.rates(now).map(Observed::value),
        snapshot.next(now).map(Observed::value),
    )
}

#[test]
fn a_publication_is_in_force_or_next_by_its_day() {
    for (date, in_force) in [(3, true), (4, true), (5, false), (8, false)] {
        let rates = published(date, 51_234);
        let expected = if in_force {
            (Some(&rates), None)
        } else {
            (None, Some(&rates))
        };
        assert_eq!(at(&holding(&rates), NOON), expected, "{date} March");
    }
}

#[test]
fn newer_and_authoritative_publications_replace_others() {
    for (held, new, added) in [
        (published(4, 100), published(4, 100), Added::Confirmed),
        (published(4, 100), published(4, 200), Added::Corrected),
        (published(3, 100), published(4, 100), Added::Changed),
        (published(4, 100), published(3, 200), Added::Superseded),
        (published(4, 100), computed(4, 200), Added::Superseded),
        (published(4, 100), computed(3, 200), Added::Superseded),
        (published(3, 100), computed(4, 200), Added::Changed),
        (computed(4, 100), published(4, 100), Added::Changed),
        (computed(4, 100), published(3, 200), Added::Superseded),
        (computed(4, 100), computed(4, 100), Added::Confirmed),
        (computed(4, 100), computed(4, 200), Added::Corrected),
        // The next publication.
        (published(5, 100), published(5, 100), Added::Confirmed),
        (published(5, 100), published(6, 200), Added::Changed),
        (published(6, 100), published(5, 200), Added::Changed),
        (published(6, 100), computed(5, 200), Added::Superseded),
        (published(5, 100), computed(5, 200), Added::Superseded),
        (computed(5, 100), published(5, 200), Added::Changed),
    ] {
        let mut snapshot = holding(&held);
        let later = "2027-03-04T08:00:00Z";
        assert_eq!(add(&mut snapshot, &new, later), added, "{held:?} {new:?}");
        let now = time(later);
        let kept = snapshot.rates(now).or(snapshot.next(now)).unwrap();
        if added == Added::Superseded {
            assert_eq!(snapshot, holding(&held));
        } else {
            assert_eq!((kept.value(), kept.fetched()), (&new, now));
            let source = &new.publication().source;
            assert_eq!(
                snapshot.attribution(source).unwrap().name(),
                source.as_str()
            );
        }
    }
}

#[test]
fn the_publication_in_force_and_the_next_are_independent() {
    let (today, tomorrow) = (published(4, 51_234), published(5, 51_300));
    let mut snapshot = holding(&today);
    assert_eq!(
        add(&mut snapshot, &tomorrow, "2027-03-04T11:30:00Z"),
        Added::Changed
    );
    assert_eq!(
        add(&mut snapshot, &today, "2027-03-04T12:00:00Z"),
        Added::Confirmed
    );
    assert_eq!(
        at(&snapshot, "2027-03-04T12:00:00Z"),
        (Some(&today), Some(&tomorrow))
    );
}

#[test]
fn the_next_publication_comes_into_force_at_the_banks_midnight() {
    let (today, tomorrow) = (published(4, 51_234), published(5, 51_300));
    let mut snapshot = holding(&today);
    add(&mut snapshot, &tomorrow, "2027-03-04T11:30:00Z");
    assert_eq!(
        at(&snapshot, "2027-03-04T18:59:59Z"),
        (Some(&today), Some(&tomorrow))
    );
    assert_eq!(
        at(&snapshot, "2027-03-04T19:00:00Z"),
        (Some(&tomorrow), None)
    );
    let promoted = snapshot.rates(time("2027-03-04T19:00:00Z")).unwrap();
    assert_eq!(promoted.valid(), time("2027-03-04T19:00:00Z"));
    assert_eq!(promoted.fetched(), time("2027-03-04T11:30:00Z"));
    // Neither the previous publication nor a computed one of the same day replaces it.
    let morning = "2027-03-05T03:00:00Z";
    for late in [today, computed(5, 51_310)] {
        assert_eq!(add(&mut snapshot, &late, morning), Added::Superseded);
        assert_eq!(at(&snapshot, morning), (Some(&tomorrow), None));
    }
    assert_eq!(add(&mut snapshot, &tomorrow, morning), Added::Confirmed);
    let after = published(6, 51_400);
    assert_eq!(add(&mut snapshot, &after, morning), Added::Changed);
    assert_eq!(at(&snapshot, morning), (Some(&tomorrow), Some(&after)));
}

#[test]
fn a_publication_too_far_ahead_is_rejected() {
    let (last, beyond) = (published(18, 100), published(19, 100));
    assert_eq!(
        last.day(),
        day("2027-03-04") + Days::new(Snapshot::MAX_DAYS_AHEAD.unsigned_abs())
    );
    assert_eq!(at(&holding(&last), NOON), (None, Some(&last)));
    let mut snapshot = holding(&published(4, 100));
    assert_eq!(add(&mut snapshot, &beyond, NOON), Added::TooFarAhead);
    assert_eq!(snapshot, holding(&published(4, 100)));
    // Days are counted in the bank's zone, where 5 March begins at 19:00Z.
    assert_eq!(
        add(&mut snapshot, &beyond, "2027-03-04T18:59:59Z"),
        Added::TooFarAhead
    );
    assert_eq!(
        add(&mut snapshot, &beyond, "2027-03-04T19:00:00Z"),
        Added::Changed
    );
}

/// A forecast of `hours` hours beginning at `from`, each a tenth of a degree warmer than the one before.
fn forecast(from: &str, hours: i16) -> Weather {
    let hour = |index: i16| {
        Hour::new(
            time(from) + TimeDelta::hours(index.into()),
            Celsius::from_tenths(index).unwrap(),
        )
    };
    Weather::new(SourceId::MET_NORWAY, (0..hours).map(hour), []).unwrap()
}

#[test]
fn weather_is_merged_with_the_hours_of_the_local_day() {
    let city = City::find("astana").unwrap();
    let mut snapshot = Snapshot::default();
    let mut add = |from: &str, hours, expires| {
        let credit = Attribution::new("Data from MET Norway");
        let added = snapshot.add_weather(
            city.id(),
            city.zone(),
            forecast(from, hours),
            credit,
            time(from),
            expires,
        );
        (added, snapshot.weather(city.id()).unwrap().clone())
    };
    // The first forecast begins at 22:00 of 3 March in Astana, the second at noon of 4 March.
    let (added, held) = add(
        "2027-03-03T17:00:00Z",
        30,
        Some(time("2027-03-03T17:30:00Z")),
    );
    assert_eq!((added, held.value().hours().len()), (Added::Changed, 30));
    assert_eq!(held.expires(), Some(time("2027-03-03T17:30:00Z")));
    let (added, held) = add(NOON, 30, None);
    assert_eq!(added, Added::Changed);
    let hours = held.value().hours();
    assert_eq!(
        hours[0].at,
        time("2027-03-03T19:00:00Z"),
        "the day begins at midnight"
    );
    assert_eq!(
        (hours.len(), hours[12].at, hours[12].temperature.tenths()),
        (12 + 30, time(NOON), 0)
    );
    assert!(held.value().range(day("2027-03-04"), city.zone()).is_some());
    assert_eq!((held.expires(), held.fetched()), (None, time(NOON)));
    let (added, again) = add(NOON, 30, None);
    assert_eq!((added, again), (Added::Confirmed, held));
}

#[test]
fn rates_older_than_the_longest_pause_are_stale() {
    // The publication of 4 March may still be in force on the 14th, after the longest pause of 10 days. On the 15th the feed has
    // stopped.
    for (now, freshness) in [
        ("2027-03-14T07:00:00Z", Freshness::Fresh),
        ("2027-03-15T07:00:00Z", Freshness::Stale),
    ] {
        let mut snapshot = Snapshot::default();
        add(&mut snapshot, &published(4, 100), now);
        let held = snapshot.rates(time(now)).unwrap();
        assert_eq!(
            FreshnessPolicy::default().of_rates(held, time(now)),
            freshness,
            "{now}"
        );
    }
}
