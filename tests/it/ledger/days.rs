//! The rates of a day: in force, carried, or the reason for their absence.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::SourceId;
use masthead::ledger::{Feed, InForce, Ledger, NoRates, RecordId, Sighting, Verdict, View};
use masthead::money::{Currency, Pair, Rates};

use super::{BANK, computed, head, ledger, own, row, seen, view};
use crate::support::{day, time};

/// Noon in Almaty on a day.
fn noon(of: &str) -> DateTime<Utc> {
    time(&format!("{of}T07:00:00Z"))
}

fn asked(of: &str, rates: Rates, at: DateTime<Utc>) -> Sighting {
    Sighting::of_rates(BANK, Feed::OfDay, day(of), rates, at)
}

/// The dollar, since and until.
#[track_caller]
fn in_force(answer: Result<InForce, NoRates>) -> (String, NaiveDate, NaiveDate) {
    let found = answer.unwrap();
    let dollar = found.rates.rate(Pair::USD_KZT).unwrap();
    (dollar.value().to_string(), found.since, found.until)
}

/// The nearest days with publications before and after a day without rates.
#[track_caller]
fn nearest(answer: Result<InForce, NoRates>) -> (Option<NaiveDate>, Option<NaiveDate>) {
    match answer {
        Err(NoRates::Gap { before, after, .. }) => (Some(before), Some(after)),
        Err(NoRates::BeforeFirst { first, .. }) => (None, Some(first)),
        Err(NoRates::AfterLast { last, .. }) => (Some(last), None),
        other => panic!("{other:?}"),
    }
}

/// A bank whose list of Friday stays in force over the weekend, at most `pause` days, and is read each day until `last`.
fn weekend(pause: u16, last: u32) -> Ledger {
    let friday = own(day("2026-04-03"), "475.09").with_longest_pause(pause);
    let days = (3..=last).map(|of| {
        let of = format!("2026-04-{of:02}");
        asked(&of, friday.clone(), noon(&of))
    });
    ledger(days)
}

#[test]
fn a_list_is_carried_over_a_weekend_where_the_bank_answered_with_it() {
    let known = weekend(4, 6);
    let now = noon("2026-04-06");
    let friday = day("2026-04-03");
    for of in ["2026-04-03", "2026-04-04", "2026-04-05", "2026-04-06"] {
        let found = in_force(known.rates_on(day(of), now, &view()));
        assert_eq!(
            found,
            ("475.09".to_owned(), friday, day("2026-04-06")),
            "on {of}"
        );
    }
    let after = known.rates_on(day("2026-04-07"), noon("2026-04-07"), &view());
    assert_eq!(nearest(after), (Some(friday), None));
}

#[test]
fn a_list_is_carried_up_to_the_longest_pause_and_not_beyond() {
    for pause in 0..=4_u16 {
        let known = weekend(pause, 10);
        for later in 0..=7_u16 {
            let of = day("2026-04-03") + TimeDelta::days(later.into());
            let found = known.rates_on(of, noon("2026-04-10"), &view());
            if later <= pause {
                let until = day("2026-04-03") + TimeDelta::days(pause.into());
                assert_eq!(in_force(found).2, until, "{later} of {pause}");
            } else {
                assert_eq!(
                    nearest(found),
                    (Some(day("2026-04-03")), None),
                    "{later} of {pause}"
                );
            }
        }
    }
}

#[test]
fn a_saturday_that_was_not_asked_for_is_a_gap_with_its_neighbours() {
    let now = noon("2026-04-06");
    let known = ledger([
        seen(own(day("2026-04-03"), "475.09"), noon("2026-04-03")),
        seen(own(day("2026-04-06"), "476.00"), noon("2026-04-06")),
    ]);
    let (before, after) = (day("2026-04-03"), day("2026-04-06"));
    for of in ["2026-04-04", "2026-04-05"] {
        assert_eq!(
            nearest(known.rates_on(day(of), now, &view())),
            (Some(before), Some(after))
        );
    }
    // Sunday was requested: it has Friday's list, and Saturday is a gap still.
    let mut known = known;
    known.insert(asked(
        "2026-04-05",
        own(before, "475.09"),
        noon("2026-04-05"),
    ));
    assert_eq!(
        in_force(known.rates_on(day("2026-04-05"), now, &view())).2,
        day("2026-04-05")
    );
    assert_eq!(in_force(known.rates_on(before, now, &view())).2, before);
    assert_eq!(
        nearest(known.rates_on(day("2026-04-04"), now, &view())),
        (Some(before), Some(after))
    );
}

