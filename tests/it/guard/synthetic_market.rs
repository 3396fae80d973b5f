//! A synthetic market: the price of a dollar in each currency by day, and the lists that banks print from it.
//!
//! All values are integers, so that a seed gives the same numbers everywhere.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};

/// Approximate price of a dollar: the code, the price in hundredths, and the nominal of a row.
pub(crate) const CURRENCIES: [(&str, i128, u32); 34] = [
    ("AED", 367, 1),
    ("AMD", 38_000, 10),
    ("AUD", 150, 1),
    ("AZN", 170, 1),
    ("BRL", 530, 1),
    ("BYN", 300, 1),
    ("CAD", 140, 1),
    ("CHF", 80, 1),
    ("CNY", 690, 1),
    ("CZK", 2_100, 1),
    ("DKK", 650, 1),
    ("EUR", 87, 1),
    ("GBP", 76, 1),
    ("GEL", 270, 1),
    ("HKD", 780, 1),
    ("HUF", 34_000, 10),
    ("INR", 9_400, 1),
    ("JPY", 16_000, 1),
    ("KGS", 8_700, 1),
    ("KRW", 150_000, 100),
    ("KZT", 48_000, 1),
    ("MDL", 1_800, 1),
    ("MYR", 400, 1),
    ("NOK", 980, 1),
    ("PLN", 370, 1),
    ("RUB", 8_100, 1),
    ("SAR", 375, 1),
    ("SEK", 960, 1),
    ("SGD", 130, 1),
    ("THB", 3_300, 1),
    ("TRY", 4_400, 1),
    ("UAH", 4_400, 1),
    ("USD", 100, 1),
    ("UZS", 1_200_000, 100),
];

/// Units of the internal price of 1.00.
const ONE: i128 = 10_000_000_000;

/// The price of a dollar in each currency.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    units: BTreeMap<&'static str, i128>,
}

impl Market {
    pub(crate) fn new() -> Self {
        let units = CURRENCIES.map(|(code, hundredths, _)| (code, hundredths * ONE / 100));
        Self {
            units: units.into(),
        }
    }

    /// Moves every currency except the dollar by up to `most` hundred thousandths.
    pub(crate) fn pass(&mut self, random: &mut fastrand::Rng, most: i64) {
        for (code, units) in &mut self.units {
            if *code != "USD" {
                *units += *units * i128::from(random.i64(-most..=most)) / 100_000;
            }
        }
    }

    /// Sets the price of a dollar in a currency, in hundredths.
    pub(crate) fn set(&mut self, code: &'static str, hundredths: i128) {
        self.units.insert(code, hundredths * ONE / 100);
    }

    /// Raises the price of a dollar in a currency by so many thousandths.
    pub(crate) fn shock(&mut self, code: &'static str, thousandths: i64) {
        let units = self.units.get_mut(code).unwrap();
        *units += *units * i128::from(thousandths) / 1000;
    }

    /// Returns a bank's list of a day: every other currency in its own, with `scale` decimals.
    pub(crate) fn page(&self, home: &str, day: NaiveDate, scale: u32) -> Page {
        let own = self.units[home];
        let lines = CURRENCIES.iter().filter(|(code, ..)| *code != home);
        let lines = lines.map(|&(code, _, nominal)| {
            let scaled = own * i128::from(nominal) * 10_i128.pow(scale);
            let value = (scaled * 2 / self.units[code] + 1) / 2;
            Line {
                code,
                nominal,
                value: value.try_into().unwrap(),
                change: 0,
            }
        });
        Page {
            day,
            scale,
            lines: lines.collect(),
        }
    }
}

/// A publication: its day and its rows, in units of the last decimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) day: NaiveDate,
    scale: u32,
    pub(crate) lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) code: &'static str,
    pub(crate) nominal: u32,
    pub(crate) value: i64,
    pub(crate) change: i64,
}

impl Page {
    /// Sets the changes since the previous publication.
    pub(crate) fn after(mut self, before: &Self) -> Self {
        for line in &mut self.lines {
            let known = before.lines.iter().find(|known| known.code == line.code);
            line.change = known.map_or(0, |known| line.value - known.value);
        }
        self
    }

    /// Returns the same rows under another day.
    pub(crate) fn under(&self, day: NaiveDate) -> Self {
        Self {
            day,
            ..self.clone()
        }
    }

    /// Returns the same rows as the response for a day without its own publication.
    pub(crate) fn echoed(&self, day: NaiveDate) -> Self {
        let mut page = self.under(day);
        page.lines.iter_mut().for_each(|line| line.change = 0);
        page
    }

