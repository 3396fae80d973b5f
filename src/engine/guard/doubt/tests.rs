use super::*;

const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();

struct Series {
    doubt: Doubt,
    now: DateTime<Utc>,
}

impl Series {
    /// The first value in doubt; 100 was believed before.
    fn new(value: i64) -> Self {
        let now = DAY.and_hms_opt(6, 0, 0).unwrap().and_utc();
        let believed = DAY.pred_opt();
        let doubt = Doubt::new(&row(value, None), DAY, believed, now);
        Self { doubt, now }
    }

    fn next(&mut self, days: i64, value: i64) -> bool {
        self.with(days, &row(value, None), true)
    }

    fn with(&mut self, days: i64, row: &Row, has_other_numbers: bool) -> bool {
        let day = DAY + TimeDelta::days(days);
        let further = Further {
            row,
            day,
            quotation: Quotation::HomePerForeign,
            has_other_numbers,
            reference: 100_f64.ln(),
            common: 0.0,
            change_of_units: 0.0,
        };
        self.doubt
            .follow(&further, self.now + TimeDelta::days(days))
    }
}

fn row(value: i64, change: Option<i64>) -> Row {
    Row {
        currency: crate::money::Currency::USD,
        value: value.into(),
        nominal: 1,
        change: change.map(Decimal::from),
    }
}

#[test]
fn three_further_publications_settle_it() {
    let mut series = Series::new(108);
    assert!(!series.next(1, 109));
    assert!(!series.next(2, 108));
    assert!(series.next(3, 109));
    // The days before are those of the same series.
    assert!(series.next(2, 108) && series.next(3, 109));
    assert!(!series.next(3, 120), "a correction is another value");
}

#[test]
fn a_way_back_starts_it_again() {
    let mut series = Series::new(120);
    assert!(!series.next(1, 121) && !series.next(2, 104));
    assert!(!series.next(3, 104) && !series.next(4, 105));
    assert_eq!(series.doubt.followed(), 2);
    assert!(series.next(5, 105));
}

#[test]
fn one_list_under_several_days_counts_once() {
    let mut series = Series::new(1000);
    for days in 1..8 {
        assert!(!series.with(days, &row(1000, None), false), "{days}");
    }
    assert_eq!(series.doubt.followed(), 0);
}

#[test]
fn a_publication_read_soon_after_does_not_count() {
    let mut series = Series::new(110);
    series.now -= TimeDelta::hours(19);
    assert!(!series.next(1, 111));
    assert_eq!(series.doubt.followed(), 0);
    series.now += TimeDelta::hours(1);
    assert!(!series.next(1, 111));
    assert_eq!(series.doubt.followed(), 1);
}

#[test]
fn a_change_speaks_against_a_value_and_never_for_one() {
    // 109 after a change of 9: the bank says that it was 100, as was believed.
    let mut series = Series::new(108);
    assert!(!series.with(1, &row(109, Some(9)), true));
    assert_eq!(series.doubt.followed(), 0);
    assert!(!series.with(2, &row(110, Some(1)), true));
    assert_eq!(series.doubt.followed(), 1);
}

#[test]
fn two_witnesses_of_one_day_make_it_wait_for_three_more() {
    let mut series = Series::new(108);
    let [one, other] = ["one", "other"].map(|id| id.parse().unwrap());
    series.doubt.deny(DAY, &one);
    series.doubt.deny(DAY, &one);
    series.doubt.deny(DAY.succ_opt().unwrap(), &other);
    assert_eq!(series.doubt.needed(DAY, DAY), 3, "of two days");
    series.doubt.deny(DAY.succ_opt().unwrap(), &one);
    for days in 1..6 {
        assert!(!series.next(days, 108 + days % 2), "{days}");
    }
    assert!(series.next(6, 108));
}

#[test]
fn one_further_publication_of_a_weekly_list_is_enough() {
    let mut series = Series::new(108);
    assert!(!series.next(7, 109), "a daily list after a pause");
    let mut series = Series::new(108);
    let believed = Some(DAY - TimeDelta::days(7));
    series.doubt = Doubt::new(&row(108, None), DAY, believed, series.now);
    assert!(series.next(7, 109));
}

#[test]
fn a_slip_within_a_true_series_is_no_part_of_it() {
    for slip in [1090, 11] {
        let mut series = Series::new(108);
        assert!(!series.next(1, 109) && !series.next(2, 109));
        assert!(!series.next(3, slip), "{slip}");
        assert!(!series.next(4, 109));
    }
}

/// A witness speaks of one day, and not of the slip that came after it.
#[test]
fn a_confirmed_day_says_nothing_of_the_next() {
    let mut series = Series::new(108);
    assert!(!series.next(1, 109));
    series.doubt.settle(DAY, &row(109, None));
    assert!(!series.doubt.is_settled(), "another value of the day");
    series.doubt.settle(DAY, &row(108, None));
    assert!(series.doubt.is_settled());
    assert!(!series.next(1, 109));
}

/// Days of a repeated list do not count, but belong to the series, and so does a value for one unit.
#[test]
fn every_day_of_a_settled_list_is_believed() {
    let mut series = Series::new(108);
    assert!(!series.next(1, 109) && !series.next(2, 108));
    assert!(!series.with(3, &row(108, None), false));
    assert!(series.next(4, 109));
    let hundred = Row {
        value: Decimal::from(10_800),
        nominal: 100,
        ..row(0, None)
    };
    assert!(series.with(3, &hundred, false));
}
