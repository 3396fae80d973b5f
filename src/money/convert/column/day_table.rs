//! The rates of a pair on each day, as the kernels take them.

use chrono::{Datelike, NaiveDate};
use fearless_simd::Simd;
use fearless_simd::prelude::*;

use crate::money::convert::Converter;
use crate::money::convert::kernel::{OneDouble, TwoDoubles, TwoParts};
use crate::money::convert::units::Units;

/// Slots for a year: the numbers of its days, from 1 to 366, and others that no day has.
const SLOTS: u16 = 512;
/// The double in the place of a rate that the kernels cannot use. Rates are positive.
const NO_RATE: [f64; 2] = [-1.0, 0.0];

/// The conversion on each day.
#[derive(Clone, Debug)]
pub(crate) struct DayTable {
    first_year: i32,
    last_slot: u32,
    /// Of each slot, one more than the place of its units, and 0 for a day without.
    places: Vec<u32>,
    /// Of each slot, the two doubles of its rate.
    rates: Vec<[f64; 2]>,
    units: Vec<Units>,
    /// The kernels, with bounds that hold for all rates.
    pub(super) one: Option<OneDouble>,
    pub(super) two: Option<TwoDoubles>,
    pub(super) parts: Option<TwoParts>,
}

impl DayTable {
    /// Creates a table for the days of these years. Days before them have no rate, and days after them that of the last slot.
    pub(crate) fn new(first_year: i32, last_year: i32) -> Self {
        let years = usize::try_from(last_year - first_year).unwrap_or_default() + 1;
        let slots = years * usize::from(SLOTS);
        Self {
            first_year,
            last_slot: u32::try_from(slots - 1).unwrap_or_default(),
            places: vec![0; slots],
            rates: vec![NO_RATE; slots],
            units: Vec::new(),
            one: None,
            two: None,
            parts: None,
        }
    }

    /// Adds a conversion. Returns its place.
    pub(crate) fn push(&mut self, converter: &Converter) -> u32 {
        self.push_units(converter.units)
    }

    pub(super) fn push_units(&mut self, units: Units) -> u32 {
        self.units.push(units);
        u32::try_from(self.units.len()).unwrap_or_default()
    }

    /// Sets the conversion of a day.
    pub(crate) fn set(&mut self, day: NaiveDate, place: u32) {
        let slot = self.slot(day);
        self.set_slot(slot, place);
    }

    /// Sets the conversion of all days after the years of the table.
    pub(crate) fn set_after(&mut self, place: u32) {
        self.set_slot(self.last_slot, place);
    }

    /// Prepares the kernels for all conversions that were added.
    pub(crate) fn finish(mut self) -> Self {
        let rates = || {
            self.units
                .iter()
                .filter(|units| units.two.is_some())
                .map(Units::steps)
        };
        self.one = OneDouble::for_rates(rates());
        self.two = TwoDoubles::for_rates(rates());
        self.parts = TwoParts::for_rates(rates());
        self
    }

    fn set_slot(&mut self, slot: u32, place: u32) {
        let (slot, two) = (
            slot as usize,
            self.units_at(place).and_then(|units| units.two),
        );
        if let Some(known) = self.places.get_mut(slot) {
            *known = place;
        }
        if let Some(rate) = self.rates.get_mut(slot) {
            *rate = two.map_or(NO_RATE, |two| [two.high, two.low]);
        }
    }

    pub(super) fn units(&self, day: NaiveDate) -> Option<&Units> {
        self.units_at(*self.places.get(self.slot(day) as usize)?)
    }

    fn units_at(&self, place: u32) -> Option<&Units> {
        self.units.get((place as usize).checked_sub(1)?)
    }

    /// The slot of a day. Slot 0 is of no day, so it stands for those before the table.
    fn slot(&self, day: NaiveDate) -> u32 {
        self.slot_of_number(number_of(day))
    }

    #[inline(always)]
    fn slot_of_number(&self, number: i32) -> u32 {
        let slot = number - self.first_number();
        slot.max(0).unsigned_abs().min(self.last_slot)
    }

    /// The slots of the days with these numbers.
    #[inline(always)]
    pub(super) fn slots<S: Simd>(&self, numbers: S::i32s) -> S::i32s {
        let slots = numbers - self.first_number();
        slots.max(0).min(self.last_slot.cast_signed())
    }

    /// The rate of the day with a number.
    #[inline(always)]
    pub(super) fn rate(&self, number: i32) -> [f64; 2] {
        self.rate_at(self.slot_of_number(number))
    }

    #[inline(always)]
    pub(super) fn rate_at(&self, slot: u32) -> [f64; 2] {
        self.rates.get(slot as usize).copied().unwrap_or(NO_RATE)
    }

    #[inline(always)]
    fn first_number(&self) -> i32 {
        self.first_year * i32::from(SLOTS)
    }
}

/// The number of a day, in the order of days.
#[inline(always)]
pub(super) fn number_of(day: NaiveDate) -> i32 {
    day.year() * i32::from(SLOTS) + day.ordinal().cast_signed()
}