    /// Alters one row.
    pub(crate) fn with(mut self, code: &str, alter: impl Fn(&mut Line)) -> Self {
        alter(self.line_mut(code));
        self
    }

    /// Alters every row.
    pub(crate) fn with_each(mut self, alter: impl Fn(&mut Line)) -> Self {
        self.lines.iter_mut().for_each(alter);
        self
    }

    pub(crate) fn value(&self, code: &str) -> i64 {
        self.lines
            .iter()
            .find(|line| line.code == code)
            .unwrap()
            .value
    }

    fn line_mut(&mut self, code: &str) -> &mut Line {
        self.lines
            .iter_mut()
            .find(|line| line.code == code)
            .unwrap()
    }

    /// Formats a number as this publication prints it.
    pub(crate) fn print(&self, value: i64) -> String {
        let one = 10_i64.pow(self.scale);
        let (whole, rest) = (value.abs() / one, value.abs() % one);
        let sign = if value < 0 { "-" } else { "" };
        format!("{sign}{whole}.{rest:0width$}", width = self.scale as usize)
    }

    fn signed(&self, change: i64) -> String {
        let plus = if change > 0 { "+" } else { "" };
        format!("{plus}{}", self.print(change))
    }

    /// Formats the list as the National Bank of Kazakhstan's feed of a day.
    pub(crate) fn national_bank(&self) -> String {
        let items = self.lines.iter().map(|line| {
            let (value, change) = (self.print(line.value), self.signed(line.change));
            let Line { code, nominal, .. } = line;
            format!("<item><title>{code}</title><description>{value}</description><quant>{nominal}</quant><change>{change}</change></item>")
        });
        let items: String = items.collect();
        format!(
            "<rates><date>{}</date>{items}</rates>",
            self.day.format("%d.%m.%Y")
        )
    }

    /// Formats the list as the Central Bank of Uzbekistan's.
    pub(crate) fn cbu(&self) -> String {
        let day = self.day.format("%d.%m.%Y");
        let rows = self.lines.iter().map(|line| {
            let (rate, diff) = (self.print(line.value), self.print(line.change));
            let Line { code, nominal, .. } = line;
            format!(r#"{{"Ccy":"{code}","Nominal":"{nominal}","Rate":"{rate}","Diff":"{diff}","Date":"{day}"}}"#)
        });
        format!("[{}]", rows.collect::<Vec<_>>().join(","))
    }

    /// Formats the daily list of five of the National Bank of Kyrgyzstan.
    pub(crate) fn nbkr(&self) -> String {
        let five = self
            .lines
            .iter()
            .filter(|line| ["USD", "EUR", "CNY", "KZT", "RUB"].contains(&line.code));
        let rows = five.map(|line| {
            let value = self.print(line.value).replace('.', ",");
            let Line { code, nominal, .. } = line;
            format!(r#"<Currency ISOCode="{code}"><Nominal>{nominal}</Nominal><Value>{value}</Value></Currency>"#)
        });
        let rows: String = rows.collect();
        format!(
            r#"<CurrencyRates Name="Daily Exchange Rates" Date="{}">{rows}</CurrencyRates>"#,
            self.day.format("%d.%m.%Y")
        )
    }

    /// Formats Frankfurter's repetition: the dollar, and the dollar in every other currency to the digits that it prints.
    pub(crate) fn frankfurter(&self) -> String {
        let dollar = self.value("USD");
        let day = self.day;
        let quote = |code: &str, rate: String| {
            format!(r#"{{"date":"{day}","base":"USD","quote":"{code}","rate":{rate}}}"#)
        };
        let others = self
            .lines
            .iter()
            .filter(|line| line.code != "USD")
            .map(|line| {
                let (dollars, units) = (
                    i128::from(dollar) * i128::from(line.nominal),
                    i128::from(line.value),
                );
                let digits = match dollars / units {
                    5000.. => 0,
                    80.. => 2,
                    20.. => 3,
                    1.. => 4,
                    _ => 5,
                };
                let one = 10_i128.pow(digits);
                let rounded = (dollars * one * 2 / units + 1) / 2;
                let text = if digits == 0 {
                    rounded.to_string()
                } else {
                    format!(
                        "{}.{:0width$}",
                        rounded / one,
                        rounded % one,
                        width = digits as usize
                    )
                };
                quote(line.code, text)
            });
        let rows: Vec<String> = others.chain([quote("KZT", self.print(dollar))]).collect();
        format!("[{}]", rows.join(","))
    }
}

/// Returns the `count` days that end with the one before `day`.
pub(crate) fn days_before(day: NaiveDate, count: u64) -> impl Iterator<Item = NaiveDate> {
    (1..=count).rev().map(move |back| day - Days::new(back))
}
