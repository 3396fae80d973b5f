//! A ticker on a thread of its own, for hosts without a runtime, or with one that they block or drop.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use super::Ticker;

/// The thread of [`Ticker::start`](crate::Ticker::start). Dropping it ends the thread.
///
/// ```
/// use masthead::Ticker;
/// # use masthead::fetch::FakeUpstream;
/// # let upstream = FakeUpstream::new();
/// let ticker = Ticker::builder("news.example.kz; web@example.kz")
/// #   .transport(upstream)
///     .build()?;
/// let background = ticker.start()?;
/// assert!(background.is_running());
/// drop(background); // the snapshot stays, and ages
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "the refresher stops when this is dropped"]
pub struct Background {
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// Before a refresher that failed is started again: doubled each time, up to a minute.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

impl Ticker {
    /// Runs [`run`](Self::run) on a thread and a runtime of its own, and restarts it if it fails.
    ///
    /// # Errors
    ///
    /// If the system gives no thread or no runtime.
    ///
    /// ```no_run
    /// # use masthead::Ticker;
    /// let ticker = Ticker::builder("news.example.kz; web@example.kz").build()?;
    /// let background = ticker.start()?;
    /// // ... serve pages from ticker.snapshot() ...
    /// drop(background);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start(&self) -> std::io::Result<Background> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (stop, mut stopped) = watch::channel(false);
        let ticker = self.clone();
        let run = move || {
            let mut pause = FIRST_PAUSE;
            loop {
                let ends = runtime.block_on(async {
                    tokio::select! {
                        // A channel that is gone stops it too.
                        _ = stopped.wait_for(|stop| *stop) => true,
                        () = ticker.supervised() => false,
                    }
                });
                if ends {
                    break;
                }
                ticker.shared.with(|engine| engine.note_restart());
                let stops = async {
                    tokio::time::timeout(pause, stopped.wait_for(|stop| *stop))
                        .await
                        .is_ok()
                };
                if runtime.block_on(stops) {
                    break;
                }
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            // A name lookup or a store that hangs is not waited for.
            runtime.shutdown_background();
        };
        let thread = std::thread::Builder::new()
            .name("masthead".into())
            .spawn(run)?;
        Ok(Background {
            stop,
            thread: Some(thread),
        })
    }

    /// Returns only when the refresher panicked, which `run` leaves to the host's clock alone.
    async fn supervised(&self) {
        use futures_util::FutureExt as _;
        // The snapshot is replaced whole, so nothing half done outlives a panic.
        _ = AssertUnwindSafe(self.run()).catch_unwind().await;
    }
}

impl Background {
    /// Whether the thread is alive.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.thread
            .as_ref()
            .is_some_and(|thread| !thread.is_finished())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A refresher that panicked has said so through the panic hook.
            _ = catch_unwind(AssertUnwindSafe(|| thread.join()));
        }
    }
}
