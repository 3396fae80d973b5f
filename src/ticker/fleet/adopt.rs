//! What another server read, judged as if this one had read it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::parts::{self, RatesBody, Stamp};
use super::{Fleet, Order, Topic};
use crate::day;
use crate::ledger::{Feed, Forecast};
use crate::money::Rates;
use crate::provenance::Attribution;
use crate::snapshot::{Added, Observed, Reading, Snapshot};
use crate::text::WithCauses;
use crate::ticker::guard::Guard;
use crate::ticker::show::{rates_added, weather_added};
use crate::ticker::{Entry, GuardEvent, Item, Report, Shared};
use crate::weather::{CityId, Weather};

impl Shared {
    /// Takes over a body; why not, where it is not what is shown now.
    pub(super) fn adopt(
        &self,
        fleet: &Fleet,
        topic: &Topic,
        order: &Order,
        body: &str,
        now: DateTime<Utc>,
    ) -> Option<String> {
        tracing::debug!(target: "masthead", node = %fleet.node, %topic, %order, "another server's reading");
        let by_store = fleet.by_store(now);
        let adopted = match topic {
            Topic::Rates => parts::rates(body)
                .map_err(|error| WithCauses(&error).to_string())
                .and_then(|body| self.adopt_rates(order, body, [now, by_store])),
            Topic::Weather(city) => parts::weather(body)
                .map_err(|error| WithCauses(&error).to_string())
                .and_then(|held| self.adopt_weather(order, city, held, [now, by_store])),
        };
        adopted.err()
    }

    /// The rates in force and the next ones are read at two times, so of each what was read later stays.
    fn adopt_rates(
        &self,
        order: &Order,
        body: RatesBody,
        [now, by_store]: [DateTime<Utc>; 2],
    ) -> Result<(), String> {
        let RatesBody { rates, next, guard } = body;
        is_of(
            order,
            Stamp::of_rates(rates.as_ref(), next.as_ref(), &guard),
        )?;
        let shown: Vec<Observed<Rates>> = rates.into_iter().chain(next).collect();
        for held in &shown {
            of_the_past(held, by_store)?;
            self.rates_credit(held)?;
        }
        if guard.at() > by_store + Order::TOLERANCE {
            return Err(format!("its memory is of the future: {}", guard.at()));
        }
        let said: Vec<Rates> = shown.iter().map(|held| held.value().clone()).collect();
        let own = self.stamp(&Topic::Rates);
        let is_newer = own.is_none_or(|own| own < Stamp::from(order));
        let (kept, _) = self.kept_beside(&shown, by_store);
        let (verdict, refused) =
            self.following(now, |own| own.follow(&guard, &said, &kept, is_newer));
        let mut adopted = Vec::new();
        let (mut added, mut why) = (None, refused.map(|refusal| refusal.to_string()));
        for held in &shown {
            let day = held.value().day();
            if kept.contains(&day) {
                continue;
            }
            let believed = self.held().memory().of_day(day).cloned();
            let said = guard.of_day(day).unwrap_or(held.value());
            let is_believed = believed.as_ref() == Some(said);
            // What is doubted here is shown as this server's guard has it.
            let judged = verdict
                .publish
                .iter()
                .rev()
                .find(|rates| rates.day() == day);
            let rates = match believed.filter(|_| is_believed) {
                Some(rates) => rates,
                None => {
                    why.get_or_insert_with(|| format!("its rates of {day} are in doubt here"));
                    match judged {
                        Some(rates) => rates.clone(),
                        None => continue,
                    }
                }
            };
            if self.wanted(rates.clone()).is_err() {
                why = Some("none of the pairs asked for is in the publication".into());
                continue;
            }
            self.rates_credit(held)?;
            let feed = if day > day::of(now, self.bank.zone) {
                Feed::Newest
            } else {
                Feed::OfDay
            };
            let sighting = self.sighting(rates.clone(), feed, held.fetched());
            self.held().observe(sighting);
            adopted.push(rates);
        }
        self.held().take_over_holds(&self.bank);
        let snapshots = self.show_rates(now);
        for rates in &adopted {
            let day = rates.day();
            let taken = rates_added(&snapshots, rates, self.bank.days_ahead, now);
            let [_, snapshot] = &snapshots;
            let of_the_day = [snapshot.rates(now), snapshot.next(now)];
            let mut of_the_day = of_the_day.into_iter().flatten();
            if taken == Added::TooFarAhead {
                why.get_or_insert_with(|| format!("its rates of {day} are too far ahead"));
            }
            if taken == Added::Superseded && of_the_day.any(|shown| shown.value().day() == day) {
                why.get_or_insert_with(|| format!("its rates of {day} are fewer than those shown"));
            }
            added = Some(taken);
        }
        // By now more of it may have been read here.
        let (_, says_more) = self.kept_beside(&shown, by_store);
        if says_more && why.is_none() {
            self.held()
                .guard
                .amend(now, |memory| memory.outdate(order.at));
        }
        self.tell_of(added, verdict.events, now);
        why.map_or(Ok(()), Err)
    }

