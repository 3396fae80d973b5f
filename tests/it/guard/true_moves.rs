//! Real moves of a single currency, with figures of the European Central Bank: shown in time, with or without a witness.

use masthead::money::Pair;
use masthead::strip::{Layout, Strip};
use masthead::ticker::{Bank, Evidence, GuardEvent};
use masthead::{Freshness, Ticker};

use crate::fake_hosts::{FakeHosts, ok};

const CODES: [&str; 22] = [
    "USD", "JPY", "CZK", "DKK", "GBP", "HUF", "PLN", "RON", "SEK", "CHF", "NOK", "TRY", "AUD",
    "BRL", "CAD", "CNY", "HKD", "IDR", "ILS", "INR", "KRW", "MXN",
];

/// A day and the bank's rates of it, in the order of the codes.
type Day = (&'static str, &'static str);

const LIRA: [Day; 7] = [
    (
        "2023-06-05",
        "1.069 149.96 23.573 7.4484 0.86323 369.28 4.4735 4.9653 11.642 0.9732 11.8275 22.6964 1.6219 5.2959 1.4367 7.6062 8.3787 15896.16 3.9996 88.3255 1396.49 18.7675",
    ),
    (
        "2023-06-06",
        "1.0683 149.09 23.52 7.4494 0.86103 368.63 4.4915 4.9592 11.6215 0.9698 11.8775 22.9762 1.6038 5.2538 1.4342 7.604 8.3777 15891.22 3.9529 88.2295 1388.93 18.6436",
    ),
    (
        "2023-06-07",
        "1.0717 149.42 23.625 7.4494 0.8597 368.73 4.4695 4.9586 11.6255 0.9704 11.7975 24.7925 1.6004 5.2607 1.4351 7.6235 8.4029 15901.74 3.9145 88.416 1394.04 18.6078",
    ),
    (
        "2023-06-08",
        "1.0737 149.98 23.625 7.4498 0.86113 368.65 4.4788 4.953 11.648 0.9751 11.758 25.0875 1.6061 5.2866 1.4342 7.6541 8.4126 15979.46 3.9336 88.617 1399.86 18.6188",
    ),
    (
        "2023-06-09",
        "1.078 150.24 23.666 7.4505 0.85795 368.73 4.4605 4.9566 11.673 0.9716 11.612 25.1244 1.6023 5.2965 1.4362 7.6839 8.4493 15996.72 3.8816 88.89 1391.11 18.7356",
    ),
    (
        "2023-06-12",
        "1.0765 150.03 23.759 7.452 0.85678 368.15 4.4395 4.9568 11.6185 0.9751 11.634 25.3874 1.592 5.2549 1.4357 7.6888 8.4326 15996.85 3.8627 88.733 1385.76 18.5997",
    ),
    (
        "2023-06-13",
        "1.0793 150.62 23.813 7.4524 0.8585 371.13 4.475 4.9627 11.64 0.9784 11.6235 25.5471 1.5922 5.2469 1.4403 7.7167 8.455 16044.83 3.8536 88.863 1373.73 18.6655",
    ),
];

const AUSTRALIA: [Day; 4] = [
    (
        "2025-04-01",
        "1.0788 160.93 24.954 7.4616 0.83665 402.63 4.1863 4.9774 10.816 0.952 11.318 40.9201 1.7255 6.1679 1.5529 7.8431 8.3943 18062.4 3.9973 92.384 1588.43 22.138",
    ),
    (
        "2025-04-02",
        "1.0803 161.22 24.963 7.4611 0.83455 400.95 4.1775 4.9775 10.764 0.9543 11.2745 40.9573 1.7146 6.1212 1.5479 7.8529 8.4067 18058.29 3.9977 92.362 1579.27 21.9953",
    ),
    (
        "2025-04-03",
        "1.1097 162.17 24.972 7.4613 0.84163 401.58 4.196 4.9774 10.7205 0.9538 11.4235 42.097 1.7448 6.2411 1.5636 8.0919 8.6311 18547.91 4.0919 94.6325 1615.11 22.223",
    ),
    (
        "2025-04-04",
        "1.1057 160.56 25.142 7.4618 0.84985 405.7 4.2625 4.9773 10.974 0.9407 11.6815 42.0298 1.8098 6.3407 1.5696 8.0518 8.5933 18750.74 4.1244 94.426 1601.11 22.5386",
    ),
];

