//! Frankfurter: rates worked back from quotients, right or absent.

use http::StatusCode;
use masthead::money::{Currency, Method, Rates};
use masthead::source::{DecodeError, Frankfurter, NationalBankKz, Source};
use proptest::prelude::*;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::support::{day, ok, recorded};

const DAY: &str = "2027-03-04";

fn quote(day: &str, code: &str, rate: &str) -> String {
    format!(r#"{{"date":"{day}","base":"USD","quote":"{code}","rate":{rate}}}"#)
}

/// Quotes of the day asked for.
fn body(quotes: &[(&str, &str)]) -> String {
    let quotes: Vec<String> = quotes
        .iter()
        .map(|(code, rate)| quote(DAY, code, rate))
        .collect();
    format!("[{}]", quotes.join(","))
}

fn decode(body: impl Into<String>) -> Result<Rates, DecodeError> {
    Frankfurter::new().decode(&day(DAY), &ok(body.into()))
}

#[track_caller]
fn read(body: impl Into<String>) -> Rates {
    decode(body).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refusal(body: impl Into<String>) -> String {
    let error = decode(body).expect_err("the body was accepted");
    assert!(!error.is_no_data(), "{error}");
    error.to_string()
}

fn value(rates: &Rates, code: &str) -> Option<String> {
    Some(rates.row(code.parse().unwrap())?.value.to_string())
}

/// A quotient as Frankfurter prints it: fewer decimals the larger it is, and no trailing zeros.
fn printed(quotient: Decimal) -> Decimal {
    let above = |limit: &str| quotient > limit.parse().unwrap();
    let places = match () {
        () if above("5000") => 0,
        () if above("80") => 2,
        () if above("20") => 3,
        () if above("1") => 4,
        () if above("0.0001") => 5,
        () => 6,
    };
    quotient
        .round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
        .normalize()
}

fn hundredths(count: i64) -> Decimal {
    Decimal::new(count, 2)
}

/// How many rates of two decimals print as the same quotient as `unit` does.
fn twins(dollar: Decimal, unit: Decimal) -> usize {
    let target = printed(dollar / unit);
    let near = unit.trunc_with_scale(2);
    (-200..=200)
        .map(|step| near + hundredths(step))
        .filter(|rate| *rate > Decimal::ZERO && printed(dollar / *rate) == target)
        .count()
}

#[test]
fn the_dollar_keeps_its_own_digits() {
    for (rate, dollar) in [
        ("475.09", "475.09"),
        ("4.7509e2", "475.09"),
        ("475.090", "475.09"),
        ("475", "475"),
        // What a division of floats leaves behind.
        ("475.0900000000001", "475.09"),
        ("475.08999999999997", "475.09"),
    ] {
        let rates = read(body(&[("KZT", rate)]));
        assert_eq!(value(&rates, "USD").as_deref(), Some(dollar), "{rate}");
        assert_eq!(rates.len(), 1);
    }
}

#[test]
fn a_reading_is_marked_computed() {
    let rates = read(body(&[
        ("EUR", "0.85000"),
        ("KZT", "510"),
        ("GBP", "0.75"),
        ("CNY", "7.2003"),
    ]));
    let publication = rates.publication();
    assert_eq!(publication.method, Method::Computed);
    assert_eq!(publication.home, Currency::KZT);
    assert_eq!(publication.day, day(DAY));
    assert_eq!(publication.zone, NationalBankKz::ZONE);
    assert_eq!(publication.source.as_str(), "frankfurter");
    assert_eq!(rates.longest_pause(), 0);
    let rows: Vec<_> = rates
        .iter()
        .map(|rate| (rate.pair().base().code(), rate.nominal(), rate.change()))
        .collect();
    let row = |code| (code, 1, None);
    assert_eq!(rows, [row("EUR"), row("GBP"), row("USD")]);
    assert_eq!(value(&rates, "EUR").as_deref(), Some("600.00"));
    assert_eq!(value(&rates, "GBP"), Some("680.00".into()));
}

#[test]
fn a_quotient_that_fits_several_rates_or_none_gives_no_rate() {
    for (quotient, rate) in [
        ("0.3", None),  // a dinar near 1700: many hundredths fit five digits
        ("0", None),    // nothing costs infinitely much
        ("-7.2", None), // or less than nothing
        ("1e-28", None),
        ("1.9998", None), // no hundredth fits
        ("1.9999", Some("255.01")),
    ] {
        let rates = read(body(&[("KZT", "510"), ("KRW", quotient)]));
        assert_eq!(value(&rates, "KRW").as_deref(), rate, "{quotient}");
    }
}

#[test]
fn a_cheap_unit_is_not_worked_back_because_its_nominal_is_not_known() {
    // A yuan at 70.83 for one, or at 708.29 for ten: the quotient is the same.
    for (code, quotient) in [
        ("CNY", "7.2003"),
        ("RUB", "86.44"),
        ("KRW", "1518.83"),
        ("JPY", "2.0001"),
    ] {
        let rates = read(body(&[("KZT", "510"), (code, quotient)]));
        assert_eq!(value(&rates, code), None, "{code}");
    }
    // 296.99 for a hundred yen are 2.9699 for one, which prints as 2.97 for one does.
    let day = day("2026-04-03");
    let body = r#"[{"date":"2026-04-03","base":"USD","quote":"JPY","rate":159.03},
                   {"date":"2026-04-03","base":"USD","quote":"KZT","rate":472.31}]"#;
    let rates = Frankfurter::new().decode(&day, &ok(body)).unwrap();
    assert_eq!((value(&rates, "JPY"), rates.len()), (None, 1));
}

/// The answer to one of the further requests.
fn own(day: &str, base: &str, rate: &str) -> String {
    format!(r#"[{{"date":"{day}","base":"{base}","quote":"KZT","rate":{rate}}}]"#)
}

fn complete(body: impl Into<String>) -> Result<Rates, DecodeError> {
    let first = read(self::body(&[("KZT", "510"), ("EUR", "0.85000")]));
    let all = ["EUR", "KRW", "UZS", "IRR", "BGN"].map(|code| code.parse().unwrap());
    let frankfurter = Frankfurter::new().currencies(all);
    frankfurter.complete(&day(DAY), &first, &ok(body.into()))
}

#[test]
fn a_rate_of_its_own_direction_has_the_banks_digits_whatever_the_nominal() {
    for (code, rate, unit) in [
        ("EUR", "600.5", "600.5"),
        ("KRW", "0.3115", "0.3115"),              // 31.15 for a hundred
        ("KRW", "0.31149999999999994", "0.3115"), // before the service rounded
        ("UZS", "0.0389", "0.0389"),              // 3.89 for a hundred
        ("IRR", "0.001124", "0.001124"),          // 11.24 for ten thousand
        ("IRR", "1.1e-05", "0.000011"),
    ] {
        let rates = complete(own(DAY, code, rate)).unwrap();
        assert_eq!(value(&rates, code).as_deref(), Some(unit), "{code}");
        assert_eq!(value(&rates, "USD").as_deref(), Some("510"));
        assert_eq!(rates.len(), 2 + usize::from(code != "EUR"));
        assert_eq!(rates.publication().method, Method::Computed);
        assert_eq!(rates.longest_pause(), 0);
    }
}

#[test]
fn every_rate_of_two_decimals_comes_back_from_a_division_of_floats() {
    for hundredths in 1..100_000_u32 {
        let printed = f64::from(hundredths) / 100.0;
        let nominal = 10_u32.pow(hundredths % 5);
        let rate = format!("{}", printed / f64::from(nominal));
        let rates = complete(own(DAY, "KRW", &rate)).unwrap();
        let unit = Decimal::new(hundredths.into(), 2) / Decimal::from(nominal);
        assert_eq!(rates.row(Currency::KRW).unwrap().value, unit, "{rate}");
    }
}

#[test]
fn an_answer_that_was_not_asked_for_adds_nothing() {
    let quote = own(DAY, "KRW", "0.3115");
    for (body, reason) in [
        (
            "[]".to_owned(),
            "it has no data: \"no rate in this direction\"",
        ),
        (
            own("2027-03-03", "KRW", "0.3115"),
            "KRW of 2027-03-03 beside the dollar of 2027-03-04",
        ),
        (
            own(DAY, "GBP", "689.9"),
            "a rate of GBP in \"KZT\", which was not asked for",
        ),
        (
            quote.replace("KZT", "USD"),
            "a rate of KRW in \"USD\", which was not asked for",
        ),
        (own(DAY, "krw", "0.3"), "\"krw\" is not a currency code"),
        (
            own(DAY, "KRW", "0.31151515"),
            "rate of KRW is 0.31151515, which the bank cannot have printed",
        ),
        (
            own(DAY, "KRW", "0"),
            "rate of KRW is 0: expected 0.000000001 to 1000000000",
        ),
        (
            format!("[{0},{0}]", quote.trim_matches(['[', ']'])),
            "2 rates where one was asked for",
        ),
        (
            body(&[("KZT", "510"), ("EUR", "0.85")]),
            "2 rates where one was asked for",
        ),
    ] {
        let error = complete(body).expect_err("the body was accepted");
        assert_eq!(
            error.to_string(),
            format!("cannot read frankfurter: {reason}")
        );
    }
    // The lev ended on 31 December 2025.
    let rates = complete(own(DAY, "BGN", "307.54")).unwrap();
    assert_eq!((value(&rates, "BGN"), rates.len()), (None, 2));
    let whole = complete(own(DAY, "KRW", "0.3115"));
    assert!(whole.is_ok());
    for length in 0..quote.len() {
        let error = complete(&quote[..length]).expect_err("a prefix was accepted");
        assert!(!error.is_no_data(), "{length} bytes: {error}");
    }
}

#[test]
fn each_currency_of_the_page_is_asked_for_once_and_seven_at_most() {
    let asked = |frankfurter: Frankfurter| -> Vec<String> {
        let requests = frankfurter.more_requests(&day(DAY)).into_iter();
        requests.map(|request| request.uri().to_string()).collect()
    };
    let of = |code: &str| {
        format!(
            "https://api.frankfurter.dev/v2/rates?base={code}&quotes=KZT&providers=NBK&date=2027-03-04"
        )
    };
    let page = ["EUR", "RUB", "CNY"].map(of);
    assert_eq!(asked(Frankfurter::new()), page);
    assert_eq!(asked(Frankfurter::default()), page);
    let many = "USD KZT GBP GBP KRW UZS JPY TRY CHF AED CAD".split(' ');
    let many = Frankfurter::new().currencies(many.map(|code| code.parse().unwrap()));
    let seven = ["GBP", "KRW", "UZS", "JPY", "TRY", "CHF", "AED"].map(of);
    assert_eq!(asked(many), seven);
    assert!(asked(Frankfurter::new().currencies([])).is_empty());
}

#[test]
fn an_escaped_string_is_the_string() {
    let escape = |body: &str| body.replace("KZT", "K\\u005aT").replace("USD", "\\u0055SD");
    let plain = body(&[("KZT", "510"), ("EUR", "0.85000")]);
    assert_ne!(escape(&plain), plain);
    assert_eq!(read(escape(&plain)), read(plain));
    let plain = own(DAY, "KRW", "0.3115");
    let escaped = escape(&plain).replace("KRW", "\\u004bRW");
    assert_eq!(complete(escaped).unwrap(), complete(plain).unwrap());
}

#[test]
fn what_is_no_code_is_refused() {
    for code in ["kzt", "GBp", "K", "KZTX", ""] {
        let reason = format!("cannot read frankfurter: {code:?} is not a currency code");
        assert_eq!(refusal(body(&[("KZT", "510"), (code, "1.5")])), reason);
    }
}

#[test]
fn a_rate_close_to_the_dollar_is_right_or_absent() {
    // Above one Frankfurter prints four decimals, so 510.00 / 509.99 = 1.0000196… is printed 1.0, as 1 itself is.
    for cents in 1..=6 {
        let (dollar, unit) = (hundredths(51_000), hundredths(51_000 - cents));
        let rates = read(body(&[
            ("KZT", "510.00"),
            ("CHF", &printed(dollar / unit).to_string()),
        ]));
        let found = rates.row(Currency::CHF).map(|row| row.value);
        assert!(
            found.is_none_or(|found| found == unit),
            "{unit} became {found:?}"
        );
    }
}

#[test]
fn quotes_of_other_days_and_unknown_codes_are_skipped() {
    let quotes = [
        quote("2027-03-03", "EUR", "0.84"),
        quote("2027-03-03", "KZT", "510"),
        quote("2027-03-02", "GBP", "0.74"),
        quote("2027-03-03", "XQQ", "3.5"),
        quote("2027-03-03", "USD", "1"),
    ];
    let rates = read(format!("[{}]", quotes.join(",")));
    assert_eq!((rates.day(), rates.len()), (day("2027-03-03"), 2));
    assert_eq!(value(&rates, "EUR"), Some("607.14".into()));
    assert_eq!(value(&rates, "GBP"), None);
}

#[test]
fn a_day_after_the_one_asked_for_is_refused() {
    let ahead = format!("[{}]", quote("2027-03-05", "KZT", "510"));
    assert_eq!(
        refusal(ahead),
        "cannot read frankfurter: rates of 2027-03-05 where 2027-03-04 was asked for"
    );
}

#[test]
fn no_tenge_is_no_data() {
    for body in ["[]".into(), body(&[("EUR", "0.85")])] {
        let error = decode(body).unwrap_err();
        assert!(error.is_no_data());
        assert_eq!(
            error.to_string(),
            "cannot read frankfurter: it has no data: \"no tenge among the rates\""
        );
    }
}

#[test]
fn another_shape_is_refused() {
    let tenge = quote(DAY, "KZT", "510");
    for (body, reason) in [
        (
            r#"{"status":404,"message":"not found"}"#.into(),
            "the body is not the expected JSON: ",
        ),
        (
            "<html></html>".into(),
            "the body is not the expected JSON: ",
        ),
        (
            format!("[{tenge}] []"),
            "the body is not the expected JSON: ",
        ),
        (
            tenge.replace("510", "\"510\""),
            "the body is not the expected JSON: ",
        ),
        (format!("[{}]", tenge.replace("510", "\"510\"")), "KZT: "),
        (format!("[{}]", tenge.replace("510", "null")), "KZT: "),
        (
            format!("[{}]", tenge.replace("510", "0")),
            "rate of USD is 0: ",
        ),
        (
            format!("[{}]", tenge.replace("510", "-510")),
            "rate of USD is -510: ",
        ),
        (
            format!("[{}]", tenge.replace("USD", "EUR")),
            "a rate of \"EUR\" where USD was asked for",
        ),
        (
            format!("[{}]", tenge.replace(DAY, "04.03.2027")),
            "the body is not the expected JSON: ",
        ),
        (
            body(&[("KZT", "510"), ("EUR", "0.85"), ("EUR", "0.86")]),
            "EUR stands twice",
        ),
    ] {
        let text = refusal(body.clone());
        let reason = format!("cannot read frankfurter: {reason}");
        assert!(text.starts_with(&reason), "{body}: {text}");
    }
}

#[test]
fn a_number_is_read_by_the_strict_grammar_and_never_rounded() {
    let long = "510.00000000000000000000000000000000009";
    let text = refusal(body(&[("KZT", long)]));
    assert!(
        text.starts_with("cannot read frankfurter: KZT: invalid decimal \"510.0000"),
        "{text}"
    );
}

#[test]
fn two_dollars_of_one_day_are_refused() {
    let read = decode(body(&[("KZT", "510"), ("KZT", "498")]));
    assert!(read.is_err(), "read as {read:?}");
}

#[test]
fn only_200_and_203_are_read() {
    for status in [403, 404, 422, 500, 503] {
        let mut response = ok(body(&[("KZT", "510")]));
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        let error = Frankfurter::new().decode(&day(DAY), &response).unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
}

#[test]
fn a_truncated_body_is_an_error() {
    let body = body(&[("CNY", "7.2"), ("EUR", "0.85"), ("KZT", "510.12")]);
    assert_eq!(read(body.clone()).len(), 2);
    for length in 0..body.len() {
        let error = decode(&body[..length]).expect_err("a prefix was accepted");
        assert!(!error.is_no_data(), "{length} bytes: {error}");
    }
}

#[test]
fn the_recorded_rates_survive_the_way_through_frankfurter() {
    for file in ["get_rates_2026-04-01.xml", "get_rates_2026-04-02.xml"] {
        let Some(published) = recorded(&format!("national_bank_kz/{file}")) else {
            return;
        };
        let published = NationalBankKz::of_day()
            .decode(&day(DAY), &ok(published))
            .unwrap();
        let unit = |code: Currency| {
            let row = published.row(code).unwrap();
            row.value / Decimal::from(row.nominal)
        };
        let dollar = unit(Currency::USD);
        let quotes: Vec<(&str, String)> = published
            .iter()
            .map(|rate| rate.pair().base())
            .map(|code| (code.code(), printed(dollar / unit(code)).to_string()))
            .chain([("KZT", dollar.to_string())])
            .collect();
        let quotes: Vec<(&str, &str)> = quotes.iter().map(|(c, q)| (*c, q.as_str())).collect();
        let rates = read(body(&quotes));
        for code in [Currency::USD, Currency::EUR, Currency::GBP] {
            assert!(rates.row(code).is_some(), "{code} is absent from {file}");
        }
        for rate in published.iter() {
            let code = rate.pair().base();
            match rates.row(code) {
                Some(row) => assert_eq!(row.value, unit(code), "{code} of {file}"),
                None => assert_ne!(
                    (
                        unit(code).normalize().scale() <= 2,
                        unit(code) * Decimal::TWO > dollar,
                        twins(dollar, unit(code))
                    ),
                    (true, true, 1),
                    "{code} of {file} can be worked back"
                ),
            }
        }
        // In the bank's own direction every row comes back, also those for ten, a hundred and a thousand.
        for rate in published.iter() {
            let code = rate.pair().base();
            if code == Currency::USD {
                continue;
            }
            let quotient = unit(code).normalize().to_string();
            let whole = Frankfurter::new().currencies([code]).complete(
                &day(DAY),
                &rates,
                &ok(own(DAY, code.code(), &quotient)),
            );
            assert_eq!(whole.unwrap().row(code).unwrap().value, unit(code));
        }
    }
}

proptest! {
    #[test]
    fn a_rate_is_right_or_absent(dollar in 8_001..200_000_i64, unit in 1..400_000_i64) {
        let (dollar, unit) = (hundredths(dollar), hundredths(unit));
        let quotient = printed(dollar / unit).to_string();
        let rates = read(body(&[("EUR", &quotient), ("KZT", &dollar.to_string())]));
        prop_assert_eq!(rates.row(Currency::USD).map(|row| row.value), Some(dollar));
        match rates.row(Currency::EUR) {
            Some(row) => prop_assert_eq!(row.value, unit),
            // Ten or a hundred units of that value may have been quoted, or none prints so alone.
            None => prop_assert!(unit * Decimal::TWO <= dollar * hundredths(101) || twins(dollar, unit) != 1),
        }
    }
}
