//! Settings of the listener that annotates articles.

use masthead::money::Currency;
use masthead::ticker::Bank;

use super::own::{Own, Taken};
use super::quoted;
use super::reader::{Entry, Section};

/// Settings of the listener that annotates articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Annotate {
    pub(crate) own: Own,
    /// The currency of the values, if a request names none.
    pub(crate) to: Currency,
    /// The most requests at once.
    pub(crate) concurrency: usize,
}

impl Annotate {
    /// Reads the section. `others` are the addresses of the other listeners.
    pub(super) fn read(
        mut section: Section<'_>,
        others: &[Taken<'_>],
        bank: &Bank,
    ) -> Option<Self> {
        let own = Own::read(&mut section, others, "127.0.0.1:8081");
        let to = section.entry("to");
        let to = to.and_then(|entry| currency(&entry, bank));
        let concurrency = section.entry("concurrency");
        let concurrency = concurrency.and_then(|entry| entry.whole(1..=256));
        section.finish();
        Some(Self {
            own: own?,
            to: to.unwrap_or(Currency::USD),
            concurrency: concurrency.unwrap_or(16),
        })
    }

    /// Takes over the settings of a running server that cannot change while it runs. Returns the keys of those that differ.
    pub(super) fn keep_what_needs_a_restart(
        new: &mut Option<Self>,
        running: Option<&Self>,
    ) -> Vec<&'static str> {
        let mut waiting = Vec::new();
        match (&mut *new, running) {
            (Some(new), Some(running)) => {
                if new.own.listen != running.own.listen {
                    waiting.push("annotate.listen");
                }
                if new.concurrency != running.concurrency {
                    waiting.push("annotate.concurrency");
                }
                new.own.listen.clone_from(&running.own.listen);
                new.concurrency = running.concurrency;
            }
            (None, None) => {}
            _ => {
                *new = running.cloned();
                waiting.push("annotate");
            }
        }
        waiting
    }
}

/// Reads the currency of the values.
fn currency(entry: &Entry<'_>, bank: &Bank) -> Option<Currency> {
    let currency: Currency = entry.parse()?;
    let id = bank.id();
    if currency != bank.home() && quoted::has(id.as_str(), currency) == Some(false) {
        entry.warn(format_args!(
            "the lists of {id} have no {currency}: amounts stay as they are"
        ));
    }
    Some(currency)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::super::{Config, Listen};
    use super::*;

    fn read(section: &str) -> Result<Config, String> {
        let text = format!("contact = \"a; b@example.kz\"\n{section}\n");
        Config::parse("FILE", &text).map_err(|problems| problems.to_string())
    }

    fn annotate(section: &str) -> Option<Annotate> {
        read(section).unwrap().annotate
    }

    #[test]
    fn the_listener_is_off_by_default_and_on_the_loopback() {
        assert_eq!(annotate(""), None);
        let default = Annotate {
            own: Own {
                listen: Listen::Tcp(SocketAddr::from(([127, 0, 0, 1], 8081))),
                is_beyond: false,
            },
            to: Currency::USD,
            concurrency: 16,
        };
        let section = "[annotate]\nlisten = \"127.0.0.1:8081\"";
        assert_eq!(annotate(section), Some(default));
        for address in ["[::1]:8081", "127.9.9.9:8081", "[::ffff:127.0.0.1]:8081"] {
            let section = format!("[annotate]\nlisten = \"{address}\"");
            let listen = Listen::Tcp(address.parse().unwrap());
            assert_eq!(annotate(&section).unwrap().own.listen, listen);
        }
        let all = "\nto = \"eur\"\nconcurrency = 4\nbeyond_loopback = true";
        let section = format!("[annotate]\nlisten = \"0.0.0.0:8081\"{all}");
        let expected = Annotate {
            own: Own {
                listen: Listen::Tcp(SocketAddr::from(([0; 4], 8081))),
                is_beyond: true,
            },
            to: Currency::EUR,
            concurrency: 4,
        };
        assert_eq!(annotate(&section), Some(expected));
    }

    #[test]
    fn a_currency_without_rates_is_warned_of() {
        let read = |to: &str| read(&format!("[annotate]\nlisten = \"[::1]:1\"\nto = \"{to}\""));
        let warnings = |to: &str| read(to).unwrap().warnings.to_string();
        let warning = "FILE:4:6: warning: annotate.to: the lists of national_bank_kz have no VND: amounts stay as they are";
        assert_eq!(warnings("VND"), warning);
        assert_eq!([warnings("KZT"), warnings("UZS")], ["", ""]);
    }

    #[test]
    fn every_error_has_its_line() {
        for (lines, error) in [
            ("", "2:2: annotate.listen: is required"),
            (
                "listen = 8081",
                "3:10: annotate.listen: expected text in quotes, found a whole number",
            ),
            (
                "listen = \"8081\"",
                "3:10: annotate.listen: expected an address and a port, ",
            ),
            (
                "listen = \"0.0.0.0:8081\"",
                "3:10: annotate.listen: is not a loopback address such as ",
            ),
            (
                "listen = \"10.0.0.5:8081\"\nbeyond_loopback = false",
                "3:10: annotate.listen: is not a loopback ",
            ),
            (
                "listen = \"[::]:8081\"",
                "3:10: annotate.listen: is not a loopback address such as ",
            ),
            (
                "listen = \"127.0.0.1:8080\"",
                "3:10: annotate.listen: is the address of the strip; expected one of its own",
            ),
            (
                "listen = \"[::1]:1\"\nto = \"dollar\"",
                "4:6: annotate.to: unknown currency \"dollar\"",
            ),
            (
                "listen = \"[::1]:1\"\nconcurrency = 0",
                "4:15: annotate.concurrency: expected 1 to 256",
            ),
            (
                "listen = \"[::1]:1\"\nlanguages = []",
                "4:1: annotate.languages: unknown key; accepted are beyond_loopback, listen, listen_mode, to, concurrency",
            ),
        ] {
            let found = read(&format!("[annotate]\n{lines}")).unwrap_err();
            assert!(found.starts_with(&format!("FILE:{error}")), "{found}");
            assert_eq!(found.lines().count(), 1, "{found}");
        }
    }
}
