//! The file of settings: read whole, and every mistake in it told with its line.

mod data;
mod fleet;
mod layout;
mod network;
mod places;
mod problem;
mod reader;

use std::path::{Path, PathBuf};

use masthead::Ticker;
use masthead::ticker::{FileStore, InvalidTicker, Report};
use masthead::web::Service;
use toml::de::DeTable;

use crate::server::{Limits, Peer};
use data::Data;
use fleet::Fleet;
use layout::View;
use problem::Findings;
use reader::Section;

pub(crate) use network::Network;
pub(crate) use problem::Problems;

/// Everything a file says, found to be good.
#[derive(Debug)]
pub(crate) struct Config {
    data: Data,
    fleet: Option<Fleet>,
    view: View,
    pub(crate) network: Network,
}

impl Config {
    /// Reads a file. A `thorough` reading finds also what may pass until the next start, such as a folder that cannot be written to
    /// now; a server that starts reports it, and serves.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it.
    pub(crate) fn read(path: &Path, thorough: bool) -> Result<Self, Problems> {
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| Problems::unreadable(&name, &error))?;
        Self::parsed(&name, &text, thorough)
    }

    #[cfg(test)]
    fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        Self::parsed(name, text, true)
    }

    fn parsed(name: &str, text: &str, thorough: bool) -> Result<Self, Problems> {
        let findings = Findings::default();
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            // Its own `Display` would print the line, which may hold a key.
            findings.add(&error.span().unwrap_or_default(), None, error.message());
        }
        // What is missing from half a file says nothing.
        let config = findings
            .is_empty()
            .then(|| Self::of_section(Section::root(&table, &findings), thorough));
        match config {
            Some(config) if findings.is_empty() => Ok(config),
            _ => Err(Problems::new(name, text, findings.into_inner())),
        }
    }

    /// Reads on after a mistake with what is the default, so that all are told at once.
    fn of_section(mut file: Section<'_>, thorough: bool) -> Self {
        let data = Data::read(&mut file, thorough);
        let view = View::read(&mut file, &data);
        let network = Network::read(&mut file);
        let fleet = file.section("redis").and_then(Fleet::read);
        file.finish();
        Self {
            data,
            fleet,
            view,
            network,
        }
    }

    /// The ticker; `keeps` says whether it reads and writes the state file. Nothing is asked of the shared store yet.
    ///
    /// # Errors
    ///
    /// As [`TickerBuilder::build`](masthead::ticker::TickerBuilder::build).
    pub(crate) fn ticker(
        &self,
        keeps: bool,
        on_report: impl Fn(&Report) + Send + Sync + 'static,
    ) -> Result<Ticker, InvalidTicker> {
        let ticker = self.data.ticker().on_report(on_report);
        let ticker = match &self.fleet {
            Some(fleet) => fleet.join(ticker),
            None => ticker,
        };
        match self.data.state.as_ref().filter(|_| keeps) {
            Some(path) => ticker.store(FileStore::new(path)).build(),
            None => ticker.build(),
        }
    }

    /// The state file, where one is set.
    pub(crate) fn state(&self) -> Option<&PathBuf> {
        self.data.state.as_ref()
    }

    /// The answers for a ticker.
    pub(crate) fn service(&self, ticker: &Ticker) -> Service {
        let Limits {
            events,
            events_per_address,
            ..
        } = self.network.limits;
        ticker
            .service(self.view.layout.clone())
            .languages(self.view.languages.iter().copied())
            .at(&self.network.base)
            .readers(events, events_per_address)
            .peer(|request| request.extensions.get::<Peer>().map(|peer| peer.0))
    }
}

#[cfg(test)]
mod tests;
