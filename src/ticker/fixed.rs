//! A ticker that shows one snapshot, for the tests of a site.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, Utc};
use http::{Request, Response};

use super::{InvalidTicker, Ticker};
use crate::engine::Bank;
use crate::fetch::FakeUpstream;
use crate::money::Rates;
use crate::provenance::{Attribution, SourceId};
use crate::snapshot::{Reading as _, Snapshot};
use crate::source::{DecodeError, DecodeErrorKind, Source};

impl Ticker {
    /// Returns a ticker that shows a snapshot as it is at an instant, and sends no request: for the tests of a site's pages, and for their design.
    ///
    /// [`run`](Self::run) waits without end, and a refresh does nothing. A service of it takes a layout with any pairs and cities, because there is
    /// no list to compare with; what the snapshot lacks is "no data". Sparklines must be of a length that the snapshot has.
    ///
    /// # Errors
    ///
    /// Returns no error at present.
    ///
    /// ```
    /// use masthead::{Layout, Snapshot, Strip, Ticker};
    ///
    /// let ticker = Ticker::fixed(Snapshot::sample(), Snapshot::SAMPLE_TIME)?;
    /// let strip = Strip::new(&ticker.snapshot(), &Layout::line().isolates(false), ticker.now()).text().to_string();
    /// assert!(strip.starts_with("usd/kzt 447.32 · eur/kzt 482.21 · "));
    ///
    /// let report = ticker.refresh_blocking(ticker.now());
    /// assert!(report.is_complete() && report.failures().next().is_none());
    /// # Ok::<(), masthead::ticker::InvalidTicker>(())
    /// ```
    pub fn fixed(snapshot: Snapshot, now: DateTime<Utc>) -> Result<Self, InvalidTicker> {
        let rates = snapshot.rates(now).map(|held| held.value().clone());
        let builder = Self::builder("masthead")
            .transport(FakeUpstream::new())
            .clock(move || now)
            .weather([])
            .cities([]);
        let builder = match rates {
            Some(rates) => {
                let source = NoSource(rates.source().clone());
                let bank = Bank::new(rates.home(), rates.zone()).rates([Arc::new(source) as _]);
                builder.bank(bank)
            }
            None => builder,
        };
        builder.fixed_to(snapshot).build()
    }
}

/// The source of fixed rates, which is never requested.
#[derive(Debug)]
struct NoSource(SourceId);

impl Source for NoSource {
    type Query = NaiveDate;
    type Reading = Rates;

    fn id(&self) -> SourceId {
        self.0.clone()
    }

    fn attribution(&self) -> Attribution {
        Attribution::new(self.0.to_string())
    }

    fn request(&self, _today: &NaiveDate) -> Request<()> {
        Request::new(())
    }

    fn decode(
        &self,
        _today: &NaiveDate,
        _response: &Response<Bytes>,
    ) -> Result<Rates, DecodeError> {
        let nothing = DecodeErrorKind::NoData("fixed rates are not requested".into());
        Err(DecodeError::new(&self.0, nothing))
    }
}
