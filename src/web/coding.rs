//! Content codings: choosing the one that a client accepts, and compressing.

use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::HeaderMap;
use http::header::ACCEPT_ENCODING;

/// The content coding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    Brotli,
}

impl Coding {
    /// Returns the smallest coding that the client accepts, by
    /// [RFC 9110, section 12.5.3](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3).
    ///
    /// Weights are not ranked: brotli is preferred to gzip, and gzip to identity, unless its weight is 0. At most 64 entries are read.
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

    /// Returns the name in `Content-Encoding`, or `None` for identity.
    pub(super) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }
}

/// Whether a weight excludes its coding, as `q=0` and `q=0.000` do. An unreadable weight does not.
fn is_zero(weight: &str) -> bool {
    let value = weight.split_once('=').map_or("", |(_, value)| value.trim());
    value.starts_with('0') && value.bytes().all(|byte| matches!(byte, b'0' | b'.'))
}

/// The most bytes of a text that is compressed as well as possible.
const LARGEST_PAGE: usize = 64 << 10;

/// Compresses `bytes`. Returns `None` for identity, and if the result is no smaller.
///
/// gzip at its best level; brotli at quality 9 with a window of 256 KiB, more than any page needs. Larger texts are documents that are made for a
/// request: they take a tenth of the time at most, and a tenth more bytes.
pub(super) fn compress(coding: Coding, bytes: &[u8]) -> Option<Bytes> {
    let is_page = bytes.len() <= LARGEST_PAGE;
    let compressed = match coding {
        Coding::Identity => return None,
        Coding::Gzip => {
            let level = if is_page { 9 } else { 2 };
            let out = Vec::with_capacity(bytes.len());
            let mut writer = GzEncoder::new(out, Compression::new(level));
            writer.write_all(bytes).and_then(|()| writer.finish())
        }
        Coding::Brotli => {
            let (buffer, quality, window) = (4096, if is_page { 9 } else { 2 }, 18);
            let out = Vec::with_capacity(bytes.len());
            let mut writer = brotli::CompressorWriter::new(out, buffer, quality, window);
            writer.write_all(bytes).map(|()| writer.into_inner())
        }
    };
    // Writing to a vector cannot fail.
    let compressed = compressed.ok();
    let smaller = compressed.filter(|compressed| compressed.len() < bytes.len());
    smaller.map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::{ACCEPT_ENCODING, Coding, HeaderMap, compress};

    #[test]
    fn the_smallest_accepted_coding_is_chosen() {
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
    fn compression_is_lossless_and_only_kept_if_smaller() {
        let text = "usd/kzt 475.09 · eur/kzt 551.06 · ".repeat(20);
        let gzip = compress(Coding::Gzip, text.as_bytes()).unwrap();
        let mut decompressed = String::new();
        std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*gzip), &mut decompressed)
            .unwrap();
        assert_eq!(decompressed, text);
        let brotli = compress(Coding::Brotli, text.as_bytes()).unwrap();
        decompressed.clear();
        std::io::Read::read_to_string(
            &mut brotli::Decompressor::new(&*brotli, 4096),
            &mut decompressed,
        )
        .unwrap();
        assert_eq!(decompressed, text);
        assert!(
            compress(Coding::Gzip, b"usd").is_none() && compress(Coding::Brotli, b"").is_none()
        );
    }
}
