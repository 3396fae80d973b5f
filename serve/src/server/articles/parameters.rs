//! The parameters of a request: `/?lang=kk&on=2023-06-13&to=USD`.

use std::fmt;

use chrono::NaiveDate;
use masthead::money::Currency;
use masthead::strip::Lang;

/// The parameters of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    pub(super) lang: Lang,
    /// The day of the article.
    pub(super) on: Option<NaiveDate>,
    pub(super) to: Option<Currency>,
}

/// The error of a parameter, in words that begin with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InvalidParameter(String);

impl fmt::Display for InvalidParameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Parameters {
    pub(super) fn parse(query: &str) -> Result<Self, InvalidParameter> {
        let (mut lang, mut on, mut to) = (None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "lang" => once("lang", &mut lang, value.parse::<Lang>())?,
                "on" => once("on", &mut on, day(&value))?,
                "to" => once("to", &mut to, value.parse::<Currency>())?,
                _ => {
                    let name = Shortened(&name);
                    let reason = format!("{name}: unknown parameter; accepted are lang, on, to");
                    return Err(InvalidParameter(reason));
                }
            }
        }
        let required = || InvalidParameter("lang: is required, such as lang=kk".into());
        Ok(Self {
            lang: lang.ok_or_else(required)?,
            on,
            to,
        })
    }
}

/// Sets a parameter that must not be repeated.
fn once<T, E: fmt::Display>(
    name: &str,
    place: &mut Option<T>,
    parsed: Result<T, E>,
) -> Result<(), InvalidParameter> {
    let value = parsed.map_err(|error| InvalidParameter(format!("{name}: {error}")))?;
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(InvalidParameter(format!("{name}: is given twice"))),
    }
}

/// Reads a day in its one spelling.
fn day(text: &str) -> Result<NaiveDate, String> {
    let day = text.parse().ok();
    day.filter(|day: &NaiveDate| day.to_string() == text)
        .ok_or_else(|| {
            format!(
                "invalid day {}: expected one such as 2023-06-13",
                Shortened(text)
            )
        })
}

/// Prints a text in quotes, cut after 40 characters.
struct Shortened<'a>(&'a str);

impl fmt::Display for Shortened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short: String = self.0.chars().take(40).collect();
        write!(f, "{short:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(query: &str) -> String {
        Parameters::parse(query).unwrap_err().to_string()
    }

    #[test]
    fn parameters_are_read_in_any_order() {
        let expected = Parameters {
            lang: Lang::UzLatn,
            on: NaiveDate::from_ymd_opt(2023, 6, 13),
            to: Some(Currency::EUR),
        };
        for query in [
            "lang=uz-Latn&on=2023-06-13&to=EUR",
            "to=eur&on=2023%2D06-13&lang=uz-latn",
        ] {
            assert_eq!(Parameters::parse(query), Ok(expected));
        }
        let least = Parameters {
            on: None,
            to: None,
            ..expected
        };
        assert_eq!(Parameters::parse("lang=uz-Latn"), Ok(least));
    }

    #[test]
    fn an_error_names_the_parameter_and_the_expectation() {
        for (query, begin, end) in [
            ("", "lang: is required", ", such as lang=kk"),
            ("on=2023-06-13", "lang: is required", ""),
            (
                "lang=ar",
                "lang: unknown language \"ar\": expected one of en, ru, ",
                "",
            ),
            ("lang=", "lang: unknown language \"\"", ""),
            (
                "lang=kk&on=13.06.2023",
                "on: invalid day \"13.06.2023\": ",
                "such as 2023-06-13",
            ),
            ("lang=kk&on=2023-6-13", "on: invalid day ", ""),
            ("lang=kk&on=+2023-06-13", "on: invalid day ", ""),
            ("lang=kk&on=2023-02-29", "on: invalid day ", ""),
            ("lang=kk&to=dollar", "to: ", ""),
            ("lang=kk&lang=ru", "lang: is given twice", ""),
            (
                "lang=kk&day=1",
                "\"day\": unknown parameter; ",
                "lang, on, to",
            ),
            (
                "lang=kk&%0d%0aset-cookie=1",
                "\"\\r\\nset-cookie\": unknown",
                "",
            ),
        ] {
            let error = error(query);
            assert!(
                error.starts_with(begin) && error.ends_with(end),
                "{query}: {error}"
            );
        }
        let long = "x".repeat(10_000);
        for query in [
            long.clone(),
            format!("lang={long}"),
            format!("lang=kk&on={long}"),
            format!("lang=kk&to={long}"),
        ] {
            assert!(error(&query).len() < 300, "{}", error(&query));
        }
    }
}
