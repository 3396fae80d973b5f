//! Serves the strip to sites in any language: `cargo run --release -p masthead-serve -- masthead.toml`.
//!
//! One settings file selects the bank, the cities and the languages; `--check` reports every error in it with its line. The README of
//! this folder is the manual: settings, paths, nginx, Varnish, PHP and AMP.

mod config;
mod log;
mod metrics;
mod quarantine;
mod refreshes;
mod reload;
mod repeats;
mod server;

use std::error::Error;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;

use config::{Config, Problems};
use metrics::Metrics;
use reload::Program;
use server::Servers;

/// Serve the strip at the top of a news page.
#[derive(Parser)]
struct Options {
    /// Settings file, such as serve/masthead.toml
    config: PathBuf,
    /// Check the settings file and exit: with 0 if it is valid, with 2 and a list of its errors if not
    #[arg(long)]
    check: bool,
    /// List the quarantined numbers of the state file and exit
    #[arg(long, conflicts_with = "check")]
    quarantine: bool,
    /// Request approval of a quarantined entry from the running server, or from the next one that starts, and exit (may be repeated)
    #[arg(long, value_name = "ID", conflicts_with_all = ["check", "quarantine"])]
    approve: Vec<String>,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let code = finished(run(&options));
    log::finish(log::LAST_LINES);
    code
}

/// Reports an error and returns the exit code.
fn finished(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Problems>() => {
            // The lines begin with the file's name, which editors recognise.
            _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(2)
        }
        Err(error) => {
            log::fail(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let config = Config::read(&options.config, options.check)?;
    if options.check {
        // As errors, with the name of the file first.
        if !config.warnings.is_empty() {
            _ = writeln!(std::io::stderr(), "{}", config.warnings);
        }
        _ = config.service(&config.ticker(false, None, |_| {})?)?;
        let file = options.config.display();
        log::say(&format!("{file}: the settings are valid"));
        return Ok(());
    }
    if options.quarantine {
        let listed = quarantine::list(&quarantine::read(&config)?);
        return Ok(std::io::stdout().write_all(listed.as_bytes())?);
    }
    if !options.approve.is_empty() {
        log::say(&quarantine::request(&config, &options.approve)?);
        return Ok(());
    }
    log::start(&config.log).map_err(|error| format!("cannot start the log thread: {error}"))?;
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = config.network.threads {
        runtime.worker_threads(threads);
    }
    let runtime = runtime.enable_all().build()?;
    let served = runtime.block_on(serve(config, options.config.clone()));
    // Does not wait for a name lookup that hangs.
    runtime.shutdown_background();
    served
}

async fn serve(config: Config, file: PathBuf) -> Result<(), Box<dyn Error>> {
    // Installed first, so that no signal during the start is lost.
    let (stopped, mut reloads) = (stopped()?, Reloads::new()?);
    let (listener, address) = bind(config.network.listen).await?;
    let articles = match &config.annotate {
        Some(annotate) => Some(bind(annotate.listen).await?),
        None => None,
    };
    let scrapes = match &config.metrics {
        Some(metrics) => Some(bind(metrics.listen).await?),
        None => None,
    };
    let state = config.state().cloned();
    config.warnings.log();
    let metrics = Arc::new(Metrics::new());
    let (mut program, sites) = Program::start(file, config, Arc::clone(&metrics)).await?;
    log::started();
    if let Some((_, address)) = &scrapes {
        tracing::info!("metrics on http://{address}/metrics");
    }
    if let Some((_, address)) = &articles {
        tracing::info!("annotating on http://{address}");
    }
    tracing::info!("listening on http://{address}");
    if let Some(state) = state {
        tokio::spawn(quarantine::watch(program.ticker(), state));
    }
    let servers = Servers::new(sites, &metrics);
    let [articles, scrapes] = [articles, scrapes].map(|bound| bound.map(|(listener, _)| listener));
    let reload = async {
        loop {
            reloads.next().await;
            program.reload(&servers).await;
        }
    };
    tokio::select! {
        () = servers.run(listener, articles, scrapes, stopped) => {}
        () = reload => {}
    }
    drop(program);
    tracing::info!("stopped");
    Ok(())
}

/// Listens on an address. Returns the listener and its address with the port.
async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), Box<dyn Error>> {
    let cannot = |error| format!("cannot listen on {listen}: {error}");
    let listener = TcpListener::bind(listen).await.map_err(cannot)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// Signals that ask for a reload.
struct Reloads {
    #[cfg(unix)]
    hangup: tokio::signal::unix::Signal,
}

impl Reloads {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = signal(SignalKind::hangup())?;
        Ok(Self { hangup })
    }

    /// Waits for SIGHUP. Several of them during a reload are one.
    #[cfg(unix)]
    async fn next(&mut self) {
        if self.hangup.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        std::future::pending::<()>().await;
    }
}

/// Completes at SIGINT (Ctrl-C) or SIGTERM (service managers).
#[cfg(unix)]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // If no handler can be installed, the signal ends the process directly.
        _ = tokio::signal::ctrl_c().await;
    })
}
