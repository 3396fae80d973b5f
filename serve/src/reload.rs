//! The running program, and SIGHUP: other settings without a restart.
//!
//! The settings are read and checked completely before anything changes. The new ticker begins with what the old one knows, and its pages are rendered
//! before the first request gets one, so that no reader waits.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use masthead::Ticker;
use masthead::ticker::{Background, Report};
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;

use crate::config::{Config, Purpose};
use crate::metrics::Metrics;
use crate::refreshes::Refreshes;
use crate::server::{Servers, Sites};

/// The ticker in force. A reload holds the lock, so that no approval gets lost between two tickers.
pub(crate) type Current = Arc<Mutex<Ticker>>;

/// The running program, but for its server.
pub(crate) struct Program {
    file: PathBuf,
    config: Arc<Config>,
    ticker: Current,
    /// `None` if no thread could be started.
    refresher: Option<Background>,
    refreshes: Refreshes,
    metrics: Arc<Metrics>,
}

/// A ticker, its refresher, and its sites.
struct Next {
    ticker: Ticker,
    refresher: Background,
    sites: Sites,
}

impl Program {
    /// Starts the ticker of the settings in `file`. Returns the program and its sites.
    ///
    /// # Errors
    ///
    /// If the ticker cannot be built, or the system provides no thread for it.
    pub(crate) async fn start(
        file: PathBuf,
        config: Config,
        metrics: Arc<Metrics>,
    ) -> Result<(Self, Sites), Box<dyn Error>> {
        let refreshes = Refreshes::default();
        let ticker = config.ticker(true, None, reporter(&refreshes, &metrics))?;
        metrics.watch(ticker.clone());
        // Loads the records of other servers before the first page. An unreachable store costs its time-out.
        ticker.catch_up().await;
        let sites = config.sites(&ticker)?;
        // On its own thread, so that busy pages do not delay it.
        let refresher = ticker.start()?;
        let program = Self {
            file,
            config: Arc::new(config),
            ticker: Arc::new(Mutex::new(ticker)),
            refresher: Some(refresher),
            refreshes,
            metrics,
        };
        Ok((program, sites))
    }

    /// The ticker in force.
    pub(crate) fn ticker(&self) -> Current {
        self.ticker.clone()
    }

    /// Renders every page of the strip, so that later requests do not wait for it.
    pub(crate) async fn render(&self, servers: &Servers) {
        let (config, strip) = (self.config.clone(), servers.strip());
        // A page whose rendering panicked is rendered at the first request for it.
        _ = spawn_blocking(move || config.render_all(&strip)).await;
    }

    /// Reads the settings again. If they are valid, the server answers by them from then on; else the old ones stay, and the log has every error. Returns
    /// whether they are valid.
    pub(crate) async fn reload(&mut self, servers: &Servers) -> bool {
        let file = self.file.display().to_string();
        let outcome = self.try_reload(servers).await;
        match &outcome {
            Ok(()) => tracing::info!(file, "reloaded"),
            Err(error) => {
                tracing::error!(file, "not reloaded, the old settings stay in force");
                error
                    .to_string()
                    .lines()
                    .for_each(|line| tracing::error!("{line}"));
            }
        }
        outcome.is_ok()
    }

    async fn try_reload(&mut self, servers: &Servers) -> Result<(), Box<dyn Error + Send + Sync>> {
        let (file, before) = (self.file.clone(), self.config.clone());
        // The file may be on a slow disk, and building a ticker takes time: neither must delay a page.
        let read = spawn_blocking(move || {
            let mut config = Config::read(&file, Purpose::Serve)?;
            let waiting = config.keep_what_needs_a_restart(&before);
            // All errors are found before the old ticker stops.
            config.service(&config.ticker(false, None, |_| {})?)?;
            Ok::<_, Box<dyn Error + Send + Sync>>((Arc::new(config), waiting))
        });
        let (config, waiting) = read.await??;
        if !waiting.is_empty() {
            let keys = waiting.join(", ");
            tracing::warn!(keys, "changes take effect at the next restart");
        }
        config.warnings.log();
        let current = self.ticker.clone();
        let mut current = current.lock().await;
        let refresher = self.refresher.take();
        spawn_blocking(move || drop(refresher)).await?;
        match self.next(config.clone(), &current).await {
            Ok(next) => {
                servers.replace(next.sites);
                self.metrics.watch(next.ticker.clone());
                *current = next.ticker;
                self.refresher = Some(next.refresher);
                self.config = config;
                Ok(())
            }
            Err(error) => {
                let ticker = current.clone();
                self.refresher = Some(ticker.start()?);
                Err(error)
            }
        }
    }

    /// Builds the successor of a ticker that has stopped, and renders its pages.
    async fn next(
        &self,
        config: Arc<Config>,
        before: &Ticker,
    ) -> Result<Next, Box<dyn Error + Send + Sync>> {
        let (before, settings) = (before.clone(), config.clone());
        let report = reporter(&self.refreshes, &self.metrics);
        let built = spawn_blocking(move || settings.ticker(true, Some(&before), report));
        let ticker = built.await??;
        ticker.catch_up().await;
        let known = ticker.clone();
        let sites = spawn_blocking(move || {
            let sites = config.sites(&known)?;
            config.render_all(&sites.strip);
            Ok::<_, Box<dyn Error + Send + Sync>>(sites)
        });
        let sites = sites.await??;
        let refresher = ticker.start()?;
        Ok(Next {
            ticker,
            refresher,
            sites,
        })
    }
}

/// Logs and counts the reports of refreshes.
fn reporter(
    refreshes: &Refreshes,
    metrics: &Arc<Metrics>,
) -> impl Fn(&Report) + Send + Sync + use<> {
    let (refreshes, metrics) = (refreshes.clone(), Arc::clone(metrics));
    move |report| {
        metrics.note(report);
        refreshes.log(report);
    }
}