/// The lira fell by 7.5 % in a day and stayed there; no witness is reachable.
#[tokio::test(start_paused = true)]
async fn the_lira_of_7_june_2023_is_shown_with_the_third_publication_after_it() {
    let site = Site::at("2023-06-05T20:00:00Z");
    let mut shown = Vec::new();
    for day in &LIRA {
        site.read(day).await;
        shown.push(site.row("eur/try"));
        assert_eq!(site.row("eur/usd").1, day.0, "the others move on");
    }
    let held = ("22.9762", "2023-06-06");
    let expected = [
        ("22.6964", "2023-06-05"),
        held,
        held,
        held,
        held,
        ("25.3874", "2023-06-12"),
        ("25.5471", "2023-06-13"),
    ];
    for (shown, expected) in shown.iter().zip(expected) {
        assert_eq!((shown.0.as_str(), shown.1.as_str()), expected, "{shown:?}");
    }
    assert!(site.ticker.holds().is_empty());
}

/// A quarantined row keeps its older value with its own day, which is not fresh; the report says which evidence ended the
/// quarantine.
#[tokio::test(start_paused = true)]
async fn the_report_says_how_many_publications_confirmed_the_lira() {
    let site = Site::at("2023-06-05T20:00:00Z");
    let mut released = Vec::new();
    for day in &LIRA {
        let events = site.read(day).await;
        let waits = site.row("eur/try").1 != day.0;
        let layout = Layout::line().rates([[pair("eur/try")]]).cities([]);
        let snapshot = site.ticker.snapshot();
        let strip = Strip::new(&snapshot, &layout, site.hosts.now());
        let item = strip.rates().next().unwrap();
        assert_eq!(item.freshness == Freshness::Fresh, !waits, "{}", day.0);
        released.extend(events.into_iter().filter_map(|event| match event {
            GuardEvent::Released { rows, evidence, .. } => Some((rows, evidence)),
            _ => None,
        }));
    }
    let [(rows, evidence)] = &released[..] else {
        panic!("{released:?}");
    };
    assert_eq!(
        rows.iter().map(|row| row.code()).collect::<Vec<_>>(),
        ["TRY"]
    );
    let day = "2023-06-12".parse().unwrap();
    assert_eq!(
        *evidence,
        Evidence::Further {
            publications: 3,
            day
        }
    );
    assert_eq!(
        evidence.to_string(),
        "3 further publications agree, the last of 2023-06-12"
    );
}

