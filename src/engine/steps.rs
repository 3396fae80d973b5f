//! The steps of a refresh: everything asked at once, each reading shown as it comes, all within the deadline.
//!
//! A refresh ends in one of two ways: each item has an entry, or its deadline has passed and the open searches get a moment to say that their time is
//! over. Errands (searches of feeds, witnesses, cities and earlier days) run side by side; each requests one source at a time. Cities take turns, a
//! tenth of a second apart, and those that do not fit into half of the deadline are postponed to the next refresh, where they come first.
//!
//! ```text
//! begin ──► begin_errand ──► move_on ──► sent ──► Effect::Ask … Event::Answered ──► answered ─┐
//!              ▲                ▲                                                             │
//!   witnesses, │                └─────────────────── Event::Wake ──► wakened ─────────────────┤
//!   cities     │                                                                              ▼
//!              └──────────────── rates, forecasts, filling: the answer becomes records ◄── go_on ──► close ──► Save, Report
//! ```
//!
//! `move_on` is the only place that steps a search. It takes the errand out of the refresh, has the chain decide, and puts it back unless the search
//! is done; then the module of its kind takes the answer. `go_on` follows every event: it begins with the cities whose turn has come and closes the
//! refresh if no errand is left. So an errand that begins another one (the next witness) never closes the refresh under its own feet.
//!
//! # Writing
//!
//! `close` has the records written if the refresh brought news (an item whose value was taken, or a decision of the guard) or if an earlier save
//! failed. A repetition of the same answer is news too: its last instant has moved, and a file without it would show an older page after a restart.
//! The days of a back-fill are written once a plan of up to 32 days is done.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::core::Engine;
use super::event::{Effect, Ticket};
use super::forecasts::item_of;
use super::refresh::{Errand, Refresh, SPACING};
use super::{Entry, Item, Report, StoreError};
use crate::fetch::{Answer, Number, Received, Step};
use crate::snapshot::{Added, Observed};
use crate::weather::{City, CityId};

/// The time that a disk gets to keep the records if no time of the deadline is left.
const LEAST_FOR_KEEPING: Duration = Duration::from_secs(1);

impl Engine {
    /// Begins a refresh. A refresh that is under way is given up.
    pub(super) fn begin(
        &mut self,
        items: &[Item],
        at: DateTime<Utc>,
        time: Duration,
        is_sparing: bool,
    ) {
        let now = self.passed;
        self.abandon();
        self.refreshes += 1;
        self.budgets.spare(is_sparing);
        self.follow_clock(at);
        let mut turns = std::mem::take(&mut self.turns);
        let cities: Vec<&City> = items.iter().filter_map(|item| self.city(item)).collect();
        let fetched = |id: &CityId| self.snapshot.weather(id).map(Observed::fetched);
        let (cities, postponed) = turns.take(cities, room(time), fetched);
        let cities = cities.into_iter().cloned().collect();
        let postponed = postponed.into_iter().map(item_of).collect();
        self.turns = turns;
        let mut refresh = Refresh::new(items, cities, postponed, at, now, time);
        for item in items {
            if matches!(item, Item::Rates | Item::Next) {
                let search = refresh.search(self.today(at).to_string(), at, now);
                self.begin_errand(&mut refresh, Errand::Feed(item.clone(), search));
            }
        }
        if items.contains(&Item::History) {
            self.begin_history(&mut refresh);
        }
        self.go_on(refresh);
    }

    /// Takes in what became of a request.
    pub(super) fn answered(&mut self, ticket: Ticket, received: Received) {
        let is_current = ticket.refresh == self.refreshes;
        let Some(mut refresh) = self.refresh.take_if(|_| is_current) else {
            return;
        };
        let received = (ticket.number, received);
        self.move_on(&mut refresh, ticket.errand, Some(received));
        self.go_on(refresh);
    }

    /// Goes on with what waits for this instant.
    pub(super) fn wakened(&mut self) {
        let Some(mut refresh) = self.refresh.take() else {
            return;
        };
        for errand in refresh.due(self.passed) {
            self.move_on(&mut refresh, errand, None);
        }
        self.go_on(refresh);
    }

    /// Begins with the cities whose turn has come, and ends the refresh if nothing is left or its time is over.
    fn go_on(&mut self, mut refresh: Refresh) {
        let now = self.passed;
        while let Some((city, at)) = refresh.next_city(now) {
            let search = refresh.search(city.id().as_str().to_owned(), at, now);
            self.begin_errand(&mut refresh, Errand::City(city, at, search));
        }
        if refresh.is_over(now) {
            self.close(refresh);
        } else {
            self.refresh = Some(refresh);
        }
    }

    /// Adds an errand, and takes its first step at once.
    pub(super) fn begin_errand(&mut self, refresh: &mut Refresh, errand: Errand) {
        let number = refresh.add(errand);
        self.move_on(refresh, number, None);
    }

