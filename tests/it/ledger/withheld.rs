//! Publications, or rows of them, that the guard does not accept.

use chrono::TimeDelta;
use masthead::ledger::{RecordId, Verdict, View};
use masthead::money::{Currency, Pair};

use super::{BANK, computed, dollar, head, ledger, own, page, seen};
use crate::support::{day, time};

const DAY: &str = "2026-04-02";

#[test]
fn rates_are_not_hidden_by_months_of_withheld_publications() {
    let first = own(day("2026-01-01"), "475.09");
    let good = RecordId::of_rates(&first);
    let mut known = ledger([seen(first, time("2026-01-01T03:00:00Z"))]);
    let doubting = View::new(BANK).verdicts(|id| {
        if id == good {
            Verdict::Accepted
        } else {
            Verdict::Withheld
        }
    });
    for later in 1..=180 {
        let of = day("2026-01-01") + TimeDelta::days(later);
        let at = time("2026-01-01T03:00:00Z") + TimeDelta::days(later);
        known.insert(seen(own(of, "4750.9"), at));
        assert_eq!(
            dollar(&known.at(at, &doubting), at).as_deref(),
            Some("475.09"),
            "after {later} days"
        );
    }
}

#[test]
fn a_publication_without_an_accepted_row_is_as_one_that_is_withheld() {
    let now = time("2026-04-02T06:00:00Z");
    let wrong = own(day(DAY), "4750.9");
    let id = RecordId::of_rates(&wrong);
    let known = ledger([
        seen(
            own(day("2026-04-01"), "475.09"),
            time("2026-04-01T03:00:00Z"),
        ),
        seen(wrong, now),
    ]);
    let with = |verdict: Verdict| {
        View::new(BANK).verdicts(move |of| {
            if of == id {
                verdict.clone()
            } else {
                Verdict::Accepted
            }
        })
    };
    let (rows, whole) = (
        with(Verdict::Except(vec![Currency::USD, Currency::EUR])),
        with(Verdict::Withheld),
    );
    assert_eq!(page(&known.at(now, &rows)), page(&known.at(now, &whole)));
    for of in ["2026-04-01", DAY, "2026-04-03"] {
        assert_eq!(
            known.rates_on(day(of), now, &rows),
            known.rates_on(day(of), now, &whole),
            "on {of}"
        );
    }
}

#[test]
fn another_partys_row_does_not_replace_a_quarantined_one_of_the_banks_own_list() {
    let now = time("2026-04-02T06:00:00Z");
    let doubted = own(day(DAY), "4750.9");
    let id = RecordId::of_rates(&doubted);
    let known = ledger([
        seen(
            own(day("2026-04-01"), "474.00"),
            time("2026-04-01T03:00:00Z"),
        ),
        seen(computed(day(DAY), "475.09"), time("2026-04-02T03:00:00Z")),
        seen(doubted, now),
    ]);
    let doubting = View::new(BANK).verdicts(|of| {
        if of == id {
            Verdict::Except(vec![Currency::USD])
        } else {
            Verdict::Accepted
        }
    });
    let page = known.at(now, &doubting);
    let rates = page.rates(now).unwrap().value();
    assert_eq!(rates.publication(), &head(day(DAY)));
    let rate = rates.rate(Pair::USD_KZT).unwrap();
    assert_eq!(
        (rate.value().to_string().as_str(), rate.day()),
        ("474.00", day("2026-04-01"))
    );
}
