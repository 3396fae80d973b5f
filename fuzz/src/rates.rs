use std::sync::Arc;

use chrono::NaiveDate;
use masthead::money::{Currency, Money, Quotation, Rates};
use masthead::source::{DynRates, Frankfurter, NationalBankKz};
use masthead::ticker::Bank;
use masthead::{Attribution, Snapshot, SourceId};

use crate::{answer, page};

/// Returns the sources by their place, from which seeds select. A bank that is added stands last in the list of the crate.
fn sources() -> Vec<Arc<DynRates>> {
    let mut sources: Vec<Arc<DynRates>> = vec![
        Arc::new(NationalBankKz::of_day()),
        Arc::new(NationalBankKz::newest()),
        Arc::new(NationalBankKz::newest_main()),
        Arc::new(Frankfurter::new()),
    ];
    let others = Bank::ids().filter(|id| *id != SourceId::NATIONAL_BANK_KZ);
    sources.extend(others.filter_map(|id| {
        let bank: Bank = id.as_str().parse().ok()?;
        bank.sources().last().cloned()
    }));
    sources
}

/// Decodes rates: the first byte selects the source, the rest is its response of 4 March 2027.
pub fn rates(data: &[u8]) -> bool {
    let sources = sources();
    let Some((source, body)) = answer::choose(&sources, data) else {
        return false;
    };
    let today = NaiveDate::from_ymd_opt(2027, 3, 4).unwrap_or_default();
    let Some(rates) = answer::read(&**source, &today, body) else {
        return false;
    };
    believable(&rates);
    convert(&rates);
    show(rates, answer::digest(body));
    true
}

/// Checks the guarantees of `Rates`.
fn believable(rates: &Rates) {
    let home = rates.home();
    let mut before: Option<Currency> = None;
    let mut rows = 0;
    for rate in rates.iter() {
        let foreign = match rates.publication().quotation {
            Quotation::HomePerForeign => rate.pair().base(),
            Quotation::ForeignPerHome => rate.pair().quote(),
        };
        assert!(foreign != home, "{home} in {home}");
        assert!(
            before.is_none_or(|before| before < foreign),
            "{foreign} out of order"
        );
        let value = rate.value();
        assert!(
            value.is_sign_positive() && !value.is_zero(),
            "{foreign} is {value}"
        );
        assert!(
            rate.change().is_none_or(|change| change < value),
            "{foreign} is {value} after a change of {:?}",
            rate.change()
        );
        let nominal = rate.nominal().to_string();
        assert!(
            nominal.starts_with('1') && nominal[1..].bytes().all(|digit| digit == b'0'),
            "{nominal}"
        );
        assert_eq!(rates.rate(rate.pair()), Some(rate));
        assert_eq!(rate.day(), rates.day());
        before = Some(foreign);
        rows += 1;
    }
    assert!(rows > 0 && rows == rates.len());
}

/// Converts every currency to the home currency and to dollars without a panic, and to itself without a change.
fn convert(rates: &Rates) {
    let home = rates.home();
    for rate in rates.iter() {
        for currency in [rate.pair().base(), rate.pair().quote()] {
            let amount: Money = format!("7 {currency}").parse().expect("an amount");
            assert_eq!(rates.convert(amount, currency), Ok(amount));
            _ = rates.convert(amount, home);
            _ = rates.convert(amount, Currency::USD);
        }
    }
}

fn show(rates: Rates, choice: u64) {
    let noon = rates
        .day()
        .and_hms_opt(12, 0, 0)
        .unwrap_or_default()
        .and_utc();
    let mut snapshot = Snapshot::default();
    snapshot.add_rates(rates, Attribution::new("The bank"), noon);
    page::of_choice(&snapshot, noon, choice);
}
