//! The strip for sites not written in Rust: `cargo run --release -p serve -- masthead.toml`.
//!
//! One file says whose rates, which cities and which languages; `--check` reads it and tells every mistake with its line.
//! The paths that are served, and how nginx, Varnish, PHP and AMP take them, are in the README beside this program.

mod config;
mod events;
mod server;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

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
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<Problems>() => {
            // The lines begin with the file's name, as editors want them.
            _ = writeln!(std::io::stderr(), "{error}");
            ExitCode::from(2)
        }
        Err(error) => {
            log(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let config = Config::read(&options.config)?;
    if options.check {
        _ = config.service(&config.ticker(false, |_| {})?);
        log(&format!("{} is good", options.config.display()));
        return Ok(());
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    if let Some(threads) = config.network.threads {
        runtime.worker_threads(threads);
    }
    let runtime = runtime.enable_all().build()?;
    tracing::subscriber::set_global_default(Events::to(log))?;
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
    let ticker = config.ticker(true, |report| log(&report.to_string()))?;
    // What other servers know is on the first page. A store that is away costs its time-out.
    ticker.catch_up().await;
    let service = config.service(&ticker);
    log(&format!("listening on http://{}", listener.local_addr()?));
    // On a thread of its own: however busy the pages are, it is not late.
    let refresher = ticker.start()?;
    let server = Server::new(service, network.limits, network.trust.clone(), log);
    server.run(listener, stopped).await;
    drop(refresher);
    log("stopped");
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

fn log(lines: &str) {
    // Nobody is left to tell when standard error is closed.
    _ = lines
        .lines()
        .try_for_each(|line| writeln!(std::io::stderr(), "serve: {line}"));
}
