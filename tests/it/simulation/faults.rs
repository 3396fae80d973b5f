//! Faults and lies of hosts: random, host by host, for a limited time.

use chrono::{DateTime, TimeDelta, Utc};
use fastrand::Rng;
use http::Request;

use super::truth::{Truth, today};
use crate::guard::synthetic_market::{CURRENCIES, Market, Page};

pub(crate) const HOSTS: [Host; 5] = [
    Host::National,
    Host::Frankfurter,
    Host::Met,
    Host::Cbu,
    Host::Nbkr,
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Host {
    National,
    Frankfurter,
    Met,
    Cbu,
    Nbkr,
}

impl Host {
    pub(crate) fn of(request: &Request<()>) -> Self {
        match request.uri().host().unwrap() {
            "nationalbank.kz" => Self::National,
            "api.frankfurter.dev" => Self::Frankfurter,
            "api.met.no" => Self::Met,
            "cbu.uz" => Self::Cbu,
            "www.nbkr.kg" => Self::Nbkr,
            other => panic!("{other} was not to be asked"),
        }
    }
}

/// A fault of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Hang,
    Broken,
    Status(u16),
    /// Status 429, with that many seconds to wait.
    Busy(u32),
    Page,
    Truncated,
    Empty,
    /// A document of another bank.
    Foreign,
    /// The latency in milliseconds.
    Slow(u64),
    /// The document of that many days ago, under its own day.
    Stale(i64),
    /// The document of today, under a day that many days ahead.
    Ahead(i64),
    /// A third of the rows is missing.
    Thin,
    /// A row, and the error in it.
    Row(usize, Slip),
    Every(Slip),
    /// The numbers of another year under the requested day.
    OtherYear(u64),
    /// A row whose change contradicts its value, by that many hundredths.
    Change(usize, i64),
    /// The forecast computed at that instant, and no later one.
    Frozen(DateTime<Utc>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slip {
    Tenfold,
    Tenth,
    Inverted,
}

/// A fault of a host, and its end.
#[derive(Clone, Copy, Debug)]
struct Episode {
    host: Host,
    fault: Fault,
    until: DateTime<Utc>,
    /// The percentage of affected responses.
    share: u8,
    /// Whether no other fault of the host replaces it.
    lasts: bool,
}

/// The active faults, and when the next ones start.
#[derive(Debug)]
pub(crate) struct HostFaults {
    episodes: Vec<Episode>,
    random: Rng,
    /// When all rows may next have the same error. Two such publications in succession would confirm each other.
    next_slip_of_all: DateTime<Utc>,
    /// The number of single-row errors so far. A row never has errors in two successive publications, which would be one long
    /// error.
    slips: usize,
    /// No lies until then: a ticker without history accepts plausible values, and marks them as unconfirmed.
    pub(crate) honest_until: DateTime<Utc>,
    /// The ticker knows nothing from before this instant. With a clock that is set back there it is one without history.
    knows_since: DateTime<Utc>,
    pub(crate) count: u64,
    pub(crate) lies: u64,
}

impl HostFaults {
    pub(crate) fn new(random: Rng, start: DateTime<Utc>) -> Self {
        Self {
            episodes: Vec::new(),
            random,
            next_slip_of_all: start + TimeDelta::days(5),
            honest_until: start + TimeDelta::days(5),
            knows_since: start,
            slips: 0,
            count: 0,
            lies: 0,
        }
    }

    /// Ends all faults.
    pub(crate) fn clear(&mut self) {
        self.episodes.clear();
    }

    /// Excludes lies for a few days.
    pub(crate) fn exclude_lies(&mut self, now: DateTime<Utc>) {
        self.episodes.retain(|episode| !episode.fault.is_lie());
        self.honest_until = now + TimeDelta::days(3);
        self.knows_since = now;
    }

    /// Starts a fault of one more host.
    pub(crate) fn begin(&mut self, truth: &Truth, now: DateTime<Utc>) {
        if self.random.u8(..16) == 0 {
            return self.stop_answering(now);
        }
        let random = &mut self.random;
        let host = *random.choice(&HOSTS).unwrap();
        let host = if random.bool() { Host::National } else { host };
        let mut lasting = self.episodes.iter().filter(|episode| episode.lasts);
        if lasting.any(|episode| episode.host == host && now < episode.until) {
            return;
        }
        let mut until = now
            + TimeDelta::minutes(if random.u8(..8) == 0 {
                random.i64(1000..4000)
            } else {
                random.i64(5..400)
            });
        let (mut fault, mut lasts) = (fault(host, random), false);
        if host == Host::Met && random.u8(..10) == 0 {
            (fault, lasts) = (Fault::Frozen(now), true);
            until = now + TimeDelta::hours(random.i64(8..60));
        }
        if let Fault::Row(at, _) = &mut fault {
            self.slips += 1;
            *at = self.slips % (CURRENCIES.len() / 2);
            // The list of an eve is in force during all holidays.
            let next = truth.next_after(now) - TimeDelta::minutes(1);
            if next - now > TimeDelta::hours(60) && random.bool() {
                (until, lasts) = (next, true);
            }
        }
        if fault.is_lie() {
            if now < self.honest_until {
                return;
            }
            match fault {
                // It ends before the next publication, because two in succession would confirm each other.
                Fault::Every(_) if now < self.next_slip_of_all => return,
                Fault::Every(_) => {
                    self.next_slip_of_all = now + TimeDelta::days(12);
                    until = until.min(truth.next_after(now) - TimeDelta::minutes(1));
                }
                Fault::OtherYear(_) => {
                    until = until.min(truth.next_after(now) - TimeDelta::minutes(1));
                }
                _ => {}
            }
        }
        let share = if lasts || random.bool() {
            100
        } else {
            random.u8(20..100)
        };
        self.episodes.retain(|episode| episode.host != host);
        self.episodes.push(Episode {
            host,
            fault,
            until,
            share,
            lasts,
        });
    }

    /// The bank stops answering, and the second route repeats an old day.
    fn stop_answering(&mut self, now: DateTime<Utc>) {
        let until = now + TimeDelta::hours(self.random.i64(6..96));
        let days = self.random.i64(0..8);
        self.episodes
            .retain(|episode| !matches!(episode.host, Host::National | Host::Frankfurter));
        let silent = [
            (Host::National, Fault::Status(503)),
            (Host::Frankfurter, Fault::Stale(days)),
        ];
        self.episodes.extend(silent.map(|(host, fault)| Episode {
            host,
            fault,
            until,
            share: 100,
            lasts: false,
        }));
    }

    /// The first response to a new process belongs to another year; only the stored history shows this.
    pub(crate) fn serve_another_year(&mut self, truth: &Truth, now: DateTime<Utc>) {
        if now >= self.honest_until {
            let until =
                (now + TimeDelta::hours(5)).min(truth.next_after(now) - TimeDelta::minutes(1));
            let fault = Fault::OtherYear(self.random.u64(..));
            self.episodes
                .retain(|episode| !matches!(episode.host, Host::National | Host::Frankfurter));
            let hosts = [Host::National, Host::Frankfurter];
            self.episodes.extend(hosts.map(|host| Episode {
                host,
                fault,
                until,
                share: 100,
                lasts: false,
            }));
        }
    }

    /// Draws the fault of a response.
    pub(crate) fn strikes(
        &mut self,
        host: Host,
        now: DateTime<Utc>,
        clock: DateTime<Utc>,
    ) -> Option<Fault> {
        self.episodes.retain(|episode| now < episode.until);
        let episode = *self.episodes.iter().find(|episode| episode.host == host)?;
        if self.random.u8(..100) >= episode.share {
            return None;
        }
        // Under a day that only a clock of the same year accepts.
        if matches!(episode.fault, Fault::Ahead(_)) && clock != now {
            return None;
        }
        if episode.fault.is_lie() && clock < self.knows_since + TimeDelta::days(3) {
            return None;
        }
        self.count += 1;
        self.lies += u64::from(episode.fault.is_lie());
        Some(episode.fault)
    }
}

impl Fault {
    /// Whether it is a well-formed document with wrong numbers.
    fn is_lie(self) -> bool {
        matches!(self, Self::Row(..) | Self::Every(_) | Self::OtherYear(_))
    }

    /// Returns the list that the bank publishes instead.
    pub(crate) fn spoil(self, page: Page, host: Host, now: DateTime<Utc>) -> Page {
        match self {
            Self::Ahead(days) => page.under(today(now) + TimeDelta::days(days)),
            Self::Thin => {
                let mut at = 0;
                let mut page = page;
                page.lines.retain(|line| {
                    at += 1;
                    at % 3 != 0 || line.code == "USD"
                });
                page
            }
            Self::Row(at, slip) => {
                // Two banks do not make the same error at once, which would be confirmation. The witnesses have errors in odd
                // rows.
                let odd = usize::from(matches!(host, Host::Cbu | Host::Nbkr));
                let codes =
                    (0..).map(|ahead| CURRENCIES[((at + ahead) * 2 + odd) % CURRENCIES.len()].0);
                let listed = |code: &&str| page.lines.iter().any(|line| line.code == *code);
                let code = codes.take(CURRENCIES.len()).find(listed).unwrap_or("USD");
                page.with(code, |line| line.value = slip.of(line.value))
            }
            Self::Change(at, by) => {
                let code = page.lines[at % page.lines.len()].code;
                page.with(code, |line| line.change += by)
            }
            Self::Every(slip) => page.with_each(|line| line.value = slip.of(line.value)),
            Self::OtherYear(seed) => {
                let mut random = Rng::with_seed(seed);
                let mut market = Market::new();
                market.pass(&mut random, 12_000);
                let far = random.i128(120..=180);
                market.set("KZT", 480 * far);
                let (home, scale) = match host {
                    Host::Cbu => ("UZS", 2),
                    Host::Nbkr => ("KGS", 4),
                    Host::National | Host::Frankfurter | Host::Met => ("KZT", 2),
                };
                let mut before = market.clone();
                before.pass(&mut random, 300);
                market
                    .page(home, page.day, scale)
                    .after(&before.page(home, page.day, scale))
            }
            _ => page,
        }
    }
}

impl Slip {
    pub(crate) fn of(self, value: i64) -> i64 {
        match self {
            Self::Tenfold => value * 10,
            Self::Tenth => (value / 10).max(1),
            // The inverse of a value in hundredths.
            Self::Inverted => (10_000 / value).max(1),
        }
    }
}

fn fault(host: Host, random: &mut Rng) -> Fault {
    let slip = *random
        .choice(&[Slip::Tenfold, Slip::Tenth, Slip::Inverted])
        .unwrap();
    let lies = if host == Host::Met { 10 } else { 20 };
    match random.u8(..lies) {
        0 => Fault::Hang,
        1 => Fault::Broken,
        2 | 3 => Fault::Status(*random.choice(&[500, 502, 503, 504, 403, 404]).unwrap()),
        4 => Fault::Busy(random.u32(30..7200)),
        5 => Fault::Page,
        6 => Fault::Truncated,
        7 => Fault::Empty,
        8 => Fault::Slow(random.u64(500..12_000)),
        9 => Fault::Foreign,
        10 => Fault::Stale(random.i64(1..40)),
        11 => Fault::Ahead(random.i64(15..4000)),
        12 => Fault::Thin,
        13 | 14 => Fault::Row(random.usize(..100), slip),
        15 => Fault::Every(slip),
        16 | 17 => Fault::Change(random.usize(..100), random.i64(1..100_000) - 50_000),
        _ => Fault::OtherYear(random.u64(..)),
    }
}
