//! The rates of all days: those of `Ledger::rates_on`, gaps as gaps, series and changes.

use std::collections::BTreeMap;

use chrono::{Datelike as _, NaiveDate, TimeDelta, Weekday};
use masthead::ledger::{Feed, Ledger, NoRates, Sighting, View};
use masthead::money::{Currency, Pair, Rates, parse_decimal};
use proptest::prelude::*;

use super::laws::{cases, instants, of, seeds};
use super::records::{days_near, doubting_view};
use super::series::answer;
use super::{computed, head, ledger, own, seen, view};
use crate::guard::history::series::european_central_bank;
use crate::support::{day, recorded, time};
use crate::ticker::good_day;

proptest! {
    #![proptest_config(cases(1))]

    #[test]
    fn each_day_has_the_rates_that_the_ledger_gives_for_it(records in seeds(), now in instants()) {
        let (ledger, view) = (of(&records), doubting_view());
        let history = ledger.history(now, &view);
        let mut last = None;
        let first = days_near().next().unwrap() - TimeDelta::days(12);
        for of in first.iter_days().take(40) {
            let found = ledger.rates_on(of, now, &view);
            prop_assert_eq!(history.rates_on(of).cloned(), found.clone(), "on {}", of);
            last = found.ok().or(last);
            prop_assert_eq!(history.last_known(of), last.as_ref(), "until {}", of);
        }
        for of in [NaiveDate::MIN, NaiveDate::MAX] {
            prop_assert_eq!(history.rates_on(of).cloned(), ledger.rates_on(of, now, &view));
        }
        prop_assert!(history.last_known(NaiveDate::MIN).is_none());
        prop_assert_eq!(history.last_known(NaiveDate::MAX), last.as_ref());
    }
}

#[test]
fn a_correction_says_since_when_it_stands() {
    let (morning, noon, evening) = (
        time("2026-04-02T03:00:00Z"),
        time("2026-04-02T07:00:00Z"),
        time("2026-04-02T12:00:00Z"),
    );
    let of = day("2026-04-02");
    let copy = seen(computed(of, "999.00"), morning - TimeDelta::hours(1));
    let mut known = ledger([copy, seen(own(of, "475.09"), morning)]);
    let corrected = |known: &Ledger| {
        known
            .history(evening, &view())
            .rates_on(of)
            .unwrap()
            .corrected
    };
    assert_eq!(
        corrected(&known),
        None,
        "another party's figures are not the bank's"
    );
    // The same figures with another change are no correction.
    let row = super::row(Currency::USD, "475.09").with_change(parse_decimal("1.00").unwrap());
    known.insert(seen(Rates::new(head(of), [row]).unwrap(), noon));
    assert_eq!(corrected(&known), None);
    known.insert(seen(own(of, "475.10"), evening));
    assert_eq!(corrected(&known), Some(evening));
    let history = known.history(evening, &view());
    assert_eq!(history.rates_on(of).unwrap().learned, evening);
    let before = known.as_known_at(noon).history(noon, &view());
    assert_eq!(before.rates_on(of).unwrap().corrected, None);
}

#[test]
fn an_answer_for_a_day_that_has_not_begun_carries_no_list() {
    let friday = own(day("2026-04-03"), "475.09").with_longest_pause(10);
    let known = ledger([
        answer("2026-04-03", &friday, "2026-04-03T07:00:00Z"),
        answer("2026-04-06", &friday, "2026-04-03T07:30:00Z"),
    ]);
    let on = |now: &str| {
        known
            .history(time(now), &view())
            .rates_on(day("2026-04-06"))
            .cloned()
    };
    assert!(matches!(
        on("2026-04-03T08:00:00Z"),
        Err(NoRates::NotYetPublished { .. })
    ));
    // The day has begun, and the bank was not requested since: its list of Monday may have come on Friday evening.
    let monday = "2026-04-06T08:00:00Z";
    assert!(matches!(on(monday), Err(NoRates::AfterLast { .. })));
    let mut known = known;
    known.observe(answer("2026-04-06", &friday, monday));
    let found = known.rates_on(day("2026-04-06"), time(monday), &view());
    assert_eq!(found.unwrap().since, day("2026-04-03"));
}

