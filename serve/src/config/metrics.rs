//! Settings of the listener for metrics.

use super::own::{Own, Taken};
use super::reader::Section;

/// Settings of the listener for metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MetricsSettings {
    pub(crate) own: Own,
}

impl MetricsSettings {
    /// Reads the section. `others` are the addresses of the other listeners.
    pub(super) fn read(mut section: Section<'_>, others: &[Taken<'_>]) -> Option<Self> {
        let own = Own::read(&mut section, others, "127.0.0.1:9187");
        section.finish();
        Some(Self { own: own? })
    }

    /// Takes over the listener of a running server. Returns the key if it differs.
    pub(super) fn keep_what_needs_a_restart(
        new: &mut Option<Self>,
        running: Option<&Self>,
    ) -> Option<&'static str> {
        let key = match (&new, running) {
            (Some(new), Some(running)) => (new != running).then_some("metrics.listen"),
            (None, None) => None,
            _ => Some("metrics"),
        };
        *new = running.cloned();
        key
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::super::{Config, Listen};
    use super::*;

    fn read(lines: &str) -> Result<Option<MetricsSettings>, String> {
        let annotate = "[annotate]\nlisten = \"127.0.0.1:8081\"";
        let text = format!("contact = \"a; b@example.kz\"\n{annotate}\n{lines}\n");
        let config = Config::parse("FILE", &text);
        config
            .map(|config| config.metrics)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn the_listener_is_off_by_default_and_on_the_loopback() {
        assert_eq!(read(""), Ok(None));
        let at = |listen, is_beyond| {
            let listen = Listen::Tcp(SocketAddr::from(listen));
            let own = Own { listen, is_beyond };
            Ok(Some(MetricsSettings { own }))
        };
        let default = read("[metrics]\nlisten = \"127.0.0.1:9187\"");
        assert_eq!(default, at(([127, 0, 0, 1], 9187), false));
        let beyond = read("[metrics]\nlisten = \"10.0.0.5:9187\"\nbeyond_loopback = true");
        assert_eq!(beyond, at(([10, 0, 0, 5], 9187), true));
    }

    #[test]
    fn every_error_has_its_line() {
        for (lines, error) in [
            ("", "4:2: metrics.listen: is required"),
            (
                "listen = \"0.0.0.0:9187\"",
                "5:10: metrics.listen: is not a loopback address such as \"127.0.0.1:9187\"; if a firewall admits your own servers \
                 only, set metrics.beyond_loopback = true",
            ),
            (
                "listen = \"127.0.0.1:8080\"",
                "5:10: metrics.listen: is the address of the strip; expected one of its own",
            ),
            (
                "listen = \"127.0.0.1:8081\"",
                "5:10: metrics.listen: is the address of the listener for articles; expected one of its own",
            ),
            (
                "listen = \"[::1]:1\"\npath = \"/metrics\"",
                "6:1: metrics.path: unknown key; accepted are beyond_loopback, listen, listen_mode",
            ),
        ] {
            let found = read(&format!("[metrics]\n{lines}")).unwrap_err();
            assert_eq!(found, format!("FILE:{error}"));
        }
    }
}
