//! The built-in cities: 24 in Kazakhstan and 6 foreign capitals.
//!
//! Time zones are assigned by hand, not derived from coordinates: lookups by coordinates return
//! zones whose history differs from that of the city.
//!
//! Coordinates and elevations are from GeoNames (<https://www.geonames.org>, CC BY 4.0).
//! Coordinates are rounded to ten-thousandths of a degree. Elevations are in metres, from GeoNames'
//! coarse gtopo30 grid; Atyrau has none, because the grid is known to be wrong there.
//!
//! The places in Kazakhstan were checked against Who's On First (<https://whosonfirst.org>), the
//! source of most of their English names; three names are those of Kazinform's pages, and those of
//! the capitals are from GeoNames. The licence of the data from Who's On First, which requires this
//! link, is at <https://whosonfirst.org/docs/licenses/>.

use super::City;
use chrono_tz::Tz;

impl City {
    /// Returns the built-in cities: 24 in Kazakhstan, then the capitals Moscow, Beijing, Tashkent, Bishkek, London and
    /// Washington.
    ///
    /// ```
    /// use masthead::weather::City;
    ///
    /// let cities = City::all();
    /// assert_eq!(cities.len(), 30);
    /// assert_eq!(cities.iter().filter(|city| city.country() == Some("KZ")).count(), 24);
    /// ```
    #[must_use]
    pub fn all() -> &'static [Self] {
        ALL
    }

    /// Returns the built-in city with an id such as `astana`, or `None` for any other id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|city| city.id().as_str() == id)
    }
}

/// The built-in cities, ordered: Kazakhstan's three cities of republican significance, the centres
/// of its 17 regions, four more of its towns, the foreign capitals.
#[rustfmt::skip] // one city a line
static ALL: &[City] = &[
    City::builtin("astana", "Astana", "KZ", 51_1801, 71_4460, Some(358), Tz::Asia__Almaty),
    City::builtin("almaty", "Almaty", "KZ", 43_2565, 76_9285, Some(793), Tz::Asia__Almaty),
    City::builtin("shymkent", "Shymkent", "KZ", 42_3000, 69_6000, Some(513), Tz::Asia__Almaty),
    City::builtin("aktau", "Aktau", "KZ", 43_6481, 51_1722, Some(-13), Tz::Asia__Aqtau),
    City::builtin("aktobe", "Aktobe", "KZ", 50_2797, 57_2072, Some(210), Tz::Asia__Aqtobe),
    City::builtin("atyrau", "Atyrau", "KZ", 47_1167, 51_8833, None, Tz::Asia__Atyrau),
    City::builtin("karaganda", "Karaganda", "KZ", 49_8333, 73_1658, Some(566), Tz::Asia__Almaty),
    City::builtin("kokshetau", "Kokshetau", "KZ", 53_2824, 69_3969, Some(231), Tz::Asia__Almaty),
    City::builtin("kostanay", "Kostanay", "KZ", 53_2144, 63_6246, Some(172), Tz::Asia__Qostanay),
    City::builtin("kyzylorda", "Kyzylorda", "KZ", 44_8528, 65_5092, Some(128), Tz::Asia__Qyzylorda),
    City::builtin("konaev", "Konaev", "KZ", 43_8668, 77_0630, Some(499), Tz::Asia__Almaty),
    City::builtin("oral", "Uralsk", "KZ", 51_2333, 51_3667, Some(35), Tz::Asia__Oral),
    City::builtin("oskemen", "Ust-Kamenogorsk", "KZ", 49_9647, 82_6090, Some(283), Tz::Asia__Almaty),
    City::builtin("pavlodar", "Pavlodar", "KZ", 52_2740, 77_0044, Some(126), Tz::Asia__Almaty),
    City::builtin("petropavl", "Petropavlovsk", "KZ", 54_8728, 69_1430, Some(147), Tz::Asia__Almaty),
    City::builtin("semey", "Semey", "KZ", 50_4267, 80_2667, Some(200), Tz::Asia__Almaty),
    City::builtin("taldykorgan", "Taldykorgan", "KZ", 45_0156, 78_3739, Some(596), Tz::Asia__Almaty),
    City::builtin("taraz", "Taraz", "KZ", 42_9000, 71_3667, Some(623), Tz::Asia__Almaty),
    City::builtin("turkistan", "Turkistan", "KZ", 43_3333, 68_2500, Some(217), Tz::Asia__Almaty),
    City::builtin("zhezkazgan", "Zhezkazgan", "KZ", 47_7833, 67_7667, Some(330), Tz::Asia__Almaty),
    City::builtin("ekibastuz", "Ekibastuz", "KZ", 51_7237, 75_3229, Some(197), Tz::Asia__Almaty),
    City::builtin("temirtau", "Temirtau", "KZ", 50_0549, 72_9646, Some(518), Tz::Asia__Almaty),
    City::builtin("baikonur", "Baikonur", "KZ", 45_6167, 63_3167, Some(91), Tz::Asia__Qyzylorda),
    City::builtin("rudny", "Rudny", "KZ", 52_9729, 63_1168, Some(159), Tz::Asia__Qostanay),
    City::builtin("moscow", "Moscow", "RU", 55_7522, 37_6156, Some(144), Tz::Europe__Moscow),
    City::builtin("beijing", "Beijing", "CN", 39_9075, 116_3972, Some(49), Tz::Asia__Shanghai),
    City::builtin("tashkent", "Tashkent", "UZ", 41_2647, 69_2163, Some(424), Tz::Asia__Tashkent),
    City::builtin("bishkek", "Bishkek", "KG", 42_8700, 74_5900, Some(767), Tz::Asia__Bishkek),
    City::builtin("london", "London", "GB", 51_5085, -1257, Some(25), Tz::Europe__London),
    City::builtin("washington", "Washington", "US", 38_8951, -77_0364, Some(6), Tz::America__New_York),
];
