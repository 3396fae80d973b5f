//! The lines of publications and sightings as [`Writer`](super::Writer) writes them, parsed without a JSON parser.
//!
//! Thirty years of a bank are fifteen thousand lines. A line in another form that JSON allows is left to the general parser.
//!
//! It may refuse what the general parser accepts, and must not accept what that refuses or reads otherwise; the test below changes lines at random
//! and compares.

use chrono::{DateTime, NaiveTime, Utc};

use super::Value;
use super::answers::PublicationText;
use crate::ledger::RecordId;
use crate::ledger::text::{day, number};
use crate::money::Rates;

/// Parses the value of a line. Returns `None` for every value that is not written so, valid or not.
pub(super) fn value(json: &[u8]) -> Option<Value<'static>> {
    let json = std::str::from_utf8(json).ok()?;
    publication(json).or_else(|| sighting(json))
}

fn publication(json: &str) -> Option<Value<'static>> {
    let escaped = json.strip_prefix(r#"{"publication":{"text":""#)?;
    let (text, rest) = unescaped(escaped)?;
    let longest_pause = match rest {
        "}}" => Rates::DEFAULT_PAUSE,
        _ => {
            let number = rest.strip_prefix(r#","longest_pause":"#)?;
            let number = number.strip_suffix("}}")?;
            let pause: u16 = number.parse().ok()?;
            (itoa::Buffer::new().format(pause) == number).then_some(pause)?
        }
    };
    let text = PublicationText::try_from(text).ok()?;
    Some(Value::Publication {
        text,
        longest_pause,
    })
}

/// The text of a JSON string in printable ASCII and line feeds, and what follows its quotation mark.
fn unescaped(escaped: &str) -> Option<(String, &str)> {
    let (escaped, rest) = escaped.split_once('"')?;
    let is_printable = escaped
        .bytes()
        .fold(true, |all, byte| all & (b' '..=b'~').contains(&byte));
    let mut text = String::with_capacity(escaped.len());
    let mut from = 0;
    for at in memchr::memchr_iter(b'\\', escaped.as_bytes()) {
        text.push_str(escaped.get(from..at)?);
        text.push('\n');
        from = at + 2;
        if escaped.as_bytes().get(at + 1) != Some(&b'n') {
            return None;
        }
    }
    text.push_str(escaped.get(from..)?);
    is_printable.then_some((text, rest))
}

fn sighting(json: &str) -> Option<Value<'static>> {
    let mut rest = json;
    let mut text_after = |name: &str| {
        let (text, more) = rest.strip_prefix(name)?.split_once('"')?;
        rest = more;
        // Ids and times have no escapes, so a text with one does not parse.
        Some(text)
    };
    let value = Value::Sighting {
        bank: text_after(r#"{"sighting":{"bank":""#)?.parse().ok()?,
        source: text_after(r#","source":""#)?.parse().ok()?,
        feed: text_after(r#","feed":""#)?.parse().ok()?,
        asked: day(text_after(r#","asked":""#)?)?,
        first: instant(text_after(r#","first":""#)?)?,
        last: instant(text_after(r#","last":""#)?)?,
        answer: match text_after(r#","answer":""#) {
            Some(id) => Some(id.parse::<RecordId>().ok()?),
            None => {
                rest = rest.strip_prefix(r#","answer":null"#)?;
                None
            }
        },
    };
    (rest == "}}").then_some(value)
}

/// An instant such as `2026-04-02T06:00:00Z` or `2026-04-02T06:00:00.123Z`.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let (date, time) = text.split_at_checked(10)?;
    let [b'T', h, i, b':', m, n, b':', s, t, fraction @ ..] = time.as_bytes() else {
        return None;
    };
    let millis = match fraction {
        b"Z" => 0,
        [b'.', a, b, c, b'Z'] => number([*a, *b, *c])?,
        _ => return None,
    };
    let (hour, minute, second) = (number([*h, *i])?, number([*m, *n])?, number([*s, *t])?);
    let time = NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?;
    Some(day(date)?.and_time(time).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::line::Writer;
    use crate::ledger::{Feed, Sighting};
    use crate::money::{Currency, Publication, Quotation, Row};
    use crate::provenance::SourceId;

    fn shown(value: &Value<'_>) -> String {
        match value {
            Value::Publication {
                text,
                longest_pause,
            } => format!("{:?} {:?} {longest_pause}", text.id, text.rates),
            Value::Sighting {
                bank,
                source,
                feed,
                asked,
                first,
                last,
                answer,
            } => format!("{bank} {source} {feed} {asked} {first:?} {last:?} {answer:?}"),
            _ => "another value".into(),
        }
    }

    /// A value that is parsed here is that of the general parser.
    #[test]
    fn a_changed_line_is_parsed_as_by_the_general_parser() {
        let now: DateTime<Utc> = "2026-04-02T06:00:00Z".parse().unwrap();
        let publication = Publication::new(
            SourceId::SAMPLE,
            Currency::KZT,
            Quotation::HomePerForeign,
            now.date_naive(),
            chrono_tz::Asia::Almaty,
        );
        let rows = [Currency::USD, Currency::EUR].map(|currency| Row::new(currency, 475.into(), 1));
        let rates = Rates::new(publication, rows).unwrap();
        let (bank, day) = (SourceId::SAMPLE, rates.day());
        let later = now + chrono::TimeDelta::milliseconds(3_600_123);
        let sightings = [
            Sighting::of_rates(bank.clone(), Feed::OfDay, day, rates.clone(), now).until(later),
            Sighting::of_rates(
                bank.clone(),
                Feed::Newest,
                day,
                rates.with_longest_pause(4),
                now,
            ),
            Sighting::of_no_data(bank.clone(), bank, Feed::OfDay, day, now),
        ];
        let mut text = String::new();
        let mut writer = Writer::default();
        for sighting in sightings {
            writer.record(&sighting.into(), &mut text);
        }
        let lines: Vec<&[u8]> = text.lines().map(|line| &line.as_bytes()[9..]).collect();
        assert!(lines.iter().all(|json| value(json).is_some()), "{text}");
        let mut random = fastrand::Rng::with_seed(19);
        let mut parsed = 0;
        for _ in 0..50_000 {
            let mut json = random.choice(&lines).unwrap().to_vec();
            let at = random.usize(0..json.len());
            let byte = random
                .choice(b"\\\"n0123456789TZ:.-{}, \x01\xc3_ae")
                .copied();
            match (random.u8(0..3), byte) {
                (0, Some(byte)) => json.insert(at, byte),
                (1, Some(byte)) => json[at] = byte,
                _ => _ = json.remove(at),
            }
            if let Some(quick) = value(&json) {
                let general: Value<'_> = serde_json::from_slice(&json).unwrap();
                assert_eq!(shown(&quick), shown(&general));
                parsed += 1;
            }
        }
        assert!(parsed > 1_000, "{parsed}");
    }
}
