//! Errors in single rows, and a source with invented numbers: never shown.

use chrono::TimeDelta;
use masthead::ticker::{Bank, Evidence};

use super::bank_site::{BankSite, alone, witnessed};
use super::synthetic_market::Line;
use crate::support::day;

const EVE: &str = "2026-04-01";

/// Every kind of error in a row, in two successive publications, each with a change that fits the bank's previous number.
#[tokio::test(start_paused = true)]
async fn an_error_in_one_row_is_never_shown_however_often_it_is_repeated() {
    type Slip = fn(&mut Line);
    let slips: [(&str, &str, Slip); 5] = [
        ("a tenth", "EUR", |line| line.value /= 10),
        ("tenfold", "EUR", |line| line.value *= 10),
        ("inverted", "EUR", |line| {
            line.value = 10_000 / line.value.max(1) + 1;
        }),
        ("another nominal", "KRW", |line| line.nominal = 1),
        ("a tenth of the dollar", "USD", |line| line.value /= 10),
    ];
    for (name, code, slip) in slips {
        let mut site = BankSite::on(EVE, 475_09, alone).await;
        let eve = day(EVE);
        let page = site.page(eve);
        let good = format!("{} of {eve}", page.print(page.value(code)));
        for ahead in 1..=2 {
            let today = eve + TimeDelta::days(ahead);
            site.publish(today, 475_09 + i128::from(ahead) * 50);
            let slipped = site.page(today).with(code, slip);
            site.publish_list(slipped);
            site.wait_until(today, "05:00").await;
            for _ in 0..3 {
                site.refresh().await;
                let shown = site.rates();
                assert_eq!(site.row(&shown, code).as_ref(), Some(&good), "{name}");
                assert_eq!(shown.day(), today, "{name}: everything else moves on");
                let others = shown
                    .rows()
                    .iter()
                    .filter(|row| row.currency.code() != code);
                assert!(
                    others.clone().count() > 30
                        && others
                            .clone()
                            .all(|row| shown.day_of(row.currency) == today)
                );
                site.pass(TimeDelta::minutes(31)).await;
            }
            assert_eq!(site.ticker.holds().len(), 1, "{name}");
        }
        // The bank publishes the right number again.
        let today = eve + TimeDelta::days(3);
        site.publish(today, 476_80);
        site.wait_until(today, "05:00").await;
        site.refresh().await;
        let right = site.page(today);
        let right = format!("{} of {today}", right.print(right.value(code)));
        assert_eq!(site.row(&site.rates(), code), Some(right), "{name}");
        assert!(
            site.ticker.holds().is_empty() && site.ticker.health().is_good(),
            "{name}"
        );
        assert!(site.released().is_empty(), "{name}");
    }
}

/// A currency that really moved on its own: a second bank confirms it.
#[tokio::test(start_paused = true)]
async fn a_row_confirmed_by_a_witness_is_shown() {
    let mut site = BankSite::on(EVE, 475_09, witnessed).await;
    let today = day("2026-04-02");
    site.market.shock("TRY", 800);
    site.publish(today, 475_50);
    site.witness_publishes(today);
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    let page = site.page(today);
    let lira = format!("{} of {today}", page.print(page.value("TRY")));
    assert_eq!(site.row(&site.rates(), "TRY"), Some(lira));
    let released = site.released();
    assert!(
        matches!(&released[..], [(_, _, Evidence::Witness { .. })]),
        "{released:?}"
    );
}

/// An error of the bank's server is in both its feeds, today's and tomorrow's, so they count as one source.
#[tokio::test(start_paused = true)]
async fn an_error_in_every_row_of_both_feeds_does_not_confirm_itself() {
    let mut site = BankSite::on(EVE, 475_09, alone).await;
    let [today, tomorrow] = ["2026-04-02", "2026-04-03"].map(day);
    site.publish(today, 475_50);
    site.publish(tomorrow, 475_90);
    for of in [today, tomorrow] {
        site.publish_unchanged(site.page(of).with_each(|line| line.value *= 10));
    }
    site.wait_until(today, "11:00").await;
    for _ in 0..4 {
        site.refresh().await;
        assert_eq!(site.dollar(), "475.09 of 2026-04-01");
        assert_eq!(site.next_dollar(), None);
        site.pass(TimeDelta::minutes(31)).await;
    }
}

