//! Codings of a body: which a reader takes, and packing.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

/// How the bytes of an answer are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Brotli,
}

impl Coding {
    /// The smallest that the reader takes, by [RFC 9110, section 12.5.3](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3).
    pub(super) fn accepted(headers: &HeaderMap) -> Self {
        let (mut brotli, mut gzip, mut any) = (None, None, None);
        let entries = headers.get_all(ACCEPT_ENCODING).iter();
        let entries = entries.filter_map(|value| value.to_str().ok());
        for entry in entries.flat_map(|value| value.split(',')).take(64) {
            let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
            let name = name.trim();
            let taken = Some(!is_zero(weight));
            if name.eq_ignore_ascii_case("br") {
                brotli = taken;
            } else if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
                gzip = taken;
            } else if name == "*" {
                any = taken;
            }
        }
        if brotli.or(any) == Some(true) {
            Self::Brotli
        } else if gzip.or(any) == Some(true) {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    /// Its name in `Content-Encoding`.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }
}

/// Whether a weight says "not at all": `q=0`, `q=0.000`. One that cannot be read says nothing.
fn is_zero(weight: &str) -> bool {
    let value = weight.split_once('=').map_or("", |(_, value)| value.trim());
    value.starts_with('0') && value.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

/// The packed bytes; nothing where packing saves nothing.
pub(super) fn pack(coding: Coding, bytes: &[u8]) -> Option<Bytes> {
    let packed = match coding {
        Coding::Identity => return None,
        Coding::Gzip => {
            let mut writer = GzEncoder::new(Vec::with_capacity(bytes.len()), Compression::best());
            writer.write_all(bytes).and_then(|()| writer.finish())
        }
        Coding::Brotli => {
            let (buffer, quality, window) = (4096, 9, 18);
            let packed = Vec::with_capacity(bytes.len());
            let mut writer = brotli::CompressorWriter::new(packed, buffer, quality, window);
            writer.write_all(bytes).map(|()| writer.into_inner())
        }
    };
    // A vector takes every byte, so there is no error to tell of.
    let packed = packed.ok().filter(|packed| packed.len() < bytes.len());
    packed.map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::{ACCEPT_ENCODING, Coding, HeaderMap, pack};

    #[test]
    fn the_smallest_coding_that_is_taken_is_chosen() {
        for (header, coding) in [
            ("", Coding::Identity),
            ("gzip, deflate, br, zstd", Coding::Brotli),
            ("gzip, deflate", Coding::Gzip),
            ("GZIP;q=0.5", Coding::Gzip),
            ("x-gzip", Coding::Gzip),
            ("br;q=0, gzip", Coding::Gzip),
            ("br; q=0.000, *", Coding::Gzip),
            ("*;q=0", Coding::Identity),
            ("*", Coding::Brotli),
            ("identity", Coding::Identity),
            ("brotli, gzipped", Coding::Identity),
            ("\u{1}", Coding::Identity),
        ] {
            let mut headers = HeaderMap::new();
            if let Ok(value) = header.parse() {
                headers.insert(ACCEPT_ENCODING, value);
            }
            assert_eq!(Coding::accepted(&headers), coding, "{header}");
        }
    }

    #[test]
    fn packing_is_undone_by_unpacking_and_saves_something_or_is_not_done() {
        let text = "usd/kzt 475.09 · eur/kzt 551.06 · ".repeat(20);
        let gzip = pack(Coding::Gzip, text.as_bytes()).unwrap();
        let mut unpacked = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*gzip), &mut unpacked)
            .unwrap();
        assert_eq!(unpacked, text);
        let brotli = pack(Coding::Brotli, text.as_bytes()).unwrap();
        unpacked.clear();
        std::io::Read::read_to_string(
            &mut brotli::Decompressor::new(&*brotli, 4096),
            &mut unpacked,
        )
        .unwrap();
        assert_eq!(unpacked, text);
        assert!(pack(Coding::Gzip, b"usd").is_none() && pack(Coding::Brotli, b"").is_none());
    }
}
