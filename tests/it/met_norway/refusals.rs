//! Answers without a forecast: no data, another unit or status, a page, a truncated body.

use http::StatusCode;
use masthead::source::{MetNorway, Source};

use super::{altered, astana, decode, degrees, forecast, read, refusal, series, step};
use crate::support::ok;

#[test]
fn an_error_or_an_empty_series_is_no_data() {
    let error = r#""meta":{"error":"no data at the given location","#;
    let empty = series(&[]);
    for (body, reason) in [
        (
            empty.replace(r#""meta":{"#, error),
            "no data at the given location",
        ),
        (
            altered(r#""meta":{"#, error),
            "no data at the given location",
        ),
        (empty, "an empty time series"),
    ] {
        let error = decode(body).unwrap_err();
        assert!(error.is_no_data());
        assert_eq!(
            error.to_string(),
            format!("cannot read met_norway: it has no data: {reason:?}")
        );
    }
}

#[test]
fn another_unit_or_shape_is_refused() {
    let reason = refusal(altered("celsius", "fahrenheit"));
    assert_eq!(reason, "temperatures in \"fahrenheit\", expected celsius");
    let twice = series(&[step(6, &degrees("1.0"), ""), step(6, &degrees("2.0"), "")]);
    assert_eq!(refusal(twice), "two hours at 2027-03-04 06:00:00 UTC");
    assert_eq!(
        refusal(series(&[step(6, "", "")])),
        "a forecast without hours"
    );
    for body in [
        "<p>lat must be in range -90 to 90</p>",
        "",
        "[]",
        "null",
        r#"{"type":"Feature"}"#,
    ] {
        let reason = refusal(body);
        assert!(
            reason.starts_with("the body is not the expected JSON: "),
            "{reason}"
        );
    }
    assert!(
        refusal(altered("2027-03-04T06:00:00Z", "2027-03-04T06:00:00")).starts_with("the body")
    );
}

#[test]
fn only_200_and_203_are_read() {
    let answer = |status: u16| {
        let mut response = ok(forecast());
        *response.status_mut() = StatusCode::from_u16(status).unwrap();
        MetNorway::new().decode(astana(), &response)
    };
    assert_eq!(answer(203), Ok(read(forecast())));
    for status in [304, 400, 403, 404, 422, 429, 499, 500, 502, 503, 504] {
        let error = answer(status).unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
    let text = answer(429).unwrap_err().to_string();
    assert_eq!(
        text,
        "cannot read met_norway: it answered 429 Too Many Requests"
    );
}

#[test]
fn a_truncated_body_is_an_error() {
    let body = forecast();
    for length in 0..body.len() {
        let error = decode(&body[..length]).expect_err("a prefix was accepted");
        assert!(!error.is_no_data(), "{length} bytes: {error}");
    }
}