/// Numbers of another year, five of them near today's: a witness that quotes only these does not confirm the others.
#[tokio::test(start_paused = true)]
async fn a_witness_with_five_rows_does_not_confirm_thirty() {
    let five = |bank: Bank| {
        let nbkr: std::sync::Arc<masthead::source::DynRates> =
            std::sync::Arc::new(masthead::source::Nbkr::daily());
        alone(bank).witnesses([masthead::ticker::Witness::new(nbkr)])
    };
    let mut site = BankSite::on(EVE, 475_09, five).await;
    let today = day("2026-04-02");
    site.publish(today, 475_50);
    site.hosts.on(
        "www.nbkr.kg",
        crate::fake_hosts::ok(site.market.page("KGS", today, 4).nbkr()),
    );
    let wrong = site.page(today).with_each(|line| {
        line.value = match line.code {
            "USD" | "EUR" | "RUB" | "KGS" => line.value,
            "CNY" => line.value * 1015 / 1000,
            code if code < "JPY" => line.value * 108 / 100,
            _ => line.value * 92 / 100,
        }
    });
    site.publish_list(wrong);
    site.wait_until(today, "05:00").await;
    for _ in 0..3 {
        site.refresh().await;
        assert_eq!(site.dollar(), "475.09 of 2026-04-01");
        site.pass(TimeDelta::minutes(31)).await;
    }
}

/// A row contradicted by a witness stays quarantined, and a row with an error in the witness's list confirms nothing.
#[tokio::test(start_paused = true)]
async fn a_row_contradicted_by_a_witness_stays_quarantined() {
    let mut site = BankSite::on(EVE, 475_09, witnessed).await;
    let today = day("2026-04-02");
    site.publish(today, 475_50);
    site.witness_publishes(today);
    let page = site.page(today);
    site.publish_list(page.clone().with("EUR", |line| line.value /= 10));
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    let euro = site.page(day(EVE));
    let euro = format!("{} of {EVE}", euro.print(euro.value("EUR")));
    assert_eq!(site.row(&site.rates(), "EUR"), Some(euro));
    assert_eq!(site.ticker.holds()[0].contradicted_by.len(), 1);
    assert!(!site.ticker.health().is_good());
}

/// The zloty of 1 January 2024: one source without changes, on a holiday, moves one currency by a fifth.
#[tokio::test(start_paused = true)]
async fn a_currency_that_falls_on_a_holiday_in_a_single_source_is_not_shown() {
    let mut site = BankSite::on("2023-12-31", 394_00, no_changes).await;
    let today = day("2024-01-01");
    let truth = site.market.clone();
    site.publish(today, 394_00 * 122 / 100);
    site.market = truth;
    for hour in ["01:00", "04:00", "09:00", "15:00", "17:30"] {
        site.wait_until(today, hour).await;
        site.refresh().await;
        assert_eq!(site.dollar(), "394.00 of 2023-12-31");
    }
    let back = day("2024-01-02");
    site.publish(back, 394_60);
    site.wait_until(back, "05:00").await;
    site.refresh().await;
    assert_eq!(site.dollar(), "394.60 of 2024-01-02");
    assert!(site.ticker.holds().is_empty() && site.released().is_empty());
}

/// Frankfurter only, which repeats numbers and has no changes.
fn no_changes(bank: Bank) -> Bank {
    use std::sync::Arc;
    let only: Arc<masthead::source::DynRates> = Arc::new(Unchanging);
    bank.rates([only]).newest([])
}

/// The National Bank's feed of a day, as a source without changes.
#[derive(Debug)]
struct Unchanging;

impl masthead::source::Source for Unchanging {
    type Query = chrono::NaiveDate;
    type Reading = masthead::money::Rates;

    fn id(&self) -> masthead::SourceId {
        "google".parse().unwrap()
    }

    fn attribution(&self) -> masthead::Attribution {
        masthead::Attribution::new("A source")
    }

    fn request(&self, today: &chrono::NaiveDate) -> http::Request<()> {
        masthead::source::NationalBankKz::of_day().request(today)
    }

    fn decode(
        &self,
        today: &chrono::NaiveDate,
        response: &http::Response<bytes::Bytes>,
    ) -> Result<masthead::money::Rates, masthead::source::DecodeError> {
        use masthead::money::Rates;
        let read = masthead::source::NationalBankKz::of_day().decode(today, response)?;
        let rows = read.rows().iter().map(|row| row.with_change(None));
        let mut publication = read.publication().clone();
        publication.source = self.id();
        Ok(Rates::new(publication, rows).unwrap())
    }
}
