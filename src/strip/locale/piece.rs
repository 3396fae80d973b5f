/// A field of a date pattern, or text between fields.
pub(in crate::strip) enum Piece {
    Text(&'static str),
    Day,
    DayPadded,
    Month,
    MonthShort,
    MonthNumber,
    Weekday,
    Year,
}
