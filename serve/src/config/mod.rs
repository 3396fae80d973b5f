//! The settings file: read completely, so that all its errors are reported at once, each with its line.

mod annotate;
mod cities;
mod fleet;
mod in_force;
mod layout;
mod listen;
mod log;
mod metrics;
mod network;
mod own;
mod problem;
mod quoted;
mod reader;
mod ticker;

use std::path::{Path, PathBuf};

use masthead::ticker::{FileStore, InvalidTicker, Report};
use masthead::web::{AnnotateLayer, InvalidService, Service};
use masthead::{Snapshot, Ticker};
use toml::de::DeTable;

use crate::server::{Answers, Articles, Limits, Peer, Site, Sites, Trust};
use annotate::Annotate;
use fleet::Fleet;
use layout::View;
use problem::Findings;
use reader::Section;
use ticker::TickerSettings;

pub(crate) use listen::Listen;
pub(crate) use log::LogSettings;
pub(crate) use metrics::MetricsSettings;
pub(crate) use network::Network;
pub(crate) use own::Own;
pub(crate) use problem::Problems;

/// The purpose of a reading. It decides on what depends on more than the settings: the state file, and the folders of unix sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A path that cannot be right is an error. The server logs conditions that may be temporary, such as a folder that cannot be written to, and serves.
    Serve,
    /// Those are errors too.
    Check,
    /// Neither the state file nor a folder is examined.
    Print,
}

/// Valid settings.
#[derive(Debug)]
pub(crate) struct Config {
    ticker: TickerSettings,
    fleet: Option<Fleet>,
    view: View,
    pub(crate) network: Network,
    pub(crate) annotate: Option<Annotate>,
    pub(crate) metrics: Option<MetricsSettings>,
    pub(crate) log: LogSettings,
    /// Whether the built-in sample is shown instead of current data.
    is_sample: bool,
    /// Settings that are valid, and have no effect or an unlikely one.
    pub(crate) warnings: Problems,
}

