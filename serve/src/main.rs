//! Serves the strip to sites in any language: `cargo run --release -p masthead-serve -- masthead.toml`.
//!
//! One settings file selects the bank, the cities and the languages; `--check` reports every error in it with its line. The README of
//! this folder is the manual: settings, paths, nginx, Varnish, PHP and AMP.

mod activation;
mod config;
mod log;
mod metrics;
mod notify;
mod quarantine;
mod refreshes;
mod reload;
mod repeats;
mod server;

use std::error::Error;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use tokio::sync::watch;

use activation::Passed;
use config::{Config, Problems, Purpose};
use metrics::Metrics;
use reload::Program;
use server::{Listener, Servers};

/// Serve the strip at the top of a news page.
#[derive(Parser)]
#[command(version = VERSION)]
struct Options {
    /// Settings file, such as serve/masthead.toml
    config: PathBuf,
    /// Serve the built-in sample of 2023 instead of current data: sends no request, and neither reads nor writes the state file
    #[arg(long)]
    sample: bool,
    /// Check the settings file and exit: with 0 if it is valid, with 2 and a list of its errors if not
    #[arg(long, conflicts_with = "sample")]
    check: bool,
    /// Print the settings in force with all defaults, as a settings file without secrets, and exit
    #[arg(long, conflicts_with_all = ["check", "sample"])]
    print_config: bool,
    /// List the quarantined numbers of the state file and exit
    #[arg(long, conflicts_with_all = ["check", "print_config", "sample"])]
    quarantine: bool,
    /// Request approval of a quarantined entry from the running server, or from the next one that starts, and exit (may be repeated)
    #[arg(long, value_name = "ID", conflicts_with_all = ["check", "print_config", "quarantine", "sample"])]
    approve: Vec<String>,
}

/// The version; a slow build is named, because its figures are not those of the manual.
const VERSION: &str = if cfg!(debug_assertions) {
    concat!(env!("CARGO_PKG_VERSION"), " (built without optimisation)")
} else {
    env!("CARGO_PKG_VERSION")
};

fn main() -> ExitCode {
    let options = Options::parse();
    // Before the first thread.
    let passed = Passed::take();
    let code = finished(run(&options, passed));
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

fn run(options: &Options, passed: Result<Passed, String>) -> Result<(), Box<dyn Error>> {
    if options.print_config {
        let (text, warnings) = Config::print(&options.config)?;
        if !warnings.is_empty() {
            _ = writeln!(std::io::stderr(), "{warnings}");
        }
        return Ok(std::io::stdout().write_all(text.as_bytes())?);
    }
    let purpose = match options.check {
        true => Purpose::Check,
        false => Purpose::Serve,
    };
    let mut config = Config::read(&options.config, purpose)?;
    if options.sample {
        config.show_sample();
    }
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
    let served = runtime.block_on(serve(config, options.config.clone(), passed?));
    // Does not wait for a name lookup that hangs.
    runtime.shutdown_background();
    served
}

async fn serve(config: Config, file: PathBuf, passed: Passed) -> Result<(), Box<dyn Error>> {
    // Installed first, so that no signal during the start is lost.
    let (stopped, mut hangups) = (stopped()?, Reloads::new()?);
    let origin = match passed.has_strip() {
        true => ", a socket of the service manager",
        false => "",
    };
    let listeners = passed.listeners(&config).await?;
    let state = config.state().cloned();
    config.warnings.log();
    let metrics = Arc::new(Metrics::new());
    let (mut program, sites) = Program::start(file, config, Arc::clone(&metrics)).await?;
    log::started();
    if let Some(metrics) = &listeners.metrics {
        match metrics {
            Listener::Tcp(_) => tracing::info!("metrics on {metrics}/metrics"),
            #[cfg(unix)]
            Listener::Unix(..) => tracing::info!("metrics on {metrics}, path /metrics"),
        }
    }
    if let Some(articles) = &listeners.articles {
        tracing::info!("annotating on {articles}");
    }
    let listening = format!("listening on {}{origin}", listeners.strip);
    tracing::info!("{listening}");
    if let Some(state) = state {
        tokio::spawn(quarantine::watch(program.ticker(), state));
    }
    let servers = Servers::new(sites, &metrics);
    let stopping = watch::Sender::new(false);
    let has_stopped = || {
        let mut stopping = stopping.subscribe();
        async move { _ = stopping.wait_for(|is_stopping| *is_stopping).await }
    };
    let reloads = async {
        program.render(&servers).await;
        notify::ready(&listening);
        loop {
            hangups.next().await;
            notify::reloading();
            notify::ready(match program.reload(&servers).await {
                true => &listening,
                false => "not reloaded: the log has every error of the settings",
            });
        }
    };
    // No message follows that of the stop, and no reload begins or ends after it.
    let until_stopped = async {
        tokio::select! {
            biased;
            () = has_stopped() => {}
            () = reloads => {}
            () = notify::watchdog(&servers) => {}
        }
        std::future::pending::<()>().await;
    };
    let stopped = async {
        stopped.await;
        stopping.send_replace(true);
        notify::stopping();
    };
    tokio::select! {
        () = servers.run(listeners, stopped) => {}
        () = until_stopped => {}
    }
    drop(program);
    tracing::info!("stopped");
    Ok(())
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
