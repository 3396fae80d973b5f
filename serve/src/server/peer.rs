//! The client's address: that of the connection, or the one in a header of a trusted proxy.

use std::net::{AddrParseError, IpAddr, Ipv4Addr};
use std::str::FromStr;

use http::{HeaderMap, HeaderName};

/// The client's address, as an extension of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// The trusted proxies, and the header in which they pass the client's address. Default: no proxy is trusted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust(Option<(HeaderName, Vec<Addresses>)>);

impl Trust {
    pub(crate) const fn new(header: HeaderName, proxies: Vec<Addresses>) -> Self {
        Self(Some((header, proxies)))
    }

    /// Whether the settings name proxies.
    pub(super) const fn is_set(&self) -> bool {
        self.0.is_some()
    }

    /// Returns the client's address.
    ///
    /// The header may be a list, to which each proxy appends. The last address that is not a trusted proxy is the client's: an address
    /// that the client wrote itself stands before it.
    ///
    /// `connection` is `None` over a unix socket: its file's permissions admit only the proxy, which is trusted if the settings name a header. Clients
    /// without an address count as one on this machine.
    pub(crate) fn peer(&self, connection: Option<IpAddr>, headers: &HeaderMap) -> Peer {
        let connection = connection.map(|address| address.to_canonical());
        let known = |address: Option<IpAddr>| Peer(address.unwrap_or(Ipv4Addr::LOCALHOST.into()));
        let Some((header, proxies)) = &self.0 else {
            return known(connection);
        };
        let trusted = |address: Option<IpAddr>| {
            address.is_none_or(|address| proxies.iter().any(|proxies| proxies.contain(address)))
        };
        let mut peer = connection;
        let lists: Vec<_> = headers.get_all(header).iter().collect();
        let mut listed = lists
            .iter()
            .rev()
            .flat_map(|list| list.as_bytes().rsplit(|byte| *byte == b','));
        while trusted(peer) {
            let Some(address) = listed.next().and_then(parse) else {
                break;
            };
            peer = Some(address);
        }
        known(peer)
    }
}

/// Parses one address of the header.
fn parse(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    text.parse()
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

/// One address or a network: `192.0.2.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    first: IpAddr,
    /// The length of the prefix.
    bits: u32,
}

impl Addresses {
    /// Whether the address has the same prefix. An IPv4 network contains no IPv6 address.
    fn contain(&self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                let differ = first.to_bits() ^ address.to_bits();
                differ.leading_zeros() >= self.bits
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                let differ = first.to_bits() ^ address.to_bits();
                differ.leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

/// The text is neither an address nor a network.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InvalidAddresses;

impl std::fmt::Display for InvalidAddresses {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "expected an address such as \"192.0.2.1\", or a network such as \"10.0.0.0/8\"",
        )
    }
}

impl From<AddrParseError> for InvalidAddresses {
    fn from(_: AddrParseError) -> Self {
        Self
    }
}

impl FromStr for Addresses {
    type Err = InvalidAddresses;

    fn from_str(text: &str) -> Result<Self, InvalidAddresses> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let first: IpAddr = address.parse()?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| InvalidAddresses))?;
        if bits > most {
            return Err(InvalidAddresses);
        }
        Ok(Self { first, bits })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderName;

    use super::{Addresses, HeaderMap, InvalidAddresses, IpAddr, Peer, Trust};

    const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn peer(connection: &str, listed: &[&str]) -> Peer {
        of_connection(Some(address(connection)), listed)
    }

    fn of_connection(connection: Option<IpAddr>, listed: &[&str]) -> Peer {
        let proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"];
        let proxies = proxies.iter().map(|text| text.parse().unwrap());
        let trust = Trust::new(FORWARDED, proxies.collect());
        let headers: HeaderMap = listed
            .iter()
            .map(|value| (FORWARDED, value.parse().unwrap()))
            .collect();
        trust.peer(connection, &headers)
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let client = Peer(address("198.51.100.7"));
        assert_eq!(peer("127.0.0.1", &["198.51.100.7"]), client);
        assert_eq!(peer("::ffff:10.1.2.3", &["198.51.100.7"]), client);
        assert_eq!(peer("fd12::1", &["198.51.100.7"]), client);
        assert_eq!(
            peer("198.51.100.7", &["203.0.113.1"]),
            client,
            "a header of the client itself"
        );
        assert_eq!(peer("127.0.0.1", &[]), Peer(address("127.0.0.1")));
        assert_eq!(peer("127.0.0.1", &["unknown"]), Peer(address("127.0.0.1")));
    }

    #[test]
    fn the_last_listed_address_that_is_not_a_proxy_counts() {
        let client = Peer(address("198.51.100.7"));
        assert_eq!(
            peer("127.0.0.1", &["203.0.113.1, 198.51.100.7, 10.0.0.9"]),
            client
        );
        assert_eq!(
            peer("127.0.0.1", &["203.0.113.1", "198.51.100.7,10.0.0.9"]),
            client
        );
        assert_eq!(
            peer("127.0.0.1", &["127.0.0.1, 10.0.0.9"]),
            Peer(address("127.0.0.1"))
        );
    }

    #[test]
    fn a_proxy_behind_a_unix_socket_is_trusted() {
        let client = Peer(address("198.51.100.7"));
        assert_eq!(of_connection(None, &["198.51.100.7"]), client);
        assert_eq!(
            of_connection(None, &["203.0.113.1, 198.51.100.7, 10.0.0.9"]),
            client
        );
        let local = Peer(address("127.0.0.1"));
        assert_eq!(
            [of_connection(None, &[]), of_connection(None, &["unix:"])],
            [local, local]
        );
    }

    #[test]
    fn without_trusted_proxies_the_connection_counts() {
        let headers = HeaderMap::from_iter([(FORWARDED, "203.0.113.1".parse().unwrap())]);
        let peer = Trust::default().peer(Some(address("::1")), &headers);
        assert_eq!(peer, Peer(address("::1")));
        let peer = Trust::default().peer(None, &headers);
        assert_eq!(peer, Peer(address("127.0.0.1")));
    }

    #[test]
    fn invalid_networks_are_refused() {
        for text in [
            "",
            "example.kz",
            "10.0.0.0/33",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "::/129",
            "10.0.0.0/8/8",
        ] {
            assert_eq!(text.parse::<Addresses>(), Err(InvalidAddresses), "{text}");
        }
        let all: Addresses = "0.0.0.0/0".parse().unwrap();
        assert!(all.contain(address("203.0.113.1")) && !all.contain(address("::1")));
    }
}
