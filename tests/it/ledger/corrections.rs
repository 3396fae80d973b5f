//! Corrections, also taken back; another party's figures; feeds that differ; days that were missed or filled later.

use chrono::{NaiveDate, TimeDelta};
use masthead::SourceId;
use masthead::ledger::{Feed, InForce, Ledger, NoRates, Sighting};
use masthead::money::{Currency, Pair, Rates, parse_decimal};

use super::{BANK, computed, dollar, head, ledger, own, page, row, seen, view, with_list};
use crate::support::{day, time};

const DAY: &str = "2026-04-02";

#[test]
fn a_correction_that_is_taken_back_is_each_figure_in_its_time() {
    let figures = [
        ("02:00", "475.09"),
        ("05:00", "480.10"),
        ("09:00", "475.09"),
    ];
    let at = |clock: &str| time(&format!("{DAY}T{clock}:00Z"));
    let mut known = Ledger::default();
    for (clock, figure) in figures {
        assert!(
            known
                .observe(seen(own(day(DAY), figure), at(clock)))
                .is_some()
        );
        let again = at(clock) + TimeDelta::hours(1);
        assert!(known.observe(seen(own(day(DAY), figure), again)).is_some());
    }
    assert_eq!(known.len(), 3);
    for (clock, expected, fetched) in [
        ("01:59", None, ""),
        ("02:00", Some("475.09"), "02:00"),
        ("02:30", Some("475.09"), "02:30"),
        ("04:59", Some("475.09"), "03:00"),
        ("05:00", Some("480.10"), "05:00"),
        ("08:59", Some("480.10"), "06:00"),
        ("09:00", Some("475.09"), "09:00"),
        ("11:00", Some("475.09"), "10:00"),
    ] {
        let then = at(clock);
        let page = known.as_known_at(then).at(then, &view());
        assert_eq!(dollar(&page, then).as_deref(), expected, "at {clock}");
        let held = page.rates(then).map(masthead::Observed::fetched);
        assert_eq!(
            held,
            (!fetched.is_empty()).then(|| at(fetched)),
            "at {clock}"
        );
        let of_day = known.as_known_at(then).rates_on(day(DAY), then, &view());
        match (of_day, expected) {
            (Ok(InForce { rates, .. }), Some(expected)) => {
                assert_eq!(
                    rates.rate(Pair::USD_KZT).unwrap().value().to_string(),
                    expected
                );
            }
            (Err(NoRates::Unknown { .. }), None) => {}
            (other, _) => panic!("{other:?} at {clock}"),
        }
    }
}

#[test]
fn another_partys_equal_digits_neither_refresh_nor_replace_the_banks_own() {
    let (morning, evening) = (time("2026-04-02T03:00:00Z"), time("2026-04-02T12:00:00Z"));
    let own = seen(own(day(DAY), "475.09"), morning);
    for digits in ["475.09", "480.10"] {
        let copy = seen(computed(day(DAY), digits), evening);
        assert_eq!(copy.source(), &SourceId::FRANKFURTER);
        let known = ledger([own.clone(), copy]);
        let page = known.at(evening, &view());
        let held = page.rates(evening).unwrap();
        assert_eq!(held.source(), &BANK);
        assert_eq!((held.fetched(), held.valid()), (morning, morning));
        assert_eq!(dollar(&page, evening).as_deref(), Some("475.09"));
        let found = known.rates_on(day(DAY), evening, &view()).unwrap();
        assert_eq!(found.rates.publication().source, BANK);
        assert_eq!((found.learned, found.corrected), (morning, None));
    }
}

#[test]
fn another_partys_figures_stand_in_until_the_banks_own_come() {
    let (first, later) = (time("2026-04-02T03:00:00Z"), time("2026-04-02T12:00:00Z"));
    let yesterday = seen(
        own(day("2026-04-01"), "470.00"),
        time("2026-04-01T03:00:00Z"),
    );
    let copy = seen(computed(day(DAY), "475.09"), first);
    let known = ledger([yesterday.clone(), copy.clone()]);
    let page = known.at(first, &view());
    assert_eq!(dollar(&page, first).as_deref(), Some("475.09"));
    // The euro, which the other party does not have, stays with its own day.
    let rates = page.rates(first).unwrap().value();
    assert_eq!(rates.rate(Pair::EUR_KZT).unwrap().day(), day("2026-04-01"));
    let known = ledger([yesterday, copy, seen(own(day(DAY), "475.10"), later)]);
    assert_eq!(
        dollar(&known.at(later, &view()), later).as_deref(),
        Some("475.10")
    );
}