#[test]
fn a_publication_is_learned_when_any_feed_had_it_first() {
    let of = day("2026-04-03");
    let rates = own(of, "475.09").with_longest_pause(4);
    let newest = Sighting::of_rates(
        super::BANK,
        Feed::Newest,
        of,
        rates.clone(),
        time("2026-04-02T10:45:00Z"),
    );
    let known = ledger([newest, answer("2026-04-03", &rates, "2026-04-02T19:01:00Z")]);
    let found = known
        .rates_on(of, time("2026-04-03T07:00:00Z"), &view())
        .unwrap();
    assert_eq!(
        (found.learned, found.corrected),
        (time("2026-04-02T10:45:00Z"), None)
    );
    // A correction at 08:00, with which the bank also answered for Saturday at 21:05. Later the first figures come back.
    let corrected = own(of, "476.00").with_longest_pause(4);
    let mut known = ledger([
        answer("2026-04-03", &rates, "2026-04-03T06:00:00Z"),
        answer("2026-04-03", &corrected, "2026-04-03T08:00:00Z"),
        answer("2026-04-04", &corrected, "2026-04-03T21:05:00Z"),
    ]);
    let now = time("2026-04-04T22:00:00Z");
    let found = known.rates_on(of, now, &view()).unwrap();
    assert_eq!(
        (found.learned, found.corrected),
        (
            time("2026-04-03T08:00:00Z"),
            Some(time("2026-04-03T08:00:00Z"))
        )
    );
    known.insert(answer("2026-04-03", &rates, "2026-04-04T20:00:00Z"));
    let found = known.rates_on(of, now, &view()).unwrap();
    assert_eq!(
        (found.learned, found.corrected),
        (
            time("2026-04-03T06:00:00Z"),
            Some(time("2026-04-04T20:00:00Z"))
        )
    );
}

#[test]
#[ignore = "needs the recorded answers"]
fn every_day_of_the_real_dollar_has_its_own_value() {
    let text = String::from_utf8(recorded("../history/national_bank_kz_usd.csv")).unwrap();
    let values: BTreeMap<NaiveDate, &str> = text
        .lines()
        .skip(1)
        .map(|line| line.split_once(',').unwrap())
        .map(|(of, value)| (day(of), value))
        .collect();
    let known = values.iter().map(|(of, value)| {
        let at = of.and_hms_opt(3, 0, 0).unwrap().and_utc();
        seen(
            Rates::new(head(*of), [super::row(Currency::USD, value)]).unwrap(),
            at,
        )
    });
    let history = ledger(known).history(time("2026-11-01T00:00:00Z"), &view());
    let all = history.days().unwrap();
    for of in all.start().iter_days().take_while(|of| of <= all.end()) {
        let found = history.rate(Pair::USD_KZT, of);
        match values.get(&of) {
            Some(value) => {
                let rate = found.unwrap();
                assert_eq!(
                    (rate.value(), rate.day()),
                    (parse_decimal(value).unwrap(), of)
                );
            }
            None => assert!(matches!(found, Err(NoRates::Gap { .. })), "{of}: {found:?}"),
        }
    }
    // Saturday's dollar is not Friday's, on 228 of the 261 Saturdays of the years with every calendar day.
    let whole = values.range(..=day("2020-03-30"));
    let saturdays = whole
        .map(|(of, _)| of)
        .filter(|of| of.weekday() == Weekday::Sat);
    let moved = saturdays.filter(|of| {
        let change = history.change(Pair::USD_KZT, of.pred_opt().unwrap(), **of);
        change.is_ok_and(|change| !change.difference().unwrap().is_zero())
    });
    assert_eq!(moved.count(), 228);
}

#[test]
#[ignore = "needs the recorded answers"]
fn every_value_of_the_european_central_bank_comes_back() {
    let all = european_central_bank();
    let bank = all[0].publication().source.clone();
    let known = all.iter().map(|rates| {
        let at = rates.day().and_hms_opt(15, 0, 0).unwrap().and_utc();
        Sighting::of_rates(bank.clone(), Feed::OfDay, rates.day(), rates.clone(), at)
    });
    let history = ledger(known).history(time("2026-11-01T00:00:00Z"), &View::new(bank));
    let mut values = 0;
    for rates in &all {
        let found = history.rates_on(rates.day()).unwrap();
        assert_eq!(*found.rates, *rates);
        assert_eq!((found.since, found.until), (rates.day(), rates.day()));
        values += rates.len();
    }
    assert!(
        all.len() == 6_983 && values == 217_555,
        "{} days, {values} values",
        all.len()
    );
    // The bank sets no rates on a Saturday, and no other day serves it.
    assert!(matches!(
        history.rates_on(day("2024-01-06")),
        Err(NoRates::Gap { .. })
    ));
}

#[tokio::test(start_paused = true)]
async fn a_ticker_has_each_day_that_it_has_received_with_the_marks_of_the_page() {
    let hosts = good_day();
    let ticker = hosts.ticker().build().unwrap();
    assert!(ticker.history().days().is_none());
    ticker.refresh(hosts.now()).await;
    let snapshot = ticker.snapshot();
    let shown = snapshot.rates(hosts.now()).unwrap().value();
    let rate = shown.rate(Pair::USD_KZT).unwrap();
    assert!(!rate.is_confirmed(), "the first rates");
    let history = ticker.history();
    assert_eq!(history.rate(Pair::USD_KZT, shown.day()), Ok(rate));
    let found = history.rates_on(shown.day()).unwrap();
    assert_eq!((found.learned, found.corrected), (hosts.now(), None));
    let before = shown.day().pred_opt().unwrap();
    assert!(matches!(
        history.rates_on(before),
        Err(NoRates::BeforeFirst { .. })
    ));
}