/// On a day with a market move two fixings may differ more: the Bank of Russia's Australian dollar differed by 2.2 %.
#[tokio::test(start_paused = true)]
async fn a_witness_may_differ_more_during_a_market_move() {
    let site = Site::at("2025-04-01T20:00:00Z");
    for day in &AUSTRALIA[..3] {
        site.read(day).await;
    }
    // The bank's rates of 4 April for the next day: 92.9855 rubles for a euro, 52.5385 for an Australian dollar.
    let euro = 92.9855;
    let figures = AUSTRALIA[3]
        .1
        .split(' ')
        .map(|value| value.parse::<f64>().unwrap());
    let rows = CODES.iter().zip(figures).map(|(code, value)| {
        let rubles = if *code == "AUD" { 52.5385 } else { euro / value };
        let nominal = if rubles < 0.1 { 10_000 } else { 1 };
        let value = format!("{:.4}", rubles * f64::from(nominal)).replace('.', ",");
        format!("<Valute><CharCode>{code}</CharCode><Nominal>{nominal}</Nominal><Value>{value}</Value></Valute>")
    });
    let rows: String = rows.collect();
    let euro =
        "<Valute><CharCode>EUR</CharCode><Nominal>1</Nominal><Value>92,9855</Value></Valute>";
    let body = format!(r#"<ValCurs Date="05.04.2025">{euro}{rows}</ValCurs>"#);
    site.hosts.on("www.cbr.ru", ok(body));
    site.read(&AUSTRALIA[3]).await;
    let (value, day) = site.row("eur/aud");
    assert_eq!((value.as_str(), day.as_str()), ("1.8098", "2025-04-04"));
    assert!(site.ticker.holds().is_empty(), "{:?}", site.ticker.holds());
}

/// The same difference is not allowed on the day before, when rates hardly moved.
#[tokio::test(start_paused = true)]
async fn a_witness_that_differs_as_much_on_a_quiet_day_confirms_nothing() {
    let site = Site::at("2025-04-01T20:00:00Z");
    site.read(&AUSTRALIA[0]).await;
    // Only the Australian dollar moves, by 4 %; the witness has 1.8 %.
    let quiet = AUSTRALIA[1].1.replace("1.7146", "1.7945");
    let moved: Day = ("2025-04-02", quiet.leak());
    let figures = AUSTRALIA[1]
        .1
        .split(' ')
        .map(|value| value.parse::<f64>().unwrap());
    let rows = CODES.iter().zip(figures).map(|(code, value)| {
        let value = if *code == "AUD" { 1.7565 } else { value };
        let (rubles, nominal) = (90.0 / value, if value > 900.0 { 10_000 } else { 1 });
        let value = format!("{:.4}", rubles * f64::from(nominal)).replace('.', ",");
        format!("<Valute><CharCode>{code}</CharCode><Nominal>{nominal}</Nominal><Value>{value}</Value></Valute>")
    });
    let rows: String = rows.collect();
    let euro =
        "<Valute><CharCode>EUR</CharCode><Nominal>1</Nominal><Value>90,0000</Value></Valute>";
    let body = format!(r#"<ValCurs Date="03.04.2025">{euro}{rows}</ValCurs>"#);
    site.hosts.on("www.cbr.ru", ok(body));
    site.read(&moved).await;
    let (value, day) = site.row("eur/aud");
    assert_eq!((value.as_str(), day.as_str()), ("1.7255", "2025-04-01"));
    let [hold] = &site.ticker.holds()[..] else {
        panic!("{:?}", site.ticker.holds());
    };
    assert_eq!(hold.contradicted_by, [masthead::SourceId::CBR]);
}

/// A site in the euro area. No witness answers unless a test sets one.
struct Site {
    hosts: FakeHosts,
    ticker: Ticker,
}

impl Site {
    fn at(now: &str) -> Self {
        let hosts = FakeHosts::at(now);
        let ticker = hosts.ticker().cities([]).bank(Bank::ecb());
        Self {
            ticker: ticker.build().unwrap(),
            hosts,
        }
    }

    /// Publishes a day's list, which the ticker reads at 20:00 UTC.
    async fn read(&self, (day, figures): &Day) -> Vec<GuardEvent> {
        let cubes = CODES.iter().zip(figures.split(' '));
        let cubes = cubes.map(|(code, rate)| format!(r#"<Cube currency="{code}" rate="{rate}"/>"#));
        let cubes: String = cubes.collect();
        self.hosts.on(
            "www.ecb.europa.eu",
            ok(format!(
                r#"<gesmes:Envelope><Cube><Cube time="{day}">{cubes}</Cube></Cube></gesmes:Envelope>"#
            )),
        );
        self.hosts.wait_until(&format!("{day}T20:00:00Z")).await;
        let report = self.ticker.refresh(self.hosts.now()).await;
        let events = report.entries.into_iter().flat_map(|entry| entry.events);
        events.collect()
    }

    /// Returns the value of a pair and its day.
    fn row(&self, text: &str) -> (String, String) {
        let snapshot = self.ticker.snapshot();
        let rates = snapshot.rates(self.hosts.now()).unwrap().value();
        let rate = rates.rate(pair(text)).unwrap();
        (rate.value().to_string(), rate.day().to_string())
    }
}

fn pair(text: &str) -> Pair {
    text.parse().unwrap()
}
