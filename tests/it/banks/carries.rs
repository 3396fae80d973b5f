//! Answers that name another day than the one requested: a proof that the earlier list is in force, or none, as the bank's profile says.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::SourceId;
use masthead::ledger::{Feed as LedgerFeed, InForce, Ledger, NoRates, Sighting, View};
use masthead::money::Rates;
use masthead::source::{Cbar, DynRates, Nbg, Nbu, Source as _};
use masthead::ticker::Bank;

use super::{DAY, Feed, ROWS, reason};
use crate::fake_hosts::{FakeHosts, ok};
use crate::support::{self, day, recorded, time};

/// Noon of a day in UTC, which is of the same day in the zone of every bank.
fn noon(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(9, 0, 0).unwrap().and_utc()
}

/// The rates of a day by the answer to a request for `asked`, read at noon of that day.
fn rates_on(rates: &Rates, asked: NaiveDate, of: NaiveDate) -> Result<InForce, NoRates> {
    let bank = rates.publication().source.clone();
    let at = noon(asked);
    let sighting = Sighting::of_rates(bank.clone(), LedgerFeed::OfDay, asked, rates.clone(), at);
    Ledger::from_iter([sighting.into()]).rates_on(of, at, &View::new(bank))
}

/// Checks the days of an answer for `asked` that names an earlier day: that day has it, the requested one if it is `carried`, and those between
/// never.
#[track_caller]
fn names_an_earlier_day(rates: &Rates, asked: NaiveDate, named: NaiveDate, carried: bool) {
    let bank = &rates.publication().source;
    assert!(named < asked && rates.day() == named, "{bank}");
    let found = rates_on(rates, asked, named).unwrap();
    assert_eq!((&*found.rates, found.since), (rates, named), "{bank}");
    for of in named.iter_days().skip(1).take_while(|of| *of <= asked) {
        let found = rates_on(rates, asked, of);
        if carried && of == asked {
            let found = found.unwrap();
            let days = (found.since, found.until, found.rates.day());
            assert_eq!(days, (named, asked, named), "{bank}");
        } else {
            let last = NoRates::AfterLast {
                bank: bank.clone(),
                day: of,
                last: named,
            };
            assert_eq!(found, Err(last), "{bank}");
        }
    }
}

#[test]
fn an_answer_of_an_earlier_day_is_carried_for_the_longest_pause_of_the_bank() {
    let asked = day(DAY);
    let mut carrying = Vec::new();
    for feed in Feed::with_national_bank_kz() {
        let pause = feed.form.pause;
        for earlier in [1, 2, pause, pause + 1]
            .into_iter()
            .filter(|days| *days > 0)
        {
            let named = asked - TimeDelta::days(earlier.into());
            let answer = feed.document(&named.to_string(), &ROWS);
            let rates = feed.source.decode(&asked, &answer).unwrap();
            names_an_earlier_day(&rates, asked, named, earlier <= pause);
        }
        if pause > 0 && feed.of_day {
            carrying.push(feed.id.to_string());
        }
    }
    carrying.dedup();
    assert_eq!(carrying, ["cbr", "cbu", "nbrb", "nbg", "cbar"]);
}

#[test]
fn an_answer_of_a_later_day_is_no_answer_for_the_day_requested() {
    let (asked, named) = (day(DAY), day("2027-03-06"));
    for feed in Feed::with_national_bank_kz() {
        let answer = feed.document("2027-03-06", &ROWS);
        let read = feed.source.decode(&asked, &answer);
        if feed.of_day {
            let said = "rates of 2027-03-06, expected 2027-03-04 or an earlier day";
            assert_eq!(reason(&*feed.source, read), said);
            continue;
        }
        // A feed that takes no day has its newest list: that is in force from its own day on.
        let rates = read.unwrap();
        for of in [asked, day("2027-03-05")] {
            let before = rates_on(&rates, asked, of);
            let (bank, first) = (feed.id.clone(), named);
            assert_eq!(
                before,
                Err(NoRates::BeforeFirst {
                    bank,
                    day: of,
                    first
                })
            );
        }
        assert_eq!(*rates_on(&rates, asked, named).unwrap().rates, rates);
    }
}

/// The days of the history of a ticker that had one answer: the day, whether it has rates, and the day of their list.
async fn shown(id: &SourceId, named: &str, at: &str) -> Vec<(NaiveDate, Option<NaiveDate>)> {
    let feed = Feed::of(id).remove(0);
    let hosts = FakeHosts::at(at);
    let document = feed.document(named, &ROWS);
    for source in id.as_str().parse::<Bank>().unwrap().sources() {
        let host = source.request(&day(DAY)).uri().host().unwrap().to_owned();
        let body = String::from_utf8_lossy(document.body()).into_owned();
        hosts.on(&host, ok(body));
    }
    let bank: Bank = id.as_str().parse().unwrap();
    let bank = bank.newest([]).witnesses([]);
    let ticker = hosts
        .ticker()
        .bank(bank)
        .weather([])
        .cities([])
        .build()
        .unwrap();
    ticker.refresh(hosts.now()).await;
    // The documents' numbers are invented.
    for hold in ticker.holds() {
        ticker.approve(hold.id).await.unwrap();
    }
    let history = ticker.history();
    let days = day(named)
        .iter_days()
        .take_while(|of| *of <= day("2027-03-05"));
    let list = |of| history.rates_on(of).ok().map(|found| found.rates.day());
    days.map(|of| (of, list(of))).collect()
}