    /// The next step of an errand: after what became of a request, or because its turn has come.
    fn move_on(
        &mut self,
        refresh: &mut Refresh,
        number: usize,
        received: Option<(Number, Received)>,
    ) {
        let at = refresh.at;
        let errand = match refresh.take(number) {
            None => return,
            Some(Errand::Feed(item, mut search)) => {
                let step = self.with_feed(&item, at, |chain, terms| {
                    chain.advance(&mut search, received, terms)
                });
                match self.sent(number, step) {
                    Some(answer) => return self.feed_answered(refresh, item, answer),
                    None => Errand::Feed(item, search),
                }
            }
            Some(Errand::Witness(place, mut search)) => {
                let step = self.with_witness(place, at, |chain, terms| {
                    chain.advance(&mut search, received, terms)
                });
                match step.and_then(|step| self.sent(number, step)) {
                    Some(answer) => return self.witness_answered(refresh, place, answer),
                    None => Errand::Witness(place, search),
                }
            }
            Some(Errand::City(city, at, mut search)) => {
                let step = self.with_city(&city, |chain, terms| {
                    chain.advance(&mut search, received, terms)
                });
                match self.sent(number, step) {
                    Some(answer) => return self.city_answered(refresh, &city, at, answer),
                    None => Errand::City(city, at, search),
                }
            }
            Some(Errand::History(mut of_history, mut search)) => {
                let step = self.with_history(&mut of_history, |chain, terms| {
                    chain.advance(&mut search, received, terms)
                });
                match step.and_then(|step| self.sent(number, step)) {
                    Some(answer) => return self.history_answered(refresh, of_history.0, answer),
                    None => Errand::History(of_history, search),
                }
            }
        };
        refresh.put(number, errand);
    }

    /// Sends the requests of a step. Returns the answer if it was the last step.
    fn sent<R>(&mut self, errand: usize, step: Step<R>) -> Option<Answer<R>> {
        match step {
            Step::Ask(asks) => {
                let refresh = self.refreshes;
                self.effects.extend(asks.into_iter().map(|ask| Effect::Ask {
                    ticket: Ticket {
                        refresh,
                        errand,
                        number: ask.number,
                    },
                    request: ask.request,
                    time: ask.time,
                }));
                None
            }
            Step::Wait(_) | Step::Pending => None,
            Step::Done(answer) => Some(answer),
        }
    }

    /// Gathers what came, and has it written.
    fn close(&mut self, mut refresh: Refresh) {
        let at = refresh.at;
        let mut entries = refresh.end(|item| match item {
            Item::Rates => self.rates.last_id(),
            Item::Next => self.newest.last_id(),
            Item::Weather(_) => self.weather.last_id(),
            Item::History => self.rates.first_id(),
        });
        for entry in &mut entries {
            entry.ended = self.ended(&entry.item, at);
        }
        self.held.prune(at);
        let has_news = entries
            .iter()
            .any(|entry| entry.added.is_some_and(Added::is_taken) || !entry.events.is_empty());
        // The days of a plan are written and shared together: if the process ends before, they are requested again.
        let is_of_plan = |entry: &Entry| entry.item == Item::History && entry.is_good();
        let goes_on = entries.iter().all(is_of_plan) && self.is_filling();
        let has_news = (has_news && !goes_on) | self.take_news_of_fill();
        if has_news {
            self.share();
        }
        let postponed = std::mem::take(&mut refresh.postponed);
        let took = refresh.passed(self.passed);
        let report = Report {
            store: self.restored.take().into_iter().collect(),
            postponed,
            took,
            ..Report::of(at, entries)
        };
        // Records that an earlier save did not keep are kept now.
        if self.held.has_store() && (has_news || self.unsaved) {
            let time = refresh.left(self.passed).max(LEAST_FOR_KEEPING);
            self.effects.push(Effect::Save { time });
            self.unsaved = true;
            self.saving = Some(report);
        } else {
            self.report(report);
        }
    }

    /// Ends the refresh whose records were written.
    pub(super) fn saved(&mut self, result: Result<(), StoreError>) {
        self.unsaved = result.is_err();
        if let Some(mut report) = self.saving.take() {
            report.store.extend(result.err());
            self.report(report);
        }
    }

    /// Ends a refresh: the health, the due times and the leases learn from its report, in this order, and the host gets it last.
    fn report(&mut self, report: Report) {
        self.log.write(&report);
        if let Some(schedule) = &mut self.schedule {
            let memory = self.held.memory();
            schedule.learn(&report, &self.snapshot, memory, &mut self.random, report.at);
        }
        self.pass_on_failed(&report);
        self.effects.push(Effect::Report(report));
    }
}

/// The number of cities in one refresh: as many as have a turn in the first half of its deadline. With 9 seconds it is 46, from 0.0 to 4.5 s.
fn room(deadline: Duration) -> usize {
    let turns = (deadline / 2).as_millis() / SPACING.as_millis();
    usize::try_from(turns)
        .unwrap_or(usize::MAX)
        .saturating_add(1)
}
