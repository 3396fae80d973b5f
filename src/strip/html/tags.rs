//! Tags of items, values and links.
//!
//! The order of attributes is fixed, because a page's entity tag follows from its bytes. An attribute without a value is left out, not empty.

use std::fmt::{self, Write};

use super::HtmlSink;
use super::escape::Escaping;
use crate::money::{Pair, Rate, Trend};
use crate::snapshot::Freshness;
use crate::strip::digits::{write_integer, write_iso};
use crate::strip::layout::PairCase;
use crate::strip::number::{Number, write_plain};
use crate::strip::part::{Part, code};
use crate::strip::sparkline::Sparkline;
use crate::strip::{Direction, RateItem, WeatherItem};

impl<W: Write> HtmlSink<'_, W> {
    /// The beginning of an item's opening tag.
    const fn item(&self) -> &'static str {
        if self.table {
            "<tr"
        } else {
            r#"<span role="listitem""#
        }
    }

    /// Opens the element of a pair.
    pub(super) fn open_rate(&mut self, item: &RateItem<'_>) -> fmt::Result {
        let [base, quote] = [item.pair.base(), item.pair.quote()];
        put!(
            self,
            self.item(),
            r#" class="masthead-rate" data-pair=""#,
            base.code(),
            "/",
            quote.code(),
            "\"",
        )?;
        put!(
            self,
            match item.trend() {
                Trend::Up => r#" data-trend="up""#,
                Trend::Down => r#" data-trend="down""#,
                Trend::Unchanged => r#" data-trend="unchanged""#,
                Trend::Unknown => "",
            }
        )?;
        self.rate = item.rate.filter(|_| self.microdata);
        if self.rate.is_some() {
            put!(
                self,
                r#" itemscope itemtype="https://schema.org/ExchangeRateSpecification""#,
            )?;
        }
        if item.is_unconfirmed() {
            put!(self, r#" data-confirmed="false""#)?;
        }
        let source = item.observed.map(|held| held.source().as_str());
        self.provenance(source, item.freshness)
    }

    /// Opens the element of a city.
    pub(super) fn open_weather(&mut self, item: &WeatherItem<'_>) -> fmt::Result {
        put!(
            self,
            self.item(),
            r#" class="masthead-weather" data-city=""#,
            item.city.id().as_str(),
            "\"",
        )?;
        if let Some(condition) = item.hour.and_then(|hour| hour.condition.as_ref()) {
            put!(self, r#" data-condition=""#)?;
            match condition.sky() {
                Some(_) => condition.write_to(self.out)?,
                None => condition.write_to(&mut Escaping(self.out))?,
            }
            put!(self, "\"")?;
        }
        if let Some(daylight) = item.hour.and_then(|hour| hour.daylight) {
            put!(self, r#" data-daylight=""#, daylight.as_str(), "\"")?;
        }
        let source = item.observed.map(|held| held.source().as_str());
        self.provenance(source, item.freshness)
    }

    /// Writes source and freshness and ends the opening tag.
    fn provenance(&mut self, source: Option<&str>, freshness: Freshness) -> fmt::Result {
        if let Some(source) = source {
            put!(self, r#" data-source=""#, source, "\"")?;
        }
        put!(
            self,
            match freshness {
                Freshness::Fresh => r#" data-freshness="fresh">"#,
                Freshness::Ageing => r#" data-freshness="ageing">"#,
                Freshness::Stale => r#" data-freshness="stale">"#,
                Freshness::Absent => r#" data-freshness="absent">"#,
            }
        )
    }

    /// Opens schema.org's `UnitPriceSpecification` of a rate; [`number`](Self::number) closes it.
    fn unit_price(&mut self, rate: Rate) -> fmt::Result {
        put!(
            self,
            r#"<span itemprop="currentExchangeRate" itemscope itemtype="https://schema.org/UnitPriceSpecification"><meta itemprop="priceCurrency" content=""#,
            rate.pair().quote().code(),
            r#""><meta itemprop="validFrom" content=""#,
        )?;
        write_iso(rate.day(), self.out)?;
        put!(self, r#"">"#)?;
        if rate.nominal() != 1 {
            put!(
                self,
                r#"<span itemprop="referenceQuantity" itemscope itemtype="https://schema.org/QuantitativeValue"><meta itemprop="value" content=""#,
            )?;
            write_integer(rate.nominal(), self.out)?;
            put!(self, r#""></span>"#)?;
        }
        Ok(())
    }

    /// Opens a link to a telephone number, of its digits and `+`.
    pub(super) fn open_phone(&mut self, number: &str) -> fmt::Result {
        put!(self, r#"<a href="tel:"#)?;
        number
            .split(|c: char| !c.is_ascii_digit() && c != '+')
            .try_for_each(|digits| self.out.write_str(digits))?;
        put!(self, r#"">"#)
    }

    /// Opens an item of the list of languages.
    pub(super) fn open_language(
        &mut self,
        tag: &str,
        url: Option<&str>,
        direction: Direction,
        current: bool,
    ) -> fmt::Result {
        put!(self, r#"<span role="listitem">"#)?;
        match url {
            Some(url) => {
                put!(self, r#"<a href=""#)?;
                self.escaped(url)?;
                put!(self, r#"" hreflang=""#)?;
                self.escaped(tag)?;
                put!(self, "\"")?;
            }
            None => put!(self, "<span")?,
        }
        put!(self, r#" lang=""#)?;
        self.escaped(tag)?;
        put!(self, r#"" dir=""#, direction.as_str(), "\"")?;
        put!(
            self,
            if current {
                r#" aria-current="true">"#
            } else {
                ">"
            }
        )
    }

    /// Writes a rate's value, with its microdata if the layout asks for it.
    pub(super) fn number(&mut self, part: &Part<'_>, number: &Number) -> fmt::Result {
        let Some(rate) = self.rate.take() else {
            return self.data(part, "", |out| write_plain(number.value(), out));
        };
        self.unit_price(rate)?;
        put!(self, r#"<data itemprop="price" value=""#)?;
        write_plain(number.value(), self.out)?;
        put!(self, r#"">"#)?;
        self.text(part)?;
        put!(self, "</data></span>")
    }

    /// Writes a `<data>` with the machine's form of a value around the visible one.
    pub(super) fn data(
        &mut self,
        part: &Part<'_>,
        sign: &str,
        machine: impl FnOnce(&mut W) -> fmt::Result,
    ) -> fmt::Result {
        put!(self, r#"<data value=""#, sign)?;
        machine(self.out)?;
        put!(self, r#"">"#)?;
        self.text(part)?;
        put!(self, "</data>")
    }

    /// Writes a pair whose base stands in an `<abbr>` with its name.
    pub(super) fn pair(&mut self, pair: Pair, nominal: u32, case: PairCase) -> fmt::Result {
        if nominal != 1 {
            write_integer(nominal, self.out)?;
            put!(self, " ")?;
        }
        if self.rate.is_some() {
            let currency = pair.base().code();
            put!(
                self,
                r#"<meta itemprop="currency" content=""#,
                currency,
                r#"">"#
            )?;
        }
        let [base, quote] = [pair.base(), pair.quote()].map(|currency| code(currency, case));
        match self.locale.currency(pair.base()) {
            Some(name) => put!(
                self,
                r#"<abbr title=""#,
                name,
                r#"">"#,
                base,
                "</abbr>/",
                quote
            ),
            None => put!(self, base, "/", quote),
        }
    }

    /// Writes a `<time>` with the machine's form around the visible one.
    pub(super) fn time(
        &mut self,
        part: &Part<'_>,
        machine: impl FnOnce(&mut W) -> fmt::Result,
    ) -> fmt::Result {
        put!(self, r#"<time datetime=""#)?;
        machine(self.out)?;
        put!(self, r#"">"#)?;
        self.text(part)?;
        put!(self, "</time>")
    }

    /// Writes a picture as high as the letters, in the box of [`Curve::path`](crate::snapshot::Curve). Its phrase is for assistive technology.
    pub(super) fn sparkline(&mut self, sparkline: &Sparkline<'_>) -> fmt::Result {
        put!(
            self,
            r#"<svg xmlns="http://www.w3.org/2000/svg" class="masthead-sparkline" role="img" aria-label=""#
        )?;
        sparkline.write_phrase(self.out)?;
        put!(self, r#"" height="1em" viewBox="0 0 "#)?;
        write_integer(2 * sparkline.curve.days(), self.out)?;
        put!(
            self,
            r#" 16" fill="none" stroke="currentColor"><path d=""#,
            sparkline.curve.path(),
            r#""></path></svg>"#
        )
    }
}
