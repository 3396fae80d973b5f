//! Listeners beside that of the strip, which readers must not reach.

use std::net::IpAddr;

use super::listen::Listen;
use super::reader::Section;

/// The address of a listener that the settings name already, and what listens there.
pub(super) type Taken<'a> = (&'a Listen, &'static str);

/// The address of a listener that readers must not reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Own {
    pub(crate) listen: Listen,
    /// Whether other machines may reach it.
    pub(super) is_beyond: bool,
}

impl Own {
    /// Reads `listen`, `listen_mode` and `beyond_loopback` of a section. Refuses the address of another listener, and one that other machines can
    /// reach, unless the settings allow that. `example` is an address that would be accepted.
    pub(super) fn read(
        section: &mut Section<'_>,
        others: &[Taken<'_>],
        example: &str,
    ) -> Option<Self> {
        let beyond = section.entry("beyond_loopback");
        let is_beyond = beyond.and_then(|entry| entry.boolean()).unwrap_or_default();
        let entry = section.required("listen");
        let listen = Listen::read(entry.as_ref(), None, section);
        let (entry, listen) = entry.zip(listen)?;
        if let Some((_, what)) = others.iter().find(|(other, _)| other.is_same(&listen)) {
            entry.refuse(format_args!(
                "is the address of {what}; expected one of its own"
            ));
            return None;
        }
        let own = Self { listen, is_beyond };
        if let Listen::Tcp(address) = own.listen
            && !own.allows(address.ip())
        {
            let name = section.name();
            entry.refuse(format_args!(
                "is not a loopback address such as \"{example}\"; if a firewall admits your own servers only, set {name}.beyond_loopback = true"
            ));
            return None;
        }
        Some(own)
    }

    /// Whether the settings allow a listener at this address.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        self.is_beyond || address.to_canonical().is_loopback()
    }
}
