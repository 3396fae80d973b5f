//! Approval by the operator.

use chrono::TimeDelta;
use masthead::ledger::{Approval, Record, RecordId};
use masthead::money::Currency;
use masthead::ticker::{Evidence, FileStore, GuardEvent};

use super::bank_site::{BankSite, alone};
use crate::support::day;

const EVE: &str = "2026-04-01";

#[tokio::test(start_paused = true)]
async fn the_operator_releases_a_quarantined_value() {
    let mut site = BankSite::on(EVE, 475_09, alone).await;
    let today = day("2026-04-02");
    site.market.shock("UZS", 924);
    site.publish(today, 475_50);
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    let held = site.ticker.holds();
    let report = site.ticker.approve(held[0].id).await.unwrap();
    let released = &report.entries[0].events[..];
    assert!(
        matches!(
            released,
            [GuardEvent::Released {
                evidence: Evidence::Approved,
                ..
            }]
        ),
        "{released:?}"
    );
    let page = site.page(today);
    assert_eq!(
        site.row(&site.rates(), "UZS"),
        Some(format!("{} of {today}", page.print(page.value("UZS"))))
    );
    assert!(site.ticker.holds().is_empty());
    // The approved value is accepted when it is served again.
    site.pass(TimeDelta::minutes(31)).await;
    site.refresh().await;
    assert!(site.ticker.holds().is_empty());
    let error = site.ticker.approve(held[0].id).await.unwrap_err();
    assert!(
        error.to_string().contains(&held[0].id.to_string()),
        "{error}"
    );
}

/// All rows of a market move, after the operator has checked them.
#[tokio::test(start_paused = true)]
async fn the_operator_releases_a_market_move() {
    let mut site = BankSite::on("2015-08-20", 188_38, alone).await;
    let shock = day("2015-08-21");
    site.publish(shock, 255_26);
    site.wait_until(shock, "05:00").await;
    site.refresh().await;
    site.ticker
        .approve(site.ticker.holds()[0].id)
        .await
        .unwrap();
    assert_eq!(site.dollar(), "255.26 of 2015-08-21");
    assert!(site.ticker.holds().is_empty());
}

/// The records of another server may add rows to a quarantine that was approved.
#[tokio::test(start_paused = true)]
async fn an_approval_releases_no_row_that_it_does_not_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("masthead.ledger");
    let store = FileStore::new(&path);
    let mut site = BankSite::with(EVE, 475_09, alone, |builder| builder.store(store)).await;
    let today = day("2026-04-02");
    site.market.shock("UZS", 924);
    site.market.shock("KGS", 924);
    site.publish(today, 475_50);
    site.wait_until(today, "05:00").await;
    site.refresh().await;
    let held = |site: &BankSite| -> Vec<String> {
        let holds = site.ticker.holds();
        let rows = holds.iter().flat_map(|hold| hold.rows.iter());
        rows.map(|row| row.currency.to_string()).collect()
    };
    assert_eq!(held(&site), ["KGS", "UZS"]);

    site.pass(TimeDelta::minutes(1)).await;
    let file = FileStore::new(&path);
    let records = file.read(site.hosts.now()).unwrap().contents.ledger;
    let lists = records.records().filter_map(|record| match record {
        Record::Sighting(sighting) => sighting.rates().map(|rates| RecordId::of_rates(rates)),
        _ => None,
    });
    let approve = |id, rows| {
        Record::from(Approval {
            id,
            rows,
            at: site.hosts.now(),
        })
    };
    let som: Currency = "UZS".parse().unwrap();
    let approvals: Vec<Record> = lists.map(|id| approve(id, vec![som])).collect();
    file.append(&approvals, &[]).unwrap();

    let settings = site.hosts.ticker().cities([]).store(file);
    let bank = alone(masthead::ticker::Bank::national_bank_kz());
    site.ticker = settings.bank(bank).build().unwrap();
    assert_eq!(held(&site), ["KGS"]);
    let page = site.page(today);
    let som = Some(format!("{} of {today}", page.print(page.value("UZS"))));
    assert_eq!(site.row(&site.rates(), "UZS"), som);
    assert!(site.row(&site.rates(), "KGS").unwrap().ends_with(EVE));
}
