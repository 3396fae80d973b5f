//! Expiry and validators: no request before `Expires`, and then a conditional one.

use chrono::TimeDelta;
use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};

use crate::scripted_chain::{Answer, ScriptedChain, answer, ok};
use crate::support::time;

const DATE: &str = "Thu, 02 Apr 2026 06:00:00 GMT";
const IN_HALF_AN_HOUR: &str = "Thu, 02 Apr 2026 06:30:00 GMT";
const T0: &str = "2026-04-02T06:00:00Z";
const AT_HALF_PAST: &str = "2026-04-02T06:30:00Z";

#[tokio::test(start_paused = true)]
async fn a_source_receives_no_request_before_its_response_expires() {
    for (headers, seconds) in [
        (vec![("date", DATE), ("expires", IN_HALF_AN_HOUR)], 1800),
        (vec![("expires", IN_HALF_AN_HOUR)], 1800),
        // The clocks are a year behind or ahead: only the difference of both dates counts.
        (
            vec![
                ("date", "Wed, 02 Apr 2025 06:00:00 GMT"),
                ("expires", "Wed, 02 Apr 2025 06:45:00 GMT"),
            ],
            2700,
        ),
        (
            vec![
                ("date", "Fri, 02 Apr 2027 06:00:00 GMT"),
                ("expires", "Fri, 02 Apr 2027 06:45:00 GMT"),
            ],
            2700,
        ),
        // At most a day.
        (
            vec![("expires", "Fri, 03 Apr 2026 05:59:59 GMT")],
            24 * 3600 - 1,
        ),
        (
            vec![("expires", "Fri, 10 Apr 2026 06:00:00 GMT")],
            24 * 3600,
        ),
    ] {
        let end = time(T0) + TimeDelta::seconds(seconds);
        let scripted = ScriptedChain::of(&["one", "two"]).answering([answer(200, &headers, "a")]);
        scripted.expect("key", T0, "one: read = a from one").await;
        let (not_due, before) = (
            format!("one: not due before {end}"),
            end - TimeDelta::seconds(1),
        );
        scripted.expect("key", &before.to_rfc3339(), &not_due).await;
        scripted.add(ok("b"));
        scripted
            .expect("key", &end.to_rfc3339(), "one: read = b from one")
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_invalid_expiry_is_ignored() {
    for headers in [
        vec![],
        vec![("expires", "0")],
        vec![("expires", "tomorrow")],
        vec![("date", DATE), ("expires", DATE)],
        vec![("date", IN_HALF_AN_HOUR), ("expires", DATE)],
        vec![("expires", "Thu, 01 Jan 1970 00:00:00 GMT")],
    ] {
        let scripted = ScriptedChain::of(&["one"]).answering([answer(200, &headers, "a"), ok("b")]);
        scripted.expect("key", T0, "one: read = a from one").await;
        scripted.expect("key", T0, "one: read = b from one").await;
    }
}

#[tokio::test(start_paused = true)]
async fn an_expiry_belongs_to_one_key_and_one_source() {
    let expiring = [("expires", IN_HALF_AN_HOUR)];
    let scripted =
        ScriptedChain::of(&["one", "two"]).answering([answer(200, &expiring, "a"), ok("b")]);
    scripted.expect("key", T0, "one: read = a from one").await;
    scripted.expect("other", T0, "one: read = b from one").await;
    scripted
        .expect("key", T0, "one: not due before 2026-04-02 06:30:00 UTC")
        .await;
}

#[tokio::test(start_paused = true)]
async fn validators_are_sent_back_unchanged() {
    let (etag, modified) = ("W/\"a-1, b\"", "Thu, 2 Apr 2026 5:59:59 GMT or so");
    for (headers, none_match, since) in [
        (vec![("etag", etag)], Some(etag), None),
        (vec![("last-modified", modified)], None, Some(modified)),
        (
            vec![("etag", etag), ("last-modified", modified)],
            Some(etag),
            Some(modified),
        ),
        (vec![], None, None),
    ] {
        let scripted =
            ScriptedChain::of(&["one"]).answering([answer(200, &headers, "a"), not_modified(&[])]);
        scripted.expect("key", T0, "one: read = a from one").await;
        scripted
            .expect("key", AT_HALF_PAST, "one: unchanged = a from one")
            .await;
        let asked = scripted.asked.lock().unwrap();
        assert!(asked[0].headers().is_empty(), "{asked:?}");
        let sent = |name| {
            asked[1]
                .headers()
                .get(name)
                .map(|value| value.to_str().unwrap())
        };
        assert_eq!(
            (sent(IF_NONE_MATCH), sent(IF_MODIFIED_SINCE)),
            (none_match, since)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_with_203_warns_and_has_no_validators() {
    let headers = [("etag", "\"7\""), ("last-modified", DATE)];
    let scripted = ScriptedChain::of(&["one"]).answering([answer(203, &headers, "a"), ok("b")]);
    scripted
        .expect(
            "key",
            T0,
            "one: read, with a warning that it will be withdrawn = a from one",
        )
        .await;
    scripted
        .expect("key", AT_HALF_PAST, "one: read = b from one")
        .await;
    assert!(scripted.asked.lock().unwrap()[1].headers().is_empty());
}

#[tokio::test(start_paused = true)]
async fn not_modified_keeps_the_reading_and_takes_the_new_expiry() {
    let first = [
        ("etag", "\"7\""),
        ("date", DATE),
        ("expires", IN_HALF_AN_HOUR),
    ];
    let later = [
        ("date", IN_HALF_AN_HOUR),
        ("expires", "Thu, 02 Apr 2026 06:50:00 GMT"),
    ];
    let scripted = ScriptedChain::of(&["one"]).answering([
        answer(200, &first, "a"),
        not_modified(&later),
        not_modified(&[]),
    ]);
    scripted.expect("key", T0, "one: read = a from one").await;
    scripted
        .expect("key", AT_HALF_PAST, "one: unchanged = a from one")
        .await;
    let not_due = "one: not due before 2026-04-02 06:50:00 UTC";
    scripted
        .expect("key", "2026-04-02T06:49:59Z", not_due)
        .await;
    // The validators are kept too: the third request is as conditional as the second.
    scripted
        .expect("key", "2026-04-02T06:50:00Z", "one: unchanged = a from one")
        .await;
    assert_eq!(
        scripted.asked.lock().unwrap()[2].headers()[IF_NONE_MATCH],
        "\"7\""
    );
}

#[tokio::test(start_paused = true)]
async fn not_modified_without_a_reading_is_an_error() {
    let scripted = ScriptedChain::of(&["one"]).answering([not_modified(&[])]);
    scripted
        .expect(
            "key",
            T0,
            "one: cannot read one: it answered 304 Not Modified",
        )
        .await;
}

#[tokio::test(start_paused = true)]
async fn the_same_body_is_unchanged_without_validators() {
    let expiring = [("expires", "Thu, 02 Apr 2026 07:00:00 GMT")];
    let scripted = ScriptedChain::of(&["one"]).answering([
        ok("a"),
        answer(200, &expiring, "a"),
        ok("b"),
        ok("a"),
    ]);
    scripted.expect("key", T0, "one: read = a from one").await;
    scripted
        .expect("key", AT_HALF_PAST, "one: unchanged = a from one")
        .await;
    scripted
        .expect(
            "key",
            AT_HALF_PAST,
            "one: not due before 2026-04-02 07:00:00 UTC",
        )
        .await;
    scripted
        .expect("key", "2026-04-02T07:00:00Z", "one: read = b from one")
        .await;
    scripted
        .expect("key", "2026-04-02T07:00:00Z", "one: read = a from one")
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_failure_keeps_the_validators_of_the_last_reading() {
    let headers = [("etag", "\"7\"")];
    let failing = ["<html>", "nothing", ""];
    for (body, code) in failing.into_iter().zip([200, 200, 500]) {
        let answers = [
            answer(200, &headers, "a"),
            answer(code, &[("etag", "\"8\"")], body),
            not_modified(&[]),
        ];
        let scripted = ScriptedChain::of(&["one"]).answering(answers);
        scripted.expect("key", T0, "one: read = a from one").await;
        assert!(scripted.fails(time(T0)).await, "{body}");
        scripted
            .expect("key", AT_HALF_PAST, "one: unchanged = a from one")
            .await;
        assert_eq!(
            scripted.asked.lock().unwrap()[2].headers()[IF_NONE_MATCH],
            "\"7\""
        );
    }
}

fn not_modified(headers: &[(&'static str, &str)]) -> Answer {
    answer(304, headers, "")
}
