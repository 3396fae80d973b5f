//! Keys of records as members of a sorted set.
//!
//! A member is bytes, and a key is text. A foreign member that is not UTF-8 needs a text too, because the engine removes by it what it cannot use. So
//! each member has a text of its own, and the text gives the member back: `key` and `member` are inverses.

/// Begins the text of a member that is not UTF-8. No record key begins with it.
const ESCAPE: &str = "\0hex ";

/// Returns the text of a member. A member that is not UTF-8 gets an escaped text, so that it can be removed.
pub(super) fn key(member: Vec<u8>) -> String {
    let member = match String::from_utf8(member) {
        // Escaped, so that two members never have one text.
        Ok(key) if key.starts_with(ESCAPE) => key.into_bytes(),
        Ok(key) => return key,
        Err(error) => error.into_bytes(),
    };
    let digits = member.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    ESCAPE.chars().chain(digits).collect()
}

/// Returns the member whose text is `key`.
pub(super) fn member(key: &str) -> Vec<u8> {
    let escaped = key.strip_prefix(ESCAPE).and_then(bytes);
    escaped.unwrap_or_else(|| key.as_bytes().to_vec())
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_has_its_own_text() {
        let members: [&[u8]; 6] = [
            b"",
            b"sighting nbk",
            "теңге".as_bytes(),
            b"\xff\x00\xfe",
            b"\0hex ff",
            b"\0hex x",
        ];
        for bytes in members {
            let key = key(bytes.to_vec());
            assert_eq!(member(&key), bytes, "{key:?}");
        }
        assert_eq!(key(b"\xff\x0a".to_vec()), "\0hex ff0a");
        assert_ne!(key(b"\0hex ff".to_vec()), key(b"\xff".to_vec()));
    }
}