impl Config {
    /// Reads a settings file.
    ///
    /// # Errors
    ///
    /// All errors of the file.
    pub(crate) fn read(path: &Path, purpose: Purpose) -> Result<Self, Problems> {
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| Problems::unreadable(&name, &error))?;
        Self::parsed(&name, &text, purpose)
    }

    /// Returns the settings in force as a settings file, with all defaults and without secrets.
    ///
    /// # Errors
    ///
    /// As for [`Config::read`].
    pub(crate) fn print(path: &Path) -> Result<(String, Problems), Problems> {
        let name = path.display().to_string();
        let text =
            std::fs::read_to_string(path).map_err(|error| Problems::unreadable(&name, &error))?;
        let config = Self::parsed(&name, &text, Purpose::Print)?;
        Ok((in_force::in_force(&text, &config), config.warnings))
    }

    #[cfg(test)]
    pub(crate) fn parse(name: &str, text: &str) -> Result<Self, Problems> {
        Self::parsed(name, text, Purpose::Check)
    }

    fn parsed(name: &str, text: &str, purpose: Purpose) -> Result<Self, Problems> {
        let findings = Findings::new(purpose);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            // The error's `Display` prints the line, which may contain a key.
            findings.add(&error.span().unwrap_or_default(), None, error.message());
        }
        // After a syntax error, missing keys are not reported: they may be in the part that was not parsed.
        let is_read = findings.has_no_error();
        let config = is_read.then(|| Self::of_section(Section::root(&table, &findings)));
        let is_valid = findings.has_no_error();
        let (errors, warnings) = findings.into_parts();
        match config {
            Some(make) if is_valid => Ok(make(Problems::new(name, text, warnings))),
            _ => Err(Problems::new(name, text, errors)),
        }
    }

    /// Continues after an error with the default, so that all errors are found. Returns a function that adds the warnings.
    fn of_section(mut file: Section<'_>) -> impl FnOnce(Problems) -> Self + use<> {
        let ticker = TickerSettings::read(&mut file);
        let view = View::read(&mut file, &ticker);
        let network = Network::read(&mut file);
        let mut others = vec![(&network.listen, "the strip")];
        let annotate = file.section("annotate");
        let annotate = annotate.and_then(|section| Annotate::read(section, &others, ticker.bank()));
        if let Some(annotate) = &annotate {
            others.push((&annotate.own.listen, "the listener for articles"));
        }
        let metrics = file.section("metrics");
        let metrics = metrics.and_then(|section| MetricsSettings::read(section, &others));
        let log = file.section("log").map(LogSettings::read);
        let fleet = file.section("redis").and_then(Fleet::read);
        file.finish();
        move |warnings| Self {
            ticker,
            fleet,
            view,
            network,
            annotate,
            metrics,
            log: log.unwrap_or_default(),
            is_sample: false,
            warnings,
        }
    }

    /// Shows the built-in sample, which no state file and no other server gets.
    pub(crate) fn show_sample(&mut self) {
        self.is_sample = true;
        self.ticker.state = None;
        self.fleet = None;
    }

    /// Takes over the settings of a running server that cannot change while it runs. Returns the keys of those that differ.
    pub(crate) fn keep_what_needs_a_restart(&mut self, running: &Self) -> Vec<&'static str> {
        let mut waiting = self.network.keep_what_needs_a_restart(&running.network);
        let annotate = &mut self.annotate;
        let of_annotate = Annotate::keep_what_needs_a_restart(annotate, running.annotate.as_ref());
        waiting.extend(of_annotate);
        let metrics = &mut self.metrics;
        let of_metrics =
            MetricsSettings::keep_what_needs_a_restart(metrics, running.metrics.as_ref());
        waiting.extend(of_metrics);
        waiting.extend(self.log.keep_what_needs_a_restart(&running.log));
        if running.is_sample {
            self.show_sample();
        }
        if self.ticker.state != running.ticker.state {
            self.ticker.state.clone_from(&running.ticker.state);
            waiting.push("state");
        }
        waiting
    }

    /// Renders every page, so that no request waits for the first rendering.
    pub(crate) fn render_all(&self, site: &Site) {
        let Answers::Strip(service) = site.answers() else {
            return;
        };
        for lang in &self.view.languages {
            for form in ["html", "live.html", "json", "txt", "svg"] {
                // A path is accepted without the base too.
                if let Ok(request) = http::Request::get(format!("/{lang}.{form}")).body(()) {
                    _ = service.respond(&request.into_parts().0);
                }
            }
        }
    }

    /// Builds the ticker. `keeps`: it reads and writes the state file. `before`: the ticker of the settings before a reload, whose data it takes over.
    /// The shared store is not connected yet.
    ///
    /// # Errors
    ///
    /// As for [`TickerBuilder::build`](masthead::ticker::TickerBuilder::build).
    pub(crate) fn ticker(
        &self,
        keeps: bool,
        before: Option<&Ticker>,
        on_report: impl Fn(&Report) + Send + Sync + 'static,
    ) -> Result<Ticker, InvalidTicker> {
        if self.is_sample {
            return Ticker::fixed(Snapshot::sample(), Snapshot::SAMPLE_TIME);
        }
        let ticker = self.ticker.builder().on_report(on_report);
        let ticker = match before {
            Some(before) => ticker.successor_of(before),
            None => ticker,
        };
        let ticker = match &self.fleet {
            Some(fleet) => fleet.join(ticker),
            None => ticker,
        };
        match self.ticker.state.as_ref().filter(|_| keeps) {
            Some(path) => ticker.store(FileStore::new(path)).build(),
            None => ticker.build(),
        }
    }

    /// Returns the path of the state file, if it is set.
    pub(crate) fn state(&self) -> Option<&PathBuf> {
        self.ticker.state.as_ref()
    }

    /// Returns the sites of a ticker.
    pub(crate) fn sites(&self, ticker: &Ticker) -> Result<Sites, InvalidService> {
        let Network { limits, trust, .. } = &self.network;
        let strip = Answers::Strip(self.service(ticker)?);
        let articles = self.annotate.as_ref().map(|annotate| {
            let layer = AnnotateLayer::new(ticker);
            let articles = Articles::new(layer, annotate.to, annotate.concurrency);
            let limits = limits.of_articles(annotate.concurrency);
            Site::new(Answers::Articles(articles), limits, Trust::default())
                .logging(self.log.access)
        });
        Ok(Sites {
            strip: Site::new(strip, *limits, trust.clone()).logging(self.log.access),
            articles,
        })
    }

    /// Returns the HTTP service of a ticker.
    pub(crate) fn service(&self, ticker: &Ticker) -> Result<Service, InvalidService> {
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
            .health_details(self.network.health_details)
            .peer(|request| request.extensions.get::<Peer>().map(|peer| peer.0))
            .build()
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod warning_tests;
