//! Messages to a service manager, as systemd expects them from units with `Type=notify`. Without one (no `NOTIFY_SOCKET`) nothing is sent.

use crate::server::Servers;

/// The server listens, and its pages are rendered; or a reload has ended. `status` is a line for `systemctl status`.
pub(crate) fn ready(status: &str) {
    #[cfg(unix)]
    systemd::ready(status);
    #[cfg(not(unix))]
    let _ = status;
}

/// The settings are read again. [`ready`] must follow.
pub(crate) fn reloading() {
    #[cfg(unix)]
    systemd::reloading();
}

/// The server stops.
pub(crate) fn stopping() {
    #[cfg(unix)]
    systemd::stopping();
}

/// Reports that the server is alive, in a third of the time that the service manager waits, and only after the server has answered a request of its own.
/// Never completes.
pub(crate) async fn watchdog(servers: &Servers) {
    #[cfg(unix)]
    systemd::watchdog(servers).await;
    #[cfg(not(unix))]
    let _ = servers;
    std::future::pending::<()>().await;
}

#[cfg(unix)]
mod systemd {
    use sd_notify::NotifyState;
    use sd_notify::NotifyState::{MonotonicUsec, Ready, Reloading, Status, Stopping, Watchdog};
    use tokio::time::{MissedTickBehavior, interval, timeout};

    use super::Servers;

    /// Sends a message. A service manager that cannot be reached changes nothing about the pages.
    fn send(message: &[NotifyState<'_>]) {
        _ = sd_notify::notify(message);
    }

    pub(super) fn ready(status: &str) {
        send(&[Ready, Status(status)]);
    }

    pub(super) fn reloading() {
        if let Ok(MonotonicUsec(now)) = NotifyState::monotonic_usec_now() {
            send(&[
                Reloading,
                MonotonicUsec(now),
                Status("reading the settings again"),
            ]);
        }
    }

    pub(super) fn stopping() {
        send(&[Stopping, Status("finishing the open connections")]);
    }

    pub(super) async fn watchdog(servers: &Servers) {
        let Some(limit) = sd_notify::watchdog_enabled().filter(|limit| !limit.is_zero()) else {
            return;
        };
        let mut ticks = interval(limit / 3);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut answered = true;
        loop {
            ticks.tick().await;
            let answers = timeout(limit / 3, servers.answers()).await == Ok(true);
            if answers {
                send(&[Watchdog]);
            }
            if answers != answered {
                match answers {
                    true => tracing::warn!("watchdog: the server answers again"),
                    false => {
                        tracing::error!(
                            "watchdog: the server does not answer a request of its own"
                        );
                    }
                }
            }
            answered = answers;
        }
    }
}
