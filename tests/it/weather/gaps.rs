//! A single missing hour.

use super::{hour, hours, local, maximum, range, weather};

#[test]
fn one_hour_may_be_missing_between_two_known_hours() {
    let without = |missing: &[i64]| {
        let held = (-1..25).filter(|at| !missing.contains(at));
        weather(held.map(|at| hour(local(at), 10)).collect(), &[])
    };
    for at in 0..24 {
        assert_eq!(range(&without(&[at])), Some((10, 10)), "{at}");
        assert_eq!(maximum(&without(&[at])), Some(10), "{at}");
    }
    for (missing, is_held) in [
        ([13, 14], [false, false]),
        ([13, 15], [false, false]),
        ([11, 12], [false, false]),
        ([17, 18], [false, false]),
        ([2, 14], [true, false]),
        ([2, 3], [true, false]),
    ] {
        let weather = without(&missing);
        let held = [maximum(&weather).is_some(), range(&weather).is_some()];
        assert_eq!(held, is_held, "{missing:?}");
    }
    // The neighbours of a day's first and last hour belong to other days, which are not known here.
    assert_eq!(range(&weather(hours(1..25), &[])), None);
    assert_eq!(range(&weather(hours(-1..23), &[])), None);
}