#[test]
fn a_node_that_missed_a_day_shows_the_same_page_after_a_merge() {
    let days = ["2026-03-30", "2026-03-31", "2026-04-01", "2026-04-02"];
    let sighting = |of: &str| {
        let at = day(of).and_hms_opt(3, 0, 0).unwrap().and_utc();
        seen(own(day(of), &format!("4{}.00", &of[8..])), at)
    };
    let whole = ledger(days.map(sighting));
    let mut missed = ledger([days[0], days[1], days[3]].map(sighting));
    let now = time("2026-04-02T06:00:00Z");
    assert_eq!(
        page(&missed.at(now, &view())),
        page(&whole.at(now, &view()))
    );
    let gap = missed.rates_on(day("2026-04-01"), now, &view());
    let (before, after) = (day("2026-03-31"), day("2026-04-02"));
    let expected = NoRates::Gap {
        bank: BANK,
        day: day("2026-04-01"),
        before,
        after,
    };
    assert_eq!(gap, Err(expected));
    assert!(missed.merge(whole.clone()));
    assert_eq!(missed, whole);
    assert!(!missed.merge(whole));
    let found = missed.rates_on(day("2026-04-01"), now, &view());
    assert_eq!(found.unwrap().since, day("2026-04-01"));
}

#[test]
fn a_back_filled_day_does_not_change_today() {
    let now = time("2026-04-02T06:00:00Z");
    let today = seen(own(day(DAY), "475.09"), time("2026-04-02T03:00:00Z"));
    let tomorrow = seen(
        own(day("2026-04-03"), "476.00"),
        time("2026-04-02T05:00:00Z"),
    );
    let before = ledger([today, tomorrow]);
    let mut filled = before.clone();
    for back in 1..=400 {
        let of = day(DAY) - TimeDelta::days(back);
        filled.insert(seen(own(of, "300.00"), now));
    }
    assert_eq!(
        page(&filled.at(now, &view())),
        page(&before.at(now, &view()))
    );
}

#[test]
fn of_two_feeds_that_differ_at_one_instant_the_one_of_the_day_counts() {
    let at = time("2026-04-02T03:00:00Z");
    for (of_day, newest) in [("475.09", "480.10"), ("480.10", "475.09")] {
        let sighting =
            |feed, figure| Sighting::of_rates(BANK, feed, day(DAY), own(day(DAY), figure), at);
        let records = [
            sighting(Feed::Newest, newest),
            sighting(Feed::OfDay, of_day),
        ];
        let reversed = [records[1].clone(), records[0].clone()];
        for records in [records, reversed] {
            let page = ledger(records).at(at, &view());
            assert_eq!(dollar(&page, at).as_deref(), Some(of_day));
        }
    }
}

#[test]
fn a_feed_that_repeats_an_older_figure_does_not_replace_a_newer_one() {
    let at = |clock: &str| time(&format!("{DAY}T{clock}:00Z"));
    let mut known = Ledger::default();
    let answer = |feed, figure, clock| {
        Sighting::of_rates(BANK, feed, day(DAY), own(day(DAY), figure), at(clock))
    };
    known.observe(answer(Feed::Newest, "475.09", "02:00"));
    known.observe(answer(Feed::OfDay, "480.10", "03:00"));
    // The other feed has not changed yet: it repeats itself.
    known.observe(answer(Feed::Newest, "475.09", "04:00"));
    assert_eq!(known.len(), 2);
    let page = known.at(at("04:00"), &view());
    assert_eq!(dollar(&page, at("04:00")).as_deref(), Some("480.10"));
}