#[test]
fn only_the_banks_own_feed_of_days_carries_a_list() {
    let friday = day("2026-04-03");
    let now = noon("2026-04-04");
    let newest = Sighting::of_rates(
        BANK,
        Feed::Newest,
        day("2026-04-04"),
        own(friday, "475.09"),
        now,
    );
    let copy = asked("2026-04-04", computed(friday, "475.09"), now);
    for other in [newest, copy] {
        let known = ledger([seen(own(friday, "475.09"), noon("2026-04-03")), other]);
        let found = known.rates_on(day("2026-04-04"), now, &view());
        assert_eq!(nearest(found), (Some(friday), None));
    }
}

#[test]
fn the_last_answer_for_a_day_decides_what_is_carried() {
    // Corrected after Saturday was requested.
    let friday = day("2026-04-03");
    let known = ledger([
        seen(own(friday, "475.09"), noon("2026-04-03")),
        asked("2026-04-04", own(friday, "475.09"), noon("2026-04-04")),
        asked("2026-04-04", own(friday, "480.10"), noon("2026-04-05")),
    ]);
    let now = noon("2026-04-05");
    let found = in_force(known.rates_on(day("2026-04-04"), now, &view()));
    assert_eq!(found, ("480.10".to_owned(), friday, day("2026-04-04")));
    let then = noon("2026-04-04");
    let found = in_force(
        known
            .as_known_at(then)
            .rates_on(day("2026-04-04"), then, &view()),
    );
    assert_eq!(found.0, "475.09");
}

#[test]
fn days_before_and_after_all_that_is_known() {
    let known = ledger([
        seen(own(day("2026-04-02"), "475.09"), noon("2026-04-02")),
        seen(own(day("2026-04-03"), "476.00"), noon("2026-04-02")),
    ]);
    let now = noon("2026-04-05");
    let (first, last) = (day("2026-04-02"), day("2026-04-03"));
    let on = |of: &str| known.rates_on(day(of), now, &view());
    assert_eq!(nearest(on("2026-04-01")), (None, Some(first)));
    assert_eq!(nearest(on("1900-01-01")), (None, Some(first)));
    assert_eq!(in_force(on("2026-04-03")).1, last);
    assert_eq!(nearest(on("2026-04-04")), (Some(last), None));
    assert_eq!(nearest(on("2026-04-05")), (Some(last), None));
    assert!(matches!(
        on("2026-04-06"),
        Err(NoRates::NotYetPublished { .. })
    ));
    assert!(matches!(
        on("2200-12-31"),
        Err(NoRates::NotYetPublished { .. })
    ));
    assert_eq!(
        Ledger::default().rates_on(first, now, &view()),
        Err(NoRates::Unknown { bank: BANK })
    );
    let other = View::new(SourceId::ECB);
    assert_eq!(
        known.rates_on(first, now, &other),
        Err(NoRates::Unknown {
            bank: SourceId::ECB
        }),
        "another bank"
    );
    let no_data = Sighting::of_no_data(BANK, BANK, Feed::OfDay, first, now);
    assert_eq!(
        ledger([no_data]).rates_on(first, now, &view()),
        Err(NoRates::Unknown { bank: BANK })
    );
    // The rates of a later day that are published already.
    let eve = noon("2026-04-02");
    assert_eq!(in_force(known.rates_on(last, eve, &view())).0, "476.00");
}

#[test]
fn a_publication_is_found_however_long_after_its_day_it_was_read() {
    // The bank has paused for seven weeks, and the first start of a server reads its newest list.
    let of = day("2026-02-10");
    let sighting = Sighting::of_rates(
        BANK,
        Feed::Newest,
        day("2026-04-02"),
        own(of, "475.09"),
        noon("2026-04-02"),
    );
    let known = ledger([sighting]);
    assert_eq!(
        in_force(known.rates_on(of, noon("2026-04-02"), &view())),
        ("475.09".to_owned(), of, of)
    );
    let after = known.rates_on(day("2026-02-11"), noon("2026-04-02"), &view());
    assert_eq!(nearest(after), (Some(of), None));
}

#[test]
fn rows_that_a_verdict_excepts_are_missing() {
    let (of, now) = (day("2026-04-02"), noon("2026-04-02"));
    let yesterday = seen(own(day("2026-04-01"), "470.00"), noon("2026-04-01"));
    let wrong = own(of, "47509");
    let id = RecordId::of_rates(&wrong);
    let known = ledger([yesterday, seen(wrong, now)]);
    let doubting = View::new(BANK).verdicts(|asked| {
        if asked == id {
            Verdict::Except(vec![Currency::USD])
        } else {
            Verdict::Accepted
        }
    });
    let InForce { rates, since, .. } = known.rates_on(of, now, &doubting).unwrap();
    assert_eq!(
        (rates.rate(Pair::USD_KZT), since),
        (None, of),
        "nothing of another day"
    );
    assert_eq!(
        rates.rate(Pair::EUR_KZT).unwrap().value().to_string(),
        "550.00"
    );
    // On the page the last accepted one stays, with its day.
    let page = known.at(now, &doubting);
    let dollar = page
        .rates(now)
        .unwrap()
        .value()
        .rate(Pair::USD_KZT)
        .unwrap();
    assert_eq!(
        (dollar.value().to_string().as_str(), dollar.day()),
        ("470.00", day("2026-04-01"))
    );
    // A withheld publication is no rates of the day, and carries none.
    let withheld = View::new(BANK).verdicts(|asked| {
        if asked == id {
            Verdict::Withheld
        } else {
            Verdict::Accepted
        }
    });
    assert_eq!(
        nearest(known.rates_on(of, now, &withheld)),
        (Some(day("2026-04-01")), None)
    );
}

