//! Listeners beside that of the strip, which readers must not reach.

use std::net::SocketAddr;

use super::network::listen;
use super::reader::Section;

/// The address of a listener that the settings name already, and what listens there.
pub(super) type Taken = (SocketAddr, &'static str);

/// Reads `listen` of a section and `beyond_loopback`: an address that is none of the others', and that other machines do not reach unless the
/// settings say so. `example` is an address that would be accepted.
pub(super) fn own(
    section: &mut Section<'_>,
    others: &[Taken],
    example: &str,
) -> Option<SocketAddr> {
    let beyond = section.entry("beyond_loopback");
    let is_beyond = beyond.and_then(|entry| entry.boolean()).unwrap_or_default();
    let entry = section.required("listen")?;
    let address = listen(&entry)?;
    let same = others.iter().find(|(other, _)| *other == address);
    if let Some((_, what)) = same.filter(|_| address.port() != 0) {
        entry.refuse(format_args!(
            "is the address of {what}; expected one of its own"
        ));
        return None;
    }
    if !is_beyond && !address.ip().to_canonical().is_loopback() {
        let name = section.name();
        entry.refuse(format_args!(
            "is not a loopback address such as \"{example}\"; if a firewall admits your own servers only, set {name}.beyond_loopback = true"
        ));
        return None;
    }
    Some(address)
}
