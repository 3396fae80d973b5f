//! Removal of records that are not needed: no page changes.

use chrono::{DateTime, TimeDelta, Utc};
use masthead::SourceId;
use masthead::ledger::{Ledger, Retention};
use masthead::weather::Celsius;

use super::forecasts::{TODAY, forecast, local, run, seen, shown};
use super::{astana, ledger, weather};
use crate::support::day;

fn maximum(known: &Ledger, now: DateTime<Utc>) -> Option<Celsius> {
    shown(known, now)?
        .value()
        .maximum(day(TODAY), astana().zone())
}

#[test]
fn the_maximum_of_noon_stays_after_what_is_not_needed_was_removed_at_two() {
    let met = |from, run_at, shift| {
        run(
            forecast(SourceId::MET_NORWAY, from, 60, shift),
            local(run_at),
        )
    };
    // Noon is hotter than the rest of the day, and only the earlier run has it.
    let hot = weather(
        SourceId::MET_NORWAY,
        local(6),
        (6..60).map(|hour| if hour == 12 { 300 } else { 10 }),
    );
    let mut known = ledger([
        seen(met(-8, -9, 1), local(-8)),
        seen(met(-2, -3, 1), local(-2)),
        seen(run(hot, local(5)), local(6)),
        seen(met(14, 13, 0), local(14)),
    ]);
    let now = local(14) + TimeDelta::minutes(5);
    let before = shown(&known, now);
    assert_eq!(maximum(&known, now), Celsius::from_tenths(300));
    for retention in [Retention::default(), Retention::days(30).cities([astana()])] {
        known.retain(&retention, now);
        assert_eq!(shown(&known, now), before, "{retention:?}");
    }
    // The first run has no hour that a later one does not revise.
    assert_eq!(known.len(), 3);
    let tomorrow = local(24);
    known.retain(&Retention::default().cities([astana()]), tomorrow);
    assert_eq!(known.len(), 1);
}

#[test]
fn a_city_keeps_the_night_of_its_own_day() {
    // 05:00 in Astana is midnight in UTC.
    let met = |from, run_at| run(forecast(SourceId::MET_NORWAY, from, 60, 0), local(run_at));
    let mut known = ledger([seen(met(-2, -3), local(-2)), seen(met(5, 4), local(5))]);
    let now = local(10);
    let before = shown(&known, now);
    assert!(
        before
            .as_ref()
            .unwrap()
            .value()
            .range(day(TODAY), astana().zone())
            .is_some()
    );
    known.retain(&Retention::default(), now);
    assert_eq!(shown(&known, now), before);
}

#[test]
fn what_is_kept_does_not_change_which_forecasts_count() {
    // The hours of this morning are in a forecast of four days ago alone, and the later ones revise one another.
    let day_of = |days: i64| local(-24 * days + 12);
    let met = |from, run_at: DateTime<Utc>, shift| {
        run(forecast(SourceId::MET_NORWAY, from, 60, shift), run_at)
    };
    let mut known = ledger([
        seen(met(-90, day_of(4), 1), day_of(4)),
        seen(met(16, day_of(3), 2), day_of(3)),
        seen(met(16, day_of(2), 3), day_of(2)),
        seen(met(16, day_of(1), 4), day_of(1)),
        seen(met(12, local(11), 5), local(12)),
    ]);
    let now = local(13);
    let before = shown(&known, now);
    known.retain(&Retention::default().cities([astana()]), now);
    assert_eq!(shown(&known, now), before);
}
