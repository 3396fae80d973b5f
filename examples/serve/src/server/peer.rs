//! Whose request it is: the address of the connection, or the one that a proxy we trust tells.

use std::net::{AddrParseError, IpAddr};
use std::str::FromStr;

use http::{HeaderMap, HeaderName};

/// The address of the reader, as an extension of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Which proxies are believed, and in which header they tell the reader's address; none unless told.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trust(Option<(HeaderName, Vec<Addresses>)>);

impl Trust {
    pub(crate) const fn new(header: HeaderName, proxies: Vec<Addresses>) -> Self {
        Self(Some((header, proxies)))
    }

    /// The reader's address. A header may be a list, to which each proxy adds at the end: from there it is the first that is
    /// no proxy of ours. What a reader wrote into it himself stands before that.
    pub(crate) fn peer(&self, connection: IpAddr, headers: &HeaderMap) -> Peer {
        let connection = connection.to_canonical();
        let Some((header, proxies)) = &self.0 else {
            return Peer(connection);
        };
        let trusted = |address: IpAddr| proxies.iter().any(|proxies| proxies.contain(address));
        let mut peer = connection;
        let lists: Vec<_> = headers.get_all(header).iter().collect();
        let mut told = lists
            .iter()
            .rev()
            .flat_map(|list| list.as_bytes().rsplit(|byte| *byte == b','));
        while trusted(peer) {
            let Some(address) = told.next().and_then(parse) else {
                break;
            };
            peer = address;
        }
        Peer(peer)
    }
}

fn parse(text: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(text).ok()?.trim();
    text.parse()
        .ok()
        .map(|address: IpAddr| address.to_canonical())
}

/// One address, or those that begin with the same bits: `192.0.2.1`, `10.0.0.0/8`, `fd00::/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Addresses {
    first: IpAddr,
    bits: u32,
}

impl Addresses {
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

/// The text is no address and no network.
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

    fn peer(connection: &str, told: &[&str]) -> Peer {
        let proxies = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"];
        let proxies = proxies.iter().map(|text| text.parse().unwrap());
        let trust = Trust::new(FORWARDED, proxies.collect());
        let headers: HeaderMap = told
            .iter()
            .map(|value| (FORWARDED, value.parse().unwrap()))
            .collect();
        trust.peer(address(connection), &headers)
    }

    #[test]
    fn a_proxy_is_believed_and_nobody_else() {
        let reader = Peer(address("198.51.100.7"));
        assert_eq!(peer("127.0.0.1", &["198.51.100.7"]), reader);
        assert_eq!(peer("::ffff:10.1.2.3", &["198.51.100.7"]), reader);
        assert_eq!(peer("fd12::1", &["198.51.100.7"]), reader);
        assert_eq!(
            peer("198.51.100.7", &["203.0.113.1"]),
            reader,
            "a reader's own word"
        );
        assert_eq!(peer("127.0.0.1", &[]), Peer(address("127.0.0.1")));
        assert_eq!(peer("127.0.0.1", &["unknown"]), Peer(address("127.0.0.1")));
    }

    #[test]
    fn of_a_list_the_last_that_is_no_proxy_counts() {
        let reader = Peer(address("198.51.100.7"));
        assert_eq!(
            peer("127.0.0.1", &["203.0.113.1, 198.51.100.7, 10.0.0.9"]),
            reader
        );
        assert_eq!(
            peer("127.0.0.1", &["203.0.113.1", "198.51.100.7,10.0.0.9"]),
            reader
        );
        assert_eq!(
            peer("127.0.0.1", &["127.0.0.1, 10.0.0.9"]),
            Peer(address("127.0.0.1"))
        );
    }

    #[test]
    fn without_trust_the_connection_counts() {
        let headers = HeaderMap::from_iter([(FORWARDED, "203.0.113.1".parse().unwrap())]);
        let peer = Trust::default().peer(address("127.0.0.1"), &headers);
        assert_eq!(peer, Peer(address("127.0.0.1")));
    }

    #[test]
    fn what_is_no_network_is_refused() {
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