#[test]
fn the_day_is_that_of_the_banks_zone() {
    let known = ledger([seen(
        own(day("2026-04-02"), "475.09"),
        time("2026-04-01T10:00:00Z"),
    )]);
    // Midnight in Almaty, which is UTC+5.
    let (before, after) = (
        time("2026-04-01T18:59:59.999Z"),
        time("2026-04-01T19:00:00Z"),
    );
    let page = known.at(before, &view());
    assert!(page.rates(before).is_none() && page.next(before).is_some());
    let page = known.at(after, &view());
    assert!(page.rates(after).is_some() && page.next(after).is_none());
    let third = day("2026-04-03");
    assert!(matches!(
        known.rates_on(third, after, &view()),
        Err(NoRates::NotYetPublished { .. })
    ));
    let next_midnight = after + TimeDelta::days(1);
    assert_eq!(
        nearest(known.rates_on(third, next_midnight, &view())),
        (Some(day("2026-04-02")), None)
    );
}

#[test]
fn a_day_on_which_the_offset_changed() {
    // On 1 March 2024 Almaty went back from UTC+6 to UTC+5 at midnight, so 29 February had 25 hours.
    let known = ledger([
        seen(
            own(day("2024-02-29"), "451.00"),
            time("2024-02-28T10:00:00Z"),
        ),
        seen(
            own(day("2024-03-01"), "452.00"),
            time("2024-02-29T10:00:00Z"),
        ),
    ]);
    for (now, expected) in [
        ("2024-02-28T17:59:59Z", None),
        ("2024-02-28T18:00:00Z", Some("451.00")),
        ("2024-02-29T18:30:00Z", Some("451.00")),
        ("2024-02-29T18:59:59Z", Some("451.00")),
        ("2024-02-29T19:00:00Z", Some("452.00")),
    ] {
        let now = time(now);
        assert_eq!(
            super::dollar(&known.at(now, &view()), now).as_deref(),
            expected,
            "at {now}"
        );
    }
    let found = in_force(known.rates_on(day("2024-02-29"), time("2024-03-05T00:00:00Z"), &view()));
    assert_eq!(found.0, "451.00");
    let no_day = known.rates_on(day("2024-03-02"), time("2024-02-29T18:30:00Z"), &view());
    assert!(matches!(no_day, Err(NoRates::NotYetPublished { .. })));
}

#[test]
fn a_leap_day_is_a_day() {
    let wednesday = own(day("2024-02-28"), "450.00");
    let known = ledger([
        asked("2024-02-28", wednesday.clone(), noon("2024-02-28")),
        asked("2024-02-29", wednesday.clone(), noon("2024-02-29")),
        asked("2024-03-01", wednesday, noon("2024-03-01")),
    ]);
    let now = noon("2024-03-01");
    for of in ["2024-02-28", "2024-02-29", "2024-03-01"] {
        assert_eq!(
            in_force(known.rates_on(day(of), now, &view())).2,
            day("2024-03-01")
        );
    }
}

#[test]
fn the_first_and_the_last_year_and_days_beyond() {
    for of in ["1900-01-01", "2200-12-31"] {
        let of = day(of);
        let dated = Rates::new(head(of), [row(Currency::USD, "475.09")]).unwrap();
        let at = of.and_hms_opt(7, 0, 0).unwrap().and_utc();
        let known = ledger([seen(dated, at)]);
        for now in [at, DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let found = known.rates_on(of, now, &view());
            if now >= at {
                assert_eq!(in_force(found), ("475.09".to_owned(), of, of));
            }
            let before = known.rates_on(NaiveDate::MIN, now, &view());
            assert!(
                matches!(
                    before,
                    Err(NoRates::BeforeFirst { .. } | NoRates::Unknown { .. })
                ),
                "{before:?}"
            );
            let after = known.rates_on(NaiveDate::MAX, now, &view());
            assert!(
                matches!(
                    after,
                    Err(NoRates::NotYetPublished { .. }
                        | NoRates::AfterLast { .. }
                        | NoRates::Unknown { .. })
                ),
                "{after:?}"
            );
        }
    }
}
