//! Settings of the ticker: bank, pairs, cities, weather sources, state file.

use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use masthead::Ticker;
use masthead::fetch::{HttpTransport, InvalidTransport};
use masthead::money::Pair;
use masthead::source::{DynWeather, MetNorway, OpenMeteo};
use masthead::ticker::{Bank, FileStore, TickerBuilder};
use masthead::weather::City;

use super::cities::{self, NamedCity};
use super::reader::{Entry, Section};

/// Settings of the ticker, but for those of its fleet.
#[derive(Debug)]
pub(super) struct TickerSettings {
    contact: String,
    bank: Bank,
    /// The pairs in rows. `None`: the bank's default pairs.
    pub(super) rows: Option<Vec<Vec<Pair>>>,
    /// The bank's default pairs.
    pub(super) usual: Vec<Pair>,
    pub(super) cities: Vec<NamedCity>,
    weather: Vec<Arc<DynWeather>>,
    pub(super) state: Option<PathBuf>,
    upstream: Option<String>,
}

impl TickerSettings {
    pub(super) fn read(file: &mut Section<'_>, thorough: bool) -> Self {
        let contact = file.required("contact");
        let upstream = file.entry("upstream");
        check_transport(contact.as_ref(), upstream.as_ref());
        let text = |entry: Option<Entry<'_>>| entry?.text().map(str::to_owned);

        let bank = file.entry("bank").and_then(|bank| bank.parse());
        let bank = bank.unwrap_or_else(Bank::national_bank_kz);
        let rows = file.entry("pairs").and_then(|pairs| rows(&pairs, &bank));
        let cities = file
            .entry("cities")
            .and_then(|cities| cities::read(&cities));
        let weather = file.section("weather").and_then(weather);
        Self {
            contact: text(contact).unwrap_or_default(),
            usual: bank.usual_pairs(),
            bank,
            rows,
            cities: cities.unwrap_or_else(|| {
                let astana = City::find("astana").cloned();
                astana.into_iter().map(NamedCity::from).collect()
            }),
            weather: weather.unwrap_or_else(|| vec![Arc::new(MetNorway::new())]),
            state: file.entry("state").and_then(|path| state(&path, thorough)),
            upstream: text(upstream),
        }
    }

    /// Returns a builder with these settings.
    pub(super) fn builder(&self) -> TickerBuilder {
        let ticker = Ticker::builder(&self.contact)
            .bank(self.bank.clone())
            .shown_pairs(self.rows.iter().flatten().flatten().copied())
            .cities(self.cities.iter().map(|named| named.city.clone()))
            .weather(self.weather.iter().cloned());
        match &self.upstream {
            Some(url) => ticker.upstream(url),
            None => ticker,
        }
    }
}

/// Checks the contact and the upstream by building the bundled transport, which defines what they may be.
fn check_transport(contact: Option<&Entry<'_>>, upstream: Option<&Entry<'_>>) {
    let Some((entry, text)) = contact.and_then(|entry| Some((entry, entry.text()?))) else {
        return;
    };
    let transport = HttpTransport::builder(text);
    if let Err(error) = transport.build() {
        entry.refuse(error);
        return;
    }
    let Some((entry, url)) = upstream.and_then(|entry| Some((entry, entry.text()?))) else {
        return;
    };
    if let Err(error @ InvalidTransport::Upstream { .. }) =
        HttpTransport::builder(text).upstream(url).build()
    {
        entry.refuse(error);
    }
}

/// Reads the pairs: a list of lists has rows, a plain list is one row.
fn rows(entry: &Entry<'_>, bank: &Bank) -> Option<Vec<Vec<Pair>>> {
    let list = entry.list()?;
    let row = |list: &[Entry<'_>]| {
        let pairs = list.iter().filter_map(|entry| pair(entry, bank));
        pairs.collect::<Vec<_>>()
    };
    if list.iter().all(Entry::is_list) {
        let lists = list.iter().filter_map(Entry::list);
        Some(lists.map(|list| row(&list)).collect())
    } else {
        Some(vec![row(&list)])
    }
}

/// Reads a pair, and refuses one that the bank does not quote.
fn pair(entry: &Entry<'_>, bank: &Bank) -> Option<Pair> {
    let pair: Pair = entry.parse()?;
    let home = bank.home();
    let foreign = if pair.base() == home {
        pair.quote()
    } else {
        pair.base()
    };
    if bank.pair(foreign) != Some(pair) {
        let likely = bank.usual_pairs();
        let likely: Vec<String> = likely.iter().map(Pair::to_string).collect();
        entry.refuse(format_args!(
            "the bank quotes its own currency, {home}: expected for example {}",
            likely.join(", ")
        ));
        return None;
    }
    Some(pair)
}

#[derive(Clone, Copy, PartialEq)]
enum Forecaster {
    MetNorway,
    OpenMeteo,
}

/// Reads the weather sources, in the order in which they are tried. No message contains the key.
fn weather(mut section: Section<'_>) -> Option<Vec<Arc<DynWeather>>> {
    let sources = section.entry("sources");
    let key = section.entry("open_meteo_key");
    let has_key = key.is_some();
    let key = key.and_then(|key| key.words());
    let free = section.entry("open_meteo_non_commercial");
    let free = free.and_then(|free| free.boolean()) == Some(true);
    section.finish();

    let chosen = |entry: &Entry<'_>| -> Option<Arc<DynWeather>> {
        let names = &[
            ("met_norway", Forecaster::MetNorway),
            ("open_meteo", Forecaster::OpenMeteo),
        ];
        match (entry.choose(names)?, key) {
            (Forecaster::MetNorway, _) => Some(Arc::new(MetNorway::new())),
            (Forecaster::OpenMeteo, Some(key)) => Some(Arc::new(OpenMeteo::with_key(key))),
            (Forecaster::OpenMeteo, None) if free => {
                Some(Arc::new(OpenMeteo::free_for_non_commercial_use()))
            }
            // The error of the key itself has been reported.
            (Forecaster::OpenMeteo, None) if has_key => None,
            (Forecaster::OpenMeteo, None) => {
                entry.refuse(
                    "needs weather.open_meteo_key, or weather.open_meteo_non_commercial = true",
                );
                None
            }
        }
    };
    let entry = sources?;
    let sources = entry.list()?;
    if sources.is_empty() {
        entry.refuse("is empty: expected met_norway, open_meteo or both");
    }
    Some(sources.iter().filter_map(chosen).collect())
}

/// Reads the path of the state file and checks it: an existing state, or a new file in a folder that can be written to.
fn state(entry: &Entry<'_>, thorough: bool) -> Option<PathBuf> {
    let path = Path::new(entry.words()?);
    if let Err(error) = FileStore::new(path).check()
        && (thorough || error.is_misplaced())
    {
        let mut what = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            what.push_str(&format!(": {error}"));
            cause = error.source();
        }
        entry.refuse(what);
    }
    Some(path.to_owned())
}
