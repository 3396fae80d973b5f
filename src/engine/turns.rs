//! Which cities a refresh asks for, where not all of them fit into its deadline.
//!
//! With 100 cities and room for 46, three refreshes cover all: 46, other 46, and the 8 that are left with 38 of the first ones. A turn counts whether
//! the request succeeds or not, so a city whose requests fail does not take the turns of the others.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::weather::{City, CityId};

/// The refresh that asked for each city last, by its number.
#[derive(Debug, Default)]
pub(super) struct Turns {
    refreshes: u64,
    last: HashMap<CityId, u64>,
}

impl Turns {
    /// Splits cities into those of this refresh and those that have to wait for the next.
    ///
    /// First come those that were never asked for, then those asked for longest ago, and among these those fetched longest ago.
    pub(super) fn take<'a>(
        &mut self,
        mut cities: Vec<&'a City>,
        room: usize,
        fetched: impl Fn(&CityId) -> Option<DateTime<Utc>>,
    ) -> (Vec<&'a City>, Vec<&'a City>) {
        self.refreshes += 1;
        cities.sort_by_key(|city| {
            let last = self.last.get(city.id()).copied();
            (last, fetched(city.id()))
        });
        let postponed = cities.split_off(room.min(cities.len()));
        for city in &cities {
            self.last.insert(city.id().clone(), self.refreshes);
        }
        (cities, postponed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_city_gets_its_turn() {
        let all: Vec<&City> = City::all().iter().collect();
        let mut turns = Turns::default();
        let held = all[0].id();
        let fetched = |id: &CityId| (id == held).then_some(DateTime::<Utc>::UNIX_EPOCH);
        let mut asked = Vec::new();
        for _ in 0..6 {
            let (now, later) = turns.take(all.clone(), 10, fetched);
            assert_eq!((now.len(), later.len()), (10, 20));
            asked.extend(now);
        }
        // A city that is held already waits for those that are not.
        assert_eq!(asked[29].id(), held);
        for city in all {
            let times = asked.iter().filter(|known| known.id() == city.id()).count();
            assert_eq!(times, 2, "{}", city.id());
        }
    }
}
