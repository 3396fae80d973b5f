//! The strip for sites not written in Rust: `cargo run --release -p serve -- masthead.toml`.
//!
//! One file says whose rates, which cities and which languages; `--check` reads it and tells every mistake with its line.
//! The paths that are served, and how nginx, Varnish, PHP and AMP take them, are in the README beside this program.

mod config;
mod events;
mod log;
mod quarantine;
mod server;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use tokio::net::TcpListener;

use config::{Config, Problems};
use events::Events;
use server::Server;

/// A server of the strip at the top of a news page.
#[derive(Parser)]
struct Options {
    /// The file of settings, such as examples/serve/masthead.toml
    config: PathBuf,
    /// Read the file, tell what is wrong with it, and end: 0 when it is good, 2 when not
    #[arg(long)]
    check: bool,
    /// List the numbers that are quarantined in the state file, and end
    #[arg(long, conflicts_with = "check")]
    quarantine: bool,
    /// Ask the running server, or the next one that is started, to show what is quarantined by this id, and end
    #[arg(long, value_name = "ID", conflicts_with_all = ["check", "quarantine"])]
    approve: Vec<String>,
}

/// How long the end waits for the last lines of the log to be read.
const LAST_LINES: Duration = Duration::from_millis(500);

fn main() -> ExitCode {
    let options = Options::parse();
    if let Err(error) = log::start() {
        _ = writeln!(std::io::stderr(), "serve: no thread for the log: {error}");
        return ExitCode::FAILURE;
    }
    let code = finished(run(&options));
    log::finish(LAST_LINES);
    code
}

fn finished(outcome: Result<(), Box<dyn Error>>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Problems>() => {
            // The lines begin with the file's name, as editors want them.
            _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(2)
        }
        Err(error) => {
            log::line(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let config = Config::read(&options.config, options.check)?;
    if options.check {
        _ = config.service(&config.ticker(false, |_| {})?);
        log::line(&format!("{} is good", options.config.display()));
        return Ok(());
    }
    if options.quarantine {
        let listed = quarantine::list(&quarantine::read(&config)?);
        return Ok(std::io::stdout().write_all(listed.as_bytes())?);
    }
    if !options.approve.is_empty() {
        log::line(&quarantine::request(&config, &options.approve)?);
        return Ok(());
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = config.network.threads {
        runtime.worker_threads(threads);
    }
    let runtime = runtime.enable_all().build()?;
    tracing::subscriber::set_global_default(Events::to(log::line))?;
    let served = runtime.block_on(serve(&config));
    // A name lookup that hangs is not waited for.
    runtime.shutdown_background();
    served
}

async fn serve(config: &Config) -> Result<(), Box<dyn Error>> {
    // Heard from here on, so that a signal at the start is none that is lost.
    let stopped = stopped()?;
    let network = &config.network;
    let listener = TcpListener::bind(network.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", network.listen))?;
    let ticker = config.ticker(true, |report| log::line(&report.to_string()))?;
    // What other servers know is on the first page. A store that is away costs its time-out.
    ticker.catch_up().await;
    let service = config.service(&ticker);
    log::line(&format!("listening on http://{}", listener.local_addr()?));
    // On a thread of its own: however busy the pages are, it is not late.
    let refresher = ticker.start()?;
    if let Some(state) = config.state() {
        tokio::spawn(quarantine::watch(ticker.clone(), state.clone(), log::line));
    }
    let server = Server::new(service, network.limits, network.trust.clone(), log::line);
    server.run(listener, stopped).await;
    drop(refresher);
    log::line("stopped");
    Ok(())
}

/// Ends when the process is asked to: by Ctrl-C, or as service managers ask.
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
        // Without a handler the process ends by the signal itself, which is as good.
        _ = tokio::signal::ctrl_c().await;
    })
}
