//! Settings of the ticker: bank, pairs, cities, weather sources, state file.

use std::cell::RefCell;
use std::collections::HashSet;
use std::error::Error as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, NaiveDate};
use masthead::fetch::{Budgets, HttpTransport, InvalidTransport};
use masthead::money::Pair;
use masthead::source::{DynWeather, MetNorway, OpenMeteo};
use masthead::ticker::{Bank, FileStore, TickerBuilder};
use masthead::weather::City;
use masthead::{SourceId, Ticker};

use super::Purpose;
use super::cities::{self, NamedCity};
use super::quoted;
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
    history_since: Option<NaiveDate>,
    upstream: Option<String>,
}

/// The first error that an operator sees: says what to write.
const NO_CONTACT: &str = "is required: add a line such as contact = \"news.example.kz; web@example.kz\", with your site and address";

impl TickerSettings {
    pub(super) const fn bank(&self) -> &Bank {
        &self.bank
    }

    /// Whether Open-Meteo is one of the weather sources.
    pub(super) fn has_open_meteo(&self) -> bool {
        let mut ids = self.weather.iter().map(|service| service.id());
        ids.any(|id| id == SourceId::OPEN_METEO)
    }

    pub(super) fn read(file: &mut Section<'_>) -> Self {
        let contact = file.entry("contact");
        if contact.is_none() {
            file.refuse("contact", NO_CONTACT);
        }
        let upstream = file.entry("upstream");
        check_transport(contact.as_ref(), upstream.as_ref());
        let text = |entry: Option<Entry<'_>>| entry?.text().map(str::to_owned);

        let entry = file.entry("bank");
        let id = entry.as_ref().and_then(Entry::text);
        let id = id.unwrap_or("national_bank_kz");
        let bank = entry.and_then(|bank| bank.parse());
        let bank = bank.unwrap_or_else(Bank::national_bank_kz);
        let rows = file
            .entry("pairs")
            .and_then(|pairs| rows(&pairs, id, &bank));
        let cities = file
            .entry("cities")
            .and_then(|entry| cities::read(&entry).map(|cities| (entry, cities)));
        let weather = file.section("weather").and_then(weather);
        let many = cities.as_ref().map_or(0, |(_, cities)| cities.len());
        let weather = weather.unwrap_or_else(|| vec![Arc::new(MetNorway::new())]);
        if let Some((entry, _)) = &cities {
            check_budget(entry, many, &weather);
        }
        Self {
            contact: text(contact).unwrap_or_default(),
            usual: bank.usual_pairs(),
            bank,
            rows,
            cities: cities.map_or_else(
                || {
                    let astana = City::find("astana").cloned();
                    astana.into_iter().map(NamedCity::from).collect()
                },
                |(_, cities)| cities,
            ),
            weather,
            state: file.entry("state").and_then(|path| state(&path)),
            history_since: file
                .entry("history_since")
                .and_then(|day| history(&day, id)),
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
        let ticker = match self.history_since {
            Some(day) => ticker.history_since(day),
            None => ticker,
        };
        match &self.upstream {
            Some(url) => ticker.upstream(url),
            None => ticker,
        }
    }
}

/// Reads the first day of the back-fill.
fn history(entry: &Entry<'_>, bank: &str) -> Option<NaiveDate> {
    let text = entry.text()?;
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    let day = day.filter(|day| day.to_string() == text);
    if day.is_none() {
        entry.refuse(format_args!(
            "is {text:?}, expected a day such as \"2021-05-10\""
        ));
    } else if bank == "nbkr" {
        entry.warn("has no effect: the bank has no earlier days");
    }
    day
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
    if !text.contains(['@', '.']) {
        entry.warn("has neither a site nor an address to write to");
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
fn rows(entry: &Entry<'_>, id: &str, bank: &Bank) -> Option<Vec<Vec<Pair>>> {
    let list = entry.list()?;
    let seen = RefCell::new(HashSet::new());
    let row = |list: &[Entry<'_>]| {
        let pairs = list.iter().filter_map(|entry| {
            let pair = pair(entry, id, bank)?;
            if !seen.borrow_mut().insert(pair) {
                entry.refuse(format_args!("{pair} is in the list twice"));
            }
            Some(pair)
        });
        pairs.collect::<Vec<_>>()
    };
    if list.is_empty() {
        entry.warn(
            "is empty: the pages show no rates; leave it out for the usual pairs of the bank",
        );
    }
    if list.iter().all(Entry::is_list) {
        let lists = list.iter().filter_map(Entry::list);
        Some(lists.map(|list| row(&list)).collect())
    } else {
        Some(vec![row(&list)])
    }
}

/// Reads a pair, and refuses one that the bank does not quote.
fn pair(entry: &Entry<'_>, id: &str, bank: &Bank) -> Option<Pair> {
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
    if quoted::has(id, foreign) == Some(false) {
        entry.warn(format_args!(
            "the lists of {id} have no {foreign}: the pages show no data in its place"
        ));
    }
    Some(pair)
}

/// Warns of cities that the first weather service cannot be requested for once an hour.
fn check_budget(entry: &Entry<'_>, cities: usize, weather: &[Arc<DynWeather>]) {
    let Some(service) = weather.first().map(|service| service.id()) else {
        return;
    };
    // The budget of MET Norway grows with the number of cities.
    if service != SourceId::OPEN_METEO {
        return;
    }
    let (mut budgets, now) = (Budgets::default(), DateTime::UNIX_EPOCH);
    let most = (0..cities).filter(|_| budgets.take(&service, now).is_ok());
    let most = most.count();
    if most < cities {
        entry.warn(format_args!(
            "{cities} cities, and {service} gets {most} requests an hour: each city is requested less than once an hour"
        ));
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Forecaster {
    MetNorway,
    OpenMeteo,
}

/// Reads the weather sources, in the order in which they are tried. No message contains the key.
fn weather(mut section: Section<'_>) -> Option<Vec<Arc<DynWeather>>> {
    let sources = section.entry("sources");
    let key_entry = section.entry("open_meteo_key");
    let has_key = key_entry.is_some();
    let key = key_entry.as_ref().and_then(Entry::words);
    let free_entry = section.entry("open_meteo_non_commercial");
    let free = free_entry.as_ref().and_then(Entry::boolean) == Some(true);
    section.finish();

    let names = sources.as_ref().and_then(Entry::list).unwrap_or_default();
    let mut seen = HashSet::new();
    for entry in &names {
        if let Some(name) = entry.text()
            && !seen.insert(name)
        {
            entry.refuse(format_args!("{name} is in the list twice"));
        }
    }
    if !seen.contains("open_meteo") {
        for entry in [&key_entry, &free_entry].into_iter().flatten() {
            entry.warn("has no effect without open_meteo in weather.sources");
        }
    }
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
fn state(entry: &Entry<'_>) -> Option<PathBuf> {
    let purpose = entry.purpose();
    let path = Path::new(entry.words()?);
    if purpose != Purpose::Print
        && let Err(error) = FileStore::new(path).check()
        && (purpose == Purpose::Check || error.is_misplaced())
    {
        let mut what = error.to_string();
        let mut cause = error.source();
        while let Some(error) = cause {
            what.push_str(&format!(": {error}"));
            cause = error.source();
        }
        entry.refuse(what);
    }
    if path.is_relative() {
        entry.warn("is relative: it depends on the folder in which the process starts");
    }
    if let Some(folder) = LOST.iter().find(|folder| path.starts_with(folder)) {
        entry.warn(format_args!(
            "is in {folder}, which the system may empty at its next start"
        ));
    }
    Some(path.to_owned())
}

/// Folders whose files do not outlive a restart of the machine.
const LOST: [&str; 4] = ["/tmp", "/run", "/var/run", "/dev/shm"];
