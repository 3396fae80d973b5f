//! From a bank's document to a reader's line, in the bank's own currency.

use masthead::money::{Currency, Pair};
use masthead::strip::Lang;
use masthead::ticker::Bank;
use masthead::{Layout, Strip};

use super::{ROWS, nbrb};
use crate::world::{Reply, World, ok};

fn answer(day: &str) -> Reply {
    let document = nbrb::document(day, &ROWS);
    ok(String::from_utf8(document.body().to_vec()).unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_ticker_keeps_another_banks_rates_and_the_strip_names_it() {
    let address = "api.nbrb.by/exrates/rates?periodicity=0";
    let world = World::at("2027-03-04T09:00:00Z");
    world.on(address, answer("2027-03-05"));
    world.on(
        &format!("{address}&ondate=2027-03-04"),
        answer("2027-03-04"),
    );
    let ticker = world
        .ticker()
        .bank(Bank::nbrb().witnesses([]))
        .weather([])
        .cities([])
        .build()
        .unwrap();
    let report = ticker.refresh(world.now()).await;
    // The documents' numbers are made up, which is seen; an operator who knows better says so.
    assert!(!report.is_complete(), "{report}");
    assert!(ticker.snapshot().rates(world.now()).is_none());
    for hold in ticker.holds() {
        ticker.approve(hold.id).await.unwrap();
    }
    let next = ticker.snapshot().next(world.now()).unwrap().value().day();
    assert_eq!(next, "2027-03-05".parse().unwrap());

    let pair = Pair::new(Currency::USD, Currency::BYN).unwrap();
    let layout = Layout::line()
        .rates([[pair]])
        .lang(Lang::Ru)
        .isolates(false);
    let line = Strip::new(&ticker.snapshot(), &layout, world.now())
        .text()
        .to_string();
    assert!(line.starts_with("usd/byn 512.3400"), "{line}");
    assert!(line.contains("на 4 марта 2027"), "{line}");
    assert!(
        line.contains("Национальный банк Республики Беларусь"),
        "{line}"
    );
}