    /// Takes over what another server believed.
    fn following<T>(&self, now: DateTime<Utc>, follow: impl FnOnce(&mut Guard<'_>) -> T) -> T {
        let bank = &self.bank;
        self.held()
            .guard
            .amend(now, |memory| follow(&mut Guard { bank, memory, now }))
    }

    /// The days of which what is held was read later than what another server shows; and whether something is held beside
    /// that.
    fn kept_beside(&self, shown: &[Observed<Rates>], now: DateTime<Utc>) -> (Vec<NaiveDate>, bool) {
        let snapshot = self.cell.load();
        let (rates, next) = snapshot.both_rates();
        let method = |held: &Observed<Rates>| held.value().publication().method;
        let is_later = |own: &&Observed<Rates>| {
            let day = own.value().day();
            shown.iter().any(|held| {
                let same = held.value().day() == day && method(held) == method(own);
                same && own.fetched() > held.fetched() && is_of_the_past(own, now)
            })
        };
        let newest = shown.iter().map(|held| held.value().day()).max();
        let is_ahead = next.is_some_and(|next| Some(next.value().day()) > newest);
        let kept = rates.into_iter().chain(next).filter(is_later);
        let kept: Vec<NaiveDate> = kept.map(|own| own.value().day()).collect();
        let says_more = is_ahead || !kept.is_empty();
        (kept, says_more)
    }

    fn adopt_weather(
        &self,
        order: &Order,
        id: &CityId,
        held: Observed<Weather>,
        [now, by_store]: [DateTime<Utc>; 2],
    ) -> Result<(), String> {
        let city = self.cities.iter().find(|city| city.id() == id);
        let city = city.ok_or_else(|| format!("nobody asks for {id}"))?;
        is_of(order, Some(Stamp::of_weather(&held)))?;
        of_the_past(&held, by_store)?;
        let weather = held.value().clone().plausible(city.coordinates());
        let held = held.with(weather.map_err(|reason| reason.to_string())?);
        if self.weather.attribution(held.source()).is_none() {
            return Err(unknown(held.source()));
        }
        let own = self.cell.load().weather(id).map(Observed::fetched);
        // What was read here while the store answered.
        let is_later_here =
            own.is_some_and(|own| own > held.fetched() && own <= by_store + Order::TOLERANCE);
        let mut added = Added::Superseded;
        if !is_later_here {
            let first = match held.value().stated() {
                Some(_) => held.fetched(),
                None => held.dated(),
            };
            let forecast = Forecast::new(id.clone(), held.value().clone(), first, None)
                .until(held.fetched(), held.expires());
            // Its hours of today are those that the other server shows.
            self.held().replace_forecasts(forecast.clone());
            // By this server's own clock, if that is behind, the record is one of the future.
            added = weather_added(&self.show_weather(city, now.max(by_store)), &forecast);
        }
        if added.is_taken() {
            self.weather.restore(id.as_str(), &held);
        }
        if is_later_here || added.is_taken() {
            Ok(())
        } else {
            Err("it does not cover the rest of the day".into())
        }
    }

    /// The credit of rates, as this server's own source asks for it; what a store says of credits is not believed.
    fn rates_credit(&self, held: &Observed<Rates>) -> Result<Attribution, String> {
        let credit = self.bank.attribution(held.source());
        credit.ok_or_else(|| unknown(held.source()))
    }

    /// Tells the host's log what the guard made of it.
    fn tell_of(&self, added: Option<Added>, events: Vec<GuardEvent>, now: DateTime<Utc>) {
        if events.is_empty() {
            return;
        }
        let entry = Entry {
            added,
            events,
            ..Entry::new(Item::Rates, Vec::new())
        };
        let report = Report::of(now, vec![entry]);
        report.trace();
        self.tell(&report);
    }
}

/// An order that is not its body's would carry something old over something newer.
fn is_of(order: &Order, body: Option<Stamp>) -> Result<(), String> {
    if body == Some(Stamp::from(order)) {
        Ok(())
    } else {
        Err("its order is not that of what it says".into())
    }
}

/// Returns whether a right clock can have made the times of a value.
fn is_of_the_past<T: Reading>(held: &Observed<T>, now: DateTime<Utc>) -> bool {
    let (latest, issued) = (now + Order::TOLERANCE, held.value().issued());
    held.fetched() <= latest
        && issued.is_none_or(|issued| issued <= latest)
        && held.valid() <= now + TimeDelta::days(Snapshot::MAX_DAYS_AHEAD + 1)
}

fn of_the_past<T: Reading>(held: &Observed<T>, now: DateTime<Utc>) -> Result<(), String> {
    if is_of_the_past(held, now) {
        Ok(())
    } else {
        let latest = held.value().issued().max(Some(held.fetched()));
        let latest = latest.unwrap_or_else(|| held.fetched());
        Err(format!("it was fetched in the future, at {latest}"))
    }
}

fn unknown(source: &crate::provenance::SourceId) -> String {
    format!("its source, {source}, is none of this server's")
}
