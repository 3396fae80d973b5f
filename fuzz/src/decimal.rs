use masthead::money::parse_decimal;
use masthead::weather::Celsius;

/// 2⁹⁶ − 1: the largest mantissa of a decimal.
const MOST: &str = "79228162514264337593543950335";

/// Parses a text as a number: the parser and a slow one over the digits agree, or both refuse it.
pub fn decimal(data: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(data) else {
        return false;
    };
    let slowly = slowly(text);
    let read = parse_decimal(text);
    assert_eq!(
        read.as_ref().ok().map(ToString::to_string),
        slowly,
        "{text:?}"
    );
    temperature(text, slowly.as_deref());
    let Ok(number) = read else {
        return false;
    };
    let printed = number.to_string();
    let again = parse_decimal(&printed).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(
        (again, again.scale()),
        (number, number.scale()),
        "{text:?} by way of {printed}"
    );
    true
}

/// Parses a number by its digits and returns it as it prints. Returns `None` if the grammar or the size forbids it.
fn slowly(text: &str) -> Option<String> {
    let digits_only =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if text.len() > 31 {
        return None;
    }
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if digits_only(fraction) => (whole, fraction),
        Some(_) => return None,
        None => (number, ""),
    };
    if !digits_only(whole) {
        return None;
    }
    let mut places = i32::try_from(fraction.len()).ok()?;
    if let Some(exponent) = exponent {
        let size = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if !digits_only(size) || size.len() > 2 {
            return None;
        }
        let size: i32 = size.parse().ok()?;
        places += if exponent.starts_with('-') {
            size
        } else {
            -size
        };
    }
    let joined = format!("{whole}{fraction}");
    let mut digits = joined.trim_start_matches('0').to_owned();
    let zero = digits.is_empty();
    while places < 0 {
        digits.push_str(if zero { "" } else { "0" });
        places += 1;
    }
    let fits = digits.len() < MOST.len() || (digits.len() == MOST.len() && digits.as_str() <= MOST);
    if places > 28 || !fits {
        return None;
    }
    let places = usize::try_from(places).ok()?;
    let padded = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = padded.split_at(padded.len() - places);
    let sign = if text.starts_with('-') && !zero {
        "-"
    } else {
        ""
    };
    let point = if places > 0 { "." } else { "" };
    Some(format!("{sign}{whole}{point}{fraction}"))
}

/// Checks that a temperature is such a number, cut after its first decimal, from -100 to 100 degrees.
fn temperature(text: &str, slowly: Option<&str>) {
    let expected = slowly.and_then(|printed| {
        let (whole, fraction) = printed.split_once('.').unwrap_or((printed, "0"));
        let tenths: i64 = format!("{whole}{}", &fraction[..1]).parse().ok()?;
        i16::try_from(tenths).ok().and_then(Celsius::from_tenths)
    });
    let read = text.parse::<Celsius>().ok();
    assert_eq!(read, expected, "{text:?}");
    if let Some(read) = read {
        assert_eq!(read.to_string().parse(), Ok(read));
    }
}