#[test]
fn a_correction_in_the_change_alone_is_shown() {
    let with = |change: &str| {
        let dollar = row(Currency::USD, "475.09").with_change(parse_decimal(change).unwrap());
        Rates::new(head(day(DAY)), [dollar]).unwrap()
    };
    let (first, later) = (time("2026-04-02T03:00:00Z"), time("2026-04-02T05:00:00Z"));
    let known = ledger([seen(with("1.20"), first), seen(with("-1.20"), later)]);
    let shown = |now| {
        let page = known.as_known_at(now).at(now, &view());
        let rate = page
            .rates(now)
            .unwrap()
            .value()
            .rate(Pair::USD_KZT)
            .unwrap();
        (rate.value().to_string(), rate.change().unwrap().to_string())
    };
    assert_eq!(shown(first), ("475.09".to_owned(), "1.20".to_owned()));
    assert_eq!(shown(later), ("475.09".to_owned(), "-1.20".to_owned()));
}

#[test]
fn a_repetition_moves_the_last_instant_only() {
    let (first, later) = (time("2026-04-02T03:00:00Z"), time("2026-04-02T05:00:00Z"));
    let mut known = ledger([seen(own(day(DAY), "475.09"), first)]);
    let record = known.observe(seen(own(day(DAY), "475.09"), later)).unwrap();
    assert_eq!((record.first(), record.last()), (first, later));
    assert_eq!(known.len(), 1);
    // The same answer of an earlier instant, as from another server, changes nothing.
    assert_eq!(
        known.observe(seen(own(day(DAY), "475.09"), first + TimeDelta::minutes(5))),
        None
    );
    let held = known.sightings(&BANK).next().unwrap();
    assert_eq!(
        held.version(),
        seen(own(day(DAY), "475.09"), first).version()
    );
    assert_eq!(
        held.clone().until(first - TimeDelta::hours(1)),
        *held,
        "before the first instant"
    );
}

#[test]
fn a_day_without_data_is_a_record_and_hides_no_rates() {
    let now = time("2026-04-02T06:00:00Z");
    let mut known = ledger([seen(
        own(day("2026-04-01"), "475.09"),
        time("2026-04-01T03:00:00Z"),
    )]);
    // The bank's feed of days has no more rates for half a year.
    for later in 1..=180 {
        let asked = day("2026-04-01") + TimeDelta::days(later);
        let at = now + TimeDelta::days(later - 1);
        let no_data = Sighting::of_no_data(BANK, BANK, Feed::OfDay, asked, at);
        assert_eq!(
            (no_data.rates(), no_data.id(), no_data.version()),
            (None, None, None)
        );
        known.observe(no_data);
        assert_eq!(
            dollar(&known.at(at, &view()), at).as_deref(),
            Some("475.09"),
            "after {later} days"
        );
    }
}

#[test]
fn rows_of_a_weekly_list_stay_while_it_is_in_force() {
    let yen: Pair = "JPY/KZT".parse().unwrap();
    let monday = day("2026-03-30");
    let noon = |of: NaiveDate| of.and_hms_opt(7, 0, 0).unwrap().and_utc();
    let list = seen(with_list(monday, monday, "310.00"), noon(monday));
    // Afterwards the list is not read.
    let daily = (1..=8).map(|later| {
        let of = monday + TimeDelta::days(later);
        seen(own(of, "475.09"), noon(of))
    });
    let known = ledger(daily.chain([list]));
    for later in 0..=8 {
        let now = noon(monday + TimeDelta::days(later));
        let page = known.as_known_at(now).at(now, &view());
        let rate = page.rates(now).unwrap().value().rate(yen);
        let shown = rate.map(|rate| (rate.value().to_string(), rate.day()));
        let expected = (later <= 6).then(|| ("310.00".to_owned(), monday));
        assert_eq!(shown, expected, "after {later} days");
    }
}

#[test]
fn the_page_turns_at_midnight_without_a_new_record() {
    // The rates of Saturday and those of Monday are known on Friday, the latter read first.
    let friday = time("2026-04-03T06:00:00Z");
    let known = ledger([
        seen(
            own(day("2026-04-03"), "470.00"),
            friday - TimeDelta::hours(5),
        ),
        seen(
            own(day("2026-04-06"), "472.00"),
            friday - TimeDelta::hours(1),
        ),
        seen(
            own(day("2026-04-04"), "471.00"),
            friday - TimeDelta::hours(2),
        ),
    ]);
    let page = known.at(friday, &view());
    assert_eq!(dollar(&page, friday).as_deref(), Some("470.00"));
    for later in [friday, time("2026-04-04T06:00:00Z")] {
        let anew = known.at(later, &view());
        assert_eq!(dollar(&page, later), dollar(&anew, later), "at {later}");
    }
}
