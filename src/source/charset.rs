//! The charset of an XML document, by its declaration, its byte order mark and its `Content-Type`.

use std::borrow::Cow;

use bytes::Bytes;
use encoding_rs::{Encoding, UTF_8, WINDOWS_1251};
use http::Response;
use http::header::CONTENT_TYPE;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{DecodeError, body, without_mark};
use crate::provenance::SourceId;

/// The longest XML declaration, in bytes; usual ones have fifty.
const DECLARATION: usize = 200;

/// The body of an XML answer with status 200 or 203, as text. The charset is UTF-8 unless the document or its header names
/// windows-1251.
///
/// If mark, declaration and header disagree, the answer is an error: by the standard the header wins, but most banks' clients
/// go by the document, so either may be wrong.
///
/// Bytes that are not of the charset become U+FFFD, or U+0098 in windows-1251, so a document in UTF-8 that declares
/// windows-1251 is still right in its ASCII fields. The caller must check that each field it reads is ASCII. Neither charset
/// has an ASCII byte inside another character, so such bytes neither hide a tag nor produce one.
pub(super) fn xml_text<'a>(
    source: &SourceId,
    response: &'a Response<Bytes>,
) -> Result<Cow<'a, str>, DecodeError> {
    let bytes = body(source, response)?;
    decode(bytes, response).map_err(|what| DecodeError::malformed(source, what))
}

/// The text of the bytes. The error is a reason for a log.
fn decode<'a>(bytes: &'a [u8], response: &Response<Bytes>) -> Result<Cow<'a, str>, String> {
    let unmarked = without_mark(bytes);
    let mark = (unmarked.len() < bytes.len()).then_some(UTF_8);
    let declared = declared(unmarked)?;
    let sent = sent(response)?;
    let mut named = [mark, declared, sent].into_iter().flatten();
    let charset = named.next().unwrap_or(UTF_8);
    if let Some(other) = named.find(|other| *other != charset) {
        return Err(format!(
            "conflicting charsets, {} and {}",
            charset.name(),
            other.name()
        ));
    }
    if charset == UTF_8 {
        return Ok(String::from_utf8_lossy(unmarked));
    }
    let (text, _) = charset.decode_without_bom_handling(unmarked);
    Ok(text)
}

/// The charset in the XML declaration.
fn declared(bytes: &[u8]) -> Result<Option<&'static Encoding>, String> {
    // Some servers put an empty line first.
    let bytes = bytes.trim_ascii_start();
    let head = bytes.get(..DECLARATION).unwrap_or(bytes);
    let end = head.windows(2).position(|pair| pair == b"?>");
    let declaration = end
        .and_then(|end| head.get(..end + 2))
        .and_then(|declaration| std::str::from_utf8(declaration).ok());
    let Some(Ok(Event::Decl(declaration))) =
        declaration.map(|text| Reader::from_str(text).read_event())
    else {
        return Ok(None);
    };
    declaration
        .encoding()
        .map(|label| {
            let label = label.map_err(|cause| format!("the XML declaration: {cause}"))?;
            known(&label, "the XML declaration")
        })
        .transpose()
}

/// The charset in the `Content-Type`.
fn sent(response: &Response<Bytes>) -> Result<Option<&'static Encoding>, String> {
    let Some(header) = response.headers().get(CONTENT_TYPE) else {
        return Ok(None);
    };
    let header = header
        .to_str()
        .map_err(|_| "the Content-Type is not text".to_owned())?;
    header
        .split(';')
        .skip(1)
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim_ascii().eq_ignore_ascii_case("charset"))
        .map(|(_, label)| known(label.trim_ascii().trim_matches('"'), "the Content-Type"))
        .transpose()
}

/// The charset of a label, if it is one of the two that banks use; `place` is named in the error.
fn known(label: &str, place: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(label.as_bytes())
        .filter(|charset| [UTF_8, WINDOWS_1251].contains(charset))
        .ok_or_else(|| {
            let label: String = label.chars().take(40).collect();
            format!("{place} names the charset {label:?}, expected UTF-8 or windows-1251")
        })
}
