//! The built-in banks: their sources and their witnesses.

use std::sync::Arc;

use chrono::NaiveDate;

use super::{Bank, Witness};
use crate::money::{Currency, Pair, Rates};
use crate::source::{Cbr, Cbu, DynRates, Ecb, Frankfurter, NationalBankKz, Nbkr, Nbrb, Source};

impl Bank {
    /// The National Bank of Kazakhstan: the tenge. The second route to the same figures is Frankfurter, which is requested for the ticker's
    /// [shown pairs](crate::ticker::TickerBuilder::shown_pairs), by default the dollar, the euro, the ruble and the yuan. Witnesses: the banks of Uzbekistan,
    /// Belarus, Kyrgyzstan and Russia.
    pub fn national_bank_kz() -> Self {
        Self::new(Currency::KZT, NationalBankKz::ZONE)
            .rates_by_pairs(routes_to_national_bank_kz)
            .newest([of(NationalBankKz::newest())])
            .witnesses([cbu(), nbrb(), nbkr(), cbr().lagging(1)])
    }

    /// The Bank of Russia: the Russian ruble. Witnesses: the banks of Belarus, Uzbekistan and Kyrgyzstan.
    pub fn cbr() -> Self {
        Self::new(Currency::RUB, Cbr::ZONE)
            .rates([of(Cbr::of_day())])
            .newest([of(Cbr::newest())])
            .witnesses([nbrb(), cbu(), nbkr()])
    }

    /// The Central Bank of Uzbekistan: the Uzbek som. Witnesses: the banks of Kazakhstan and Russia.
    pub fn cbu() -> Self {
        Self::new(Currency::UZS, Cbu::ZONE)
            .rates([of(Cbu::of_day())])
            .newest([of(Cbu::newest())])
            .witnesses([national_bank_kz(), cbr()])
    }

    /// The National Bank of the Kyrgyz Republic: the Kyrgyz som. Its weekly list of about forty currencies is requested too,
    /// unless the [pairs shown](crate::ticker::TickerBuilder::shown_pairs) need only the daily list. Witnesses: the banks of
    /// Kazakhstan, Uzbekistan and Russia.
    pub fn nbkr() -> Self {
        Self::new(Currency::KGS, Nbkr::ZONE)
            .rates_by_pairs(lists_of_nbkr)
            .witnesses([national_bank_kz(), cbu(), cbr()])
    }

    /// The National Bank of the Republic of Belarus: the Belarusian ruble. Witnesses: the banks of Kazakhstan, Russia and Uzbekistan.
    pub fn nbrb() -> Self {
        Self::new(Currency::BYN, Nbrb::ZONE)
            .rates([of(Nbrb::of_day())])
            .newest([of(Nbrb::newest())])
            .witnesses([national_bank_kz(), cbr(), cbu()])
    }

    /// The European Central Bank: reference rates of the euro, for the day on which they are set. Witnesses: the banks of Belarus and Russia,
    /// whose rates are for the day after.
    pub fn ecb() -> Self {
        Self::new(Currency::EUR, Ecb::ZONE)
            .rates([of(Ecb::daily())])
            .days_ahead(1)
            // Their rates are set on one day and official on the next.
            .witnesses([nbrb().lagging(1), cbr().lagging(1)])
    }
}

fn routes_to_national_bank_kz(pairs: &[Pair]) -> Vec<Arc<DynRates>> {
    let foreign = |pair: &Pair| match pair.base() {
        Currency::KZT => pair.quote(),
        base => base,
    };
    let frankfurter = if pairs.is_empty() {
        Frankfurter::new()
    } else {
        Frankfurter::new().currencies(pairs.iter().map(foreign))
    };
    vec![of(NationalBankKz::of_day()), of(frankfurter)]
}

fn lists_of_nbkr(pairs: &[Pair]) -> Vec<Arc<DynRates>> {
    let is_daily = |currency| currency == Currency::KGS || Nbkr::DAILY.contains(&currency);
    let daily_alone = pairs
        .iter()
        .all(|pair| is_daily(pair.base()) && is_daily(pair.quote()));
    vec![of(if daily_alone && !pairs.is_empty() {
        Nbkr::daily()
    } else {
        Nbkr::daily_and_weekly()
    })]
}

fn of(source: impl Source<Query = NaiveDate, Reading = Rates> + 'static) -> Arc<DynRates> {
    Arc::new(source)
}

fn national_bank_kz() -> Witness {
    Witness::new(of(NationalBankKz::newest()))
}

fn cbr() -> Witness {
    Witness::new(of(Cbr::newest()))
}

fn cbu() -> Witness {
    Witness::new(of(Cbu::newest()))
}

fn nbkr() -> Witness {
    Witness::new(of(Nbkr::daily()))
}

fn nbrb() -> Witness {
    Witness::new(of(Nbrb::newest()))
}
