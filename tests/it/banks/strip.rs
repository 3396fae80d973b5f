//! From a bank's document to the line on a page, in the bank's own currency.

use masthead::money::{Currency, Pair};
use masthead::strip::Lang;
use masthead::ticker::Bank;
use masthead::{Layout, Strip};

use super::{Printed, ROWS, nbkr, nbrb};
use crate::fake_hosts::{FakeHosts, Reply, ok};

fn answer(day: &str) -> Reply {
    let document = nbrb::document(day, &ROWS);
    ok(String::from_utf8(document.body().to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_ticker_keeps_another_banks_rates_and_the_strip_names_it() {
    let address = "api.nbrb.by/exrates/rates?periodicity=0";
    let hosts = FakeHosts::at("2027-03-04T09:00:00Z");
    hosts.on(address, answer("2027-03-05"));
    hosts.on(
        &format!("{address}&ondate=2027-03-04"),
        answer("2027-03-04"),
    );
    let ticker = hosts
        .ticker()
        .bank(Bank::nbrb().witnesses([]))
        .weather([])
        .cities([])
        .build()
        .unwrap();
    let report = ticker.refresh(hosts.now()).await;
    // The documents' numbers are invented, so the guard quarantines them and an operator has to approve.
    assert!(!report.is_complete(), "{report}");
    assert!(ticker.snapshot().rates(hosts.now()).is_none());
    for hold in ticker.holds() {
        ticker.approve(hold.id).await.unwrap();
    }
    let next = ticker.snapshot().next(hosts.now()).unwrap().value().day();
    assert_eq!(next, "2027-03-05".parse().unwrap());

    let pair = Pair::new(Currency::USD, Currency::BYN).unwrap();
    let layout = Layout::line()
        .rates([[pair]])
        .lang(Lang::Ru)
        .isolates(false);
    let line = Strip::new(&ticker.snapshot(), &layout, hosts.now())
        .text()
        .to_string();
    assert!(line.starts_with("usd/byn 512.3400"), "{line}");
    assert!(line.contains("на 4 марта 2027"), "{line}");
    assert!(
        line.contains("Национальный банк Республики Беларусь"),
        "{line}"
    );
}

/// Figures near the bank's own, so that a first start accepts them.
const SOMS: [Printed; 5] = [
    ["USD", "87.4310", "1", ""],
    ["EUR", "101.4925", "1", ""],
    ["RUB", "1.2251", "1", ""],
    ["CNY", "12.8695", "1", ""],
    ["KZT", "0.1862", "1", ""],
];

/// From 16:20 on the bank's only feed has the list of the next day, so a ticker that starts then has no other.
#[tokio::test(start_paused = true)]
async fn a_first_start_in_the_evening_shows_the_list_of_tomorrow_as_tomorrows() {
    let hosts = FakeHosts::at("2026-05-23T14:00:00Z");
    let document = nbkr::document("2026-05-24", &SOMS);
    let document = String::from_utf8(document.body().to_vec()).unwrap();
    hosts.on("www.nbkr.kg", ok(document));
    let bank = Bank::nbkr().witnesses([]);
    let ticker = hosts.ticker().bank(bank).weather([]).cities([]);
    let ticker = ticker.build().unwrap();
    ticker.refresh(hosts.now()).await;
    assert!(ticker.snapshot().rates(hosts.now()).is_none());

    let pairs = [Currency::USD, Currency::KZT].map(|code| Pair::new(code, Currency::KGS).unwrap());
    let layout = Layout::line().rates([pairs]).cities([]).isolates(false);
    let snapshot = ticker.snapshot();
    let line = |layout: &Layout, now: &str| {
        let strip = Strip::new(&snapshot, layout, now.parse().unwrap());
        strip.text().to_string()
    };
    let evening = line(&layout, "2026-05-23T14:00:00Z");
    assert!(evening.starts_with("usd/kgs 87.4310"), "{evening}");
    assert!(
        evening.ends_with(" · from 24 May 2026, National Bank of the Kyrgyz Republic, just now"),
        "{evening}"
    );
    let russian = line(&layout.clone().lang(Lang::Ru), "2026-05-23T14:00:00Z");
    assert!(russian.contains("вступают в силу 24 мая 2026"), "{russian}");
    let strip = Strip::new(&snapshot, &layout, hosts.now());
    let document = serde_json::to_value(strip.json()).unwrap();
    for rows in [&document["rates"], &document["next"]] {
        assert_eq!(rows[0]["value"], "87.4310");
        assert_eq!(rows[0]["day"], "2026-05-24");
        assert_eq!(
            (&rows[0]["behind"], &rows[0]["freshness"]),
            (&false.into(), &"fresh".into())
        );
    }
    // At midnight in Bishkek the list comes into force without a request.
    let tomorrow = line(&layout, "2026-05-23T18:00:00Z");
    assert!(tomorrow.contains("as of 24 May 2026"), "{tomorrow}");
}
