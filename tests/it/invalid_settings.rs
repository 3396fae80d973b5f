//! Settings of a ticker and of a layout that cannot be meant so: each is an error that names it.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use masthead::money::{Currency, Pair};
use masthead::source::{DynRates, NationalBankKz};
use masthead::ticker::{Bank, InvalidTicker, TickerBuilder};
use masthead::{FreshnessPolicy, Ticker};

fn builder() -> TickerBuilder {
    Ticker::builder("tests")
}

/// The error of the ticker, which is that of its engine too.
#[track_caller]
fn refused(settings: fn() -> TickerBuilder) -> InvalidTicker {
    let error = settings().build().unwrap_err();
    let of_engine = settings().engine().unwrap_err();
    assert_eq!(error.to_string(), of_engine.to_string());
    error
}

#[test]
fn a_deadline_of_zero_is_refused() {
    let error = refused(|| builder().deadline(Duration::ZERO));
    assert!(matches!(error, InvalidTicker::Deadline));
    let said = "the deadline of a refresh is 0: expected a time after its begin";
    assert_eq!(error.to_string(), said);
    for deadline in [Duration::from_nanos(1), Duration::MAX] {
        assert!(builder().deadline(deadline).build().is_ok());
    }
}

#[test]
fn a_policy_with_a_negative_time_is_refused() {
    type Limit = fn(&mut FreshnessPolicy) -> &mut TimeDelta;
    let limits: [(&str, Limit); 4] = [
        ("rates_ageing", |policy| &mut policy.rates_ageing),
        ("forecast_fresh", |policy| &mut policy.forecast_fresh),
        ("forecast_stale", |policy| &mut policy.forecast_stale),
        ("forecast_unconfirmed", |policy| {
            &mut policy.forecast_unconfirmed
        }),
    ];
    for (name, limit) in limits {
        let with = |time| {
            let mut policy = FreshnessPolicy::default();
            *limit(&mut policy) = time;
            builder().policy(policy).build()
        };
        assert!(with(TimeDelta::zero()).is_ok(), "{name}");
        for time in [TimeDelta::milliseconds(-1), TimeDelta::MIN] {
            let error = with(time).unwrap_err();
            let InvalidTicker::Policy { limit, time: found } = error else {
                panic!("{error}");
            };
            assert_eq!((limit, found), (name, time));
        }
    }
    let mut policy = FreshnessPolicy::default();
    policy.rates_ageing = TimeDelta::hours(-1);
    let said = builder().policy(policy).build().unwrap_err().to_string();
    assert_eq!(
        said,
        "rates_ageing of the policy is -PT3600S: expected 0 or more"
    );
}

#[test]
fn a_pair_that_the_bank_quotes_the_other_way_round_is_refused() {
    let error = refused(|| builder().pairs([Pair::EUR_KZT, Pair::USD_KZT.inverse()]));
    assert_eq!(error.to_string(), "the bank quotes USD/KZT, not KZT/USD");
    let error = refused(|| builder().shown_pairs([Pair::USD_KZT.inverse()]));
    assert!(matches!(error, InvalidTicker::Direction { pair } if pair == Pair::USD_KZT.inverse()));
    // The European Central Bank quotes foreign units for a euro.
    let euro = || builder().bank(Bank::ecb());
    let dollars = Pair::new(Currency::EUR, Currency::USD).unwrap();
    assert!(euro().pairs([dollars]).build().is_ok());
    let error = euro().pairs([dollars.inverse()]).build().unwrap_err();
    assert_eq!(error.to_string(), "the bank quotes EUR/USD, not USD/EUR");
    // The direction of a site's own sources is not known.
    let source: Arc<DynRates> = Arc::new(NationalBankKz::of_day());
    let own = || Bank::new(Currency::KZT, NationalBankKz::ZONE).rates([Arc::clone(&source)]);
    for pair in [Pair::USD_KZT, Pair::USD_KZT.inverse()] {
        assert!(builder().bank(own()).pairs([pair]).build().is_ok());
    }
}

#[cfg(feature = "web")]
#[test]
fn an_empty_name_of_a_city_is_refused_and_never_printed() {
    use masthead::strip::Lang;
    use masthead::weather::City;
    use masthead::web::InvalidService;
    use masthead::{Layout, Snapshot, Strip};

    let astana = City::find("astana").unwrap();
    for name in ["", " ", "\u{a0}\t"] {
        let layout = Layout::line().city_name(Lang::Ru, astana.id(), name);
        let ticker = builder().shows(&layout).build().unwrap();
        let error = ticker.service(layout.clone()).build().unwrap_err();
        let city = astana.id().clone();
        assert_eq!(
            error,
            InvalidService::CityName {
                city,
                lang: Lang::Ru
            }
        );
        let said = "the layout gives astana an empty name in ru";
        assert_eq!(error.to_string(), said);

        let snapshot = Snapshot::sample();
        let layout = layout.lang(Lang::Ru).rates([[]]).isolates(false);
        let text = Strip::new(&snapshot, &layout, Snapshot::SAMPLE_TIME)
            .text()
            .to_string();
        assert!(text.starts_with("Астана "), "{text}");
    }
    let named = Layout::line().city_name(Lang::Ru, astana.id(), "Астана");
    let ticker = builder().shows(&named).build().unwrap();
    assert!(ticker.service(named).build().is_ok());
}
