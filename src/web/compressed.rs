//! Compressed bodies of documents that are made for a request, the latest few.
//!
//! A document of `/history` differs by its range, so that it is not made ahead as a page is. But a chart or a table of a site requests the same few
//! ranges again and again, and compressing costs more than writing the text. Bodies are found by the digest of the plain bytes, so that a correction
//! of the rates needs no invalidation: its text has another digest. At most 64 bodies of 4 MiB together are kept.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::coding::{Coding, compress};

/// The compressed bodies that were used last, by the digest of their plain bytes.
#[derive(Debug, Default)]
pub(super) struct Compressed {
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    fingerprint: String,
    coding: Coding,
    /// `None` if it is no smaller than the plain bytes.
    body: Option<Bytes>,
}

impl Compressed {
    const MOST: usize = 64;
    const MOST_BYTES: usize = 4 << 20;

    /// Returns the bytes in `coding`. Returns `None` for identity, and if the result is no smaller.
    pub(super) fn body(&self, plain: &Bytes, fingerprint: &str, coding: Coding) -> Option<Bytes> {
        if coding == Coding::Identity {
            return None;
        }
        if let Some(body) = self.find(fingerprint, coding) {
            return body;
        }
        // Without the lock: others do not wait for it, and two that come at once do the same work.
        let body = compress(coding, plain);
        self.keep(Kept {
            fingerprint: fingerprint.to_owned(),
            coding,
            body: body.clone(),
        });
        body
    }

    fn find(&self, fingerprint: &str, coding: Coding) -> Option<Option<Bytes>> {
        let mut all = self.kept();
        let is_it = |kept: &Kept| kept.coding == coding && kept.fingerprint == fingerprint;
        let at = all.iter().position(is_it)?;
        let found = all.remove(at)?;
        let body = found.body.clone();
        all.push_back(found);
        Some(body)
    }

    /// Keeps a body in the place of those that were not used for the longest time.
    fn keep(&self, kept: Kept) {
        let mut all = self.kept();
        all.push_back(kept);
        let size = |kept: &Kept| kept.body.as_ref().map_or(0, Bytes::len);
        let mut bytes: usize = all.iter().map(size).sum();
        while all.len() > Self::MOST || bytes > Self::MOST_BYTES {
            let Some(oldest) = all.pop_front() else {
                break;
            };
            bytes -= size(&oldest);
        }
    }

    /// Locks the bodies. They stay consistent after a panic, so a poisoned lock is used.
    fn kept(&self) -> MutexGuard<'_, VecDeque<Kept>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::{Coding, Compressed, Kept};

    #[test]
    fn the_bodies_that_were_used_last_are_kept() {
        let compressed = Compressed::default();
        let body = |number: usize| {
            let plain = Bytes::from(format!("{number};").repeat(100));
            compressed.body(&plain, &number.to_string(), Coding::Gzip)
        };
        for number in 0..1_000 {
            assert_eq!(body(number), body(number));
            body(0);
        }
        let kept = compressed.kept();
        assert_eq!(kept.len(), Compressed::MOST);
        assert!(kept.iter().any(|kept| kept.fingerprint == "0"));
        assert!(!kept.iter().any(|kept| kept.fingerprint == "1"));
    }

    #[test]
    fn their_size_has_a_limit() {
        let compressed = Compressed::default();
        for number in 0..8 {
            compressed.keep(Kept {
                fingerprint: number.to_string(),
                coding: Coding::Gzip,
                body: Some(Bytes::from(vec![0; (1 << 20) + 1])),
            });
        }
        assert_eq!(compressed.kept().len(), 3);
    }

    #[test]
    fn a_body_that_is_no_smaller_stays_plain() {
        let compressed = Compressed::default();
        for _ in 0..2 {
            assert!(
                compressed
                    .body(&Bytes::from_static(b"usd"), "usd", Coding::Gzip)
                    .is_none()
            );
        }
        assert!(
            compressed
                .body(&Bytes::from_static(b"usd"), "usd", Coding::Identity)
                .is_none()
        );
        assert_eq!(compressed.kept().len(), 1);
    }
}