#[tokio::test(start_paused = true)]
async fn a_ticker_carries_the_list_of_an_earlier_day_as_the_profile_says() {
    let carry = ["cbr", "cbu", "nbkr", "nbrb", "nbg", "cbar"];
    for id in Bank::ids() {
        let named = day("2027-03-02");
        let days = shown(&id, "2027-03-02", "2027-03-04T09:00:00Z").await;
        let carried = carry.contains(&id.as_str()).then_some(named);
        let expected = [
            (named, Some(named)),
            (day("2027-03-03"), None),
            (day(DAY), carried),
            (day("2027-03-05"), None),
        ];
        assert_eq!(days, expected, "{id}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_ticker_has_no_rates_of_the_day_of_the_european_central_bank_before_they_are_set() {
    // On Thursday morning the newest list is Wednesday's, and Thursday will have one of its own.
    let days = shown(&SourceId::ECB, "2027-03-03", "2027-03-04T08:00:00Z").await;
    let wednesday = day("2027-03-03");
    let expected = [
        (wednesday, Some(wednesday)),
        (day(DAY), None),
        (day("2027-03-05"), None),
    ];
    assert_eq!(days, expected);
}

#[test]
#[ignore = "needs the recorded answers"]
fn the_recorded_answers_of_georgia_and_azerbaijan_carry_the_list_that_they_name() {
    let sources: [(&DynRates, &str, &str, &str); 3] = [
        (
            &Nbg::of_day(),
            "nbg/currencies_2026-03-02.json",
            "2026-03-02",
            "2026-02-28",
        ),
        (
            &Nbg::of_day(),
            "nbg/currencies_2026-03-04.json",
            "2026-03-04",
            "2026-03-03",
        ),
        (
            &Cbar::of_day(),
            "cbar/1993-11-26.xml",
            "1993-11-26",
            "1993-11-25",
        ),
    ];
    for (source, file, asked, named) in sources {
        let answer = support::ok(recorded(file));
        let (asked, named) = (day(asked), day(named));
        let rates = source.decode(&asked, &answer).unwrap();
        names_an_earlier_day(&rates, asked, named, true);
        // The same answer to a request for the day before the one that it names.
        let before = named.pred_opt().unwrap();
        let read = source.decode(&before, &answer);
        let said = format!("rates of {named}, expected {before} or an earlier day");
        assert_eq!(reason(source, read), said);
    }
    // The 3 March of Georgia was answered with the same bytes, and is that day's own list.
    let answer = support::ok(recorded("nbg/currencies_2026-03-04.json"));
    let third = day("2026-03-03");
    let rates = Nbg::of_day().decode(&third, &answer).unwrap();
    let found = rates_on(&rates, third, third).unwrap();
    assert_eq!((found.since, found.until), (third, third));
}

#[test]
#[ignore = "needs the recorded answers"]
fn each_recorded_day_of_ukraine_has_its_own_list_and_carries_none() {
    let text = String::from_utf8(recorded("nbu/exchange_site_2026-03-10_17.json")).unwrap();
    let rows: Vec<&str> = text
        .split('{')
        .skip(1)
        .map(|row| row.split_once('}').unwrap().0)
        .collect();
    let answer = |of: NaiveDate| {
        let dated = of.format("\"exchangedate\":\"%d.%m.%Y\"").to_string();
        let rows = rows.iter().filter(|row| row.contains(&dated));
        let rows: Vec<String> = rows.map(|row| format!("{{{row}}}")).collect();
        support::ok(format!("[{}]", rows.join(",")))
    };
    let days: Vec<NaiveDate> = day("2026-03-10").iter_days().take(8).collect();
    let lists = days
        .iter()
        .map(|of| Nbu::of_day().decode(of, &answer(*of)).unwrap());
    let sightings = lists.clone().zip(&days).map(|(rates, of)| {
        Sighting::of_rates(SourceId::NBU, LedgerFeed::OfDay, *of, rates, noon(*of)).into()
    });
    let known: Ledger = sightings.collect();
    let now = time("2026-03-18T00:00:00Z");
    for (of, rates) in days.iter().zip(lists) {
        let found = known.rates_on(*of, now, &View::new(SourceId::NBU)).unwrap();
        assert_eq!(
            (&*found.rates, found.since, found.until),
            (&rates, *of, *of)
        );
    }
    // Friday's list as the answer for Saturday, with Friday in it, would be a fault: the bank has a list of Saturday.
    let (friday, saturday) = (days[3], days[4]);
    let rates = Nbu::of_day().decode(&saturday, &answer(friday)).unwrap();
    names_an_earlier_day(&rates, saturday, friday, false);
}
