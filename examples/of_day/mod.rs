//! The official rates of a day, from a file or from the bank, for the examples with `--on`.

use std::error::Error;
use std::path::PathBuf;
use std::time::SystemTime;

use bpaf::{Parser, construct, long};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use masthead::fetch::{HttpTransport, Transport as _};
use masthead::ledger::{Feed, History, Ledger, Sighting, View};
use masthead::money::Rates;
use masthead::ticker::{Bank, FileStore, State};

/// The most days over which a bank's figures may stay the same.
const LONGEST_HOLIDAYS: u16 = 14;

/// The place of the rates.
pub(crate) struct Place {
    pub(crate) bank: Bank,
    pub(crate) state: Option<PathBuf>,
    pub(crate) upstream: Option<String>,
    pub(crate) offline: bool,
    pub(crate) contact: String,
}

/// The rates of a day.
pub(crate) struct OfDay {
    /// It has rates in force on the day.
    pub(crate) history: History,
    /// Whether the guard has judged them: not if the bank was requested.
    pub(crate) is_vetted: bool,
}

/// The option `--on`.
pub(crate) fn on(help: &'static str) -> impl Parser<NaiveDate> {
    long("on")
        .help(help)
        .argument::<String>("YYYY-MM-DD")
        .parse(|day| {
            let parsed: Result<NaiveDate, _> = day.parse();
            parsed.map_err(|_| format!("{day:?}: expected a day such as 2024-01-31"))
        })
}

/// The options `--bank`, `--state`, `--upstream`, `--offline` and `--contact`.
pub(crate) fn place(offline: &'static str) -> impl Parser<Place> {
    let ids: Vec<String> = Bank::ids().map(|id| id.to_string()).collect();
    let (all, default) = (ids.join(", "), ids.first().cloned().unwrap_or_default());
    let help = format!("Bank that publishes the rates [values: {all}] [default: {default}]");
    let bank = long("bank")
        .help(help.as_str())
        .argument::<String>("BANK")
        .optional()
        .parse(|id| id.map_or_else(|| Ok(Bank::national_bank_kz()), |id| id.parse::<Bank>()));
    let state = long("state")
        .help("File with rates, such as the last good state of a ticker")
        .argument("FILE")
        .optional();
    let upstream = long("upstream")
        .help("Send every request to URL/<original host>/<original path and query>")
        .argument("URL")
        .optional();
    let offline = long("offline").help(offline).switch();
    let contact = long("contact")
        .help("Contact sent with every request: an address that the bank can write to")
        .argument("TEXT")
        .fallback("masthead example; no contact given".to_owned())
        .display_fallback();
    construct!(Place {
        bank,
        state,
        upstream,
        offline,
        contact,
    })
}

impl Place {
    /// The rates of a day: those of the file, or else the bank's answer.
    ///
    /// # Errors
    ///
    /// If no rates were in force on the day, or if they cannot be read.
    pub(crate) fn of_day(&self, day: NaiveDate) -> Result<OfDay, Box<dyn Error>> {
        let now = DateTime::<Utc>::from(SystemTime::now());
        let state = match &self.state {
            Some(path) => {
                let state = FileStore::new(path).peek()?;
                state.ok_or_else(|| format!("{} does not exist", path.display()))?
            }
            None => State::default(),
        };
        let history = state.history(self.bank.id(), now);
        let missing = match history.rates_on(day).err() {
            None => {
                let is_vetted = true;
                return Ok(OfDay { history, is_vetted });
            }
            Some(missing) if self.offline => return Err(missing.into()),
            Some(missing) => missing,
        };
        let history = self.requested(day, now);
        let history = history.map_err(|error| format!("{missing}; {error}"))?;
        Ok(OfDay {
            history,
            is_vetted: false,
        })
    }

    /// The rates of a day as the bank's first source answers now.
    fn requested(&self, day: NaiveDate, now: DateTime<Utc>) -> Result<History, Box<dyn Error>> {
        let mut transport = HttpTransport::builder(&self.contact);
        if let Some(url) = &self.upstream {
            transport = transport.upstream(url);
        }
        let transport = transport.build()?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let bank = &self.bank;
        let source = bank.sources().next().ok_or("the bank has no source")?;
        let ask = |day: NaiveDate| -> Result<Rates, Box<dyn Error>> {
            let response = runtime.block_on(transport.send(source.request(&day)));
            let response = response.map_err(|error| {
                let causes = std::iter::successors(error.source(), |cause| (*cause).source());
                let causes: String = causes.map(|cause| format!(": {cause}")).collect();
                format!("{}: {error}{causes}", source.id())
            })?;
            Ok(source.decode(&day, &response)?)
        };
        let rates = ask(day)?;
        let today = now.with_timezone(&rates.zone()).date_naive();
        if day > today {
            return Err(format!("{day} has not begun").into());
        }
        // A bank may answer a request for a day that it does not keep with today's figures under that day. Over holidays they are right.
        let recent = TimeDelta::days(LONGEST_HOLIDAYS.max(rates.longest_pause()).into());
        let figures = |rates: &Rates| {
            rates
                .iter()
                .map(|rate| (rate.pair(), rate.value(), rate.nominal()))
                .collect::<Vec<_>>()
        };
        if today - day > recent
            && rates.day() == day
            && ask(today).is_ok_and(|today| figures(&today) == figures(&rates))
        {
            return Err(format!("{} answers with today's figures for {day}", source.id()).into());
        }
        let mut ledger = Ledger::default();
        ledger.insert(Sighting::of_rates(bank.id(), Feed::OfDay, day, rates, now));
        let history = ledger.history(now, &View::new(bank.id()));
        history.rates_on(day)?;
        Ok(history)
    }
}
