//! Documents for each kind of request: valid ones, and ones with a deliberate error.

use std::io::Write as _;

use flate2::{Compress, Compression, FlushCompress};

use crate::fake_hosts::{FRANKFURTER, MET, OF_DAY, bank, frankfurter, met};
use crate::scripted_server::Seen;

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feed {
    OfDay,
    Newest,
    Frankfurter,
    Met,
}

impl Feed {
    pub(crate) const ALL: [Self; 4] = [Self::OfDay, Self::Newest, Self::Frankfurter, Self::Met];

    pub(crate) fn of(request: &Seen) -> Self {
        let address = request.path.trim_start_matches('/');
        if address.starts_with(OF_DAY) {
            Self::OfDay
        } else if address.starts_with(FRANKFURTER) {
            Self::Frankfurter
        } else if address.starts_with(MET) {
            Self::Met
        } else {
            Self::Newest
        }
    }

    fn is_xml(self) -> bool {
        matches!(self, Self::OfDay | Self::Newest)
    }

    pub(crate) fn good(self) -> String {
        self.of_days("2026-04-02", "2026-04-03", "2026-04-02T12:00:00Z")
    }

    /// A valid document for the given days.
    pub(crate) fn of_days(self, today: &str, tomorrow: &str, hour: &str) -> String {
        match self {
            Self::OfDay => bank(today, "475.09"),
            Self::Newest => bank(tomorrow, "470.13"),
            Self::Frankfurter => frankfurter(today, "475.09"),
            Self::Met => of_astana(&met(hour, "7.5")),
        }
    }

    /// A valid document, except for the dollar or the temperatures.
    pub(crate) fn with_value(self, value: &str) -> String {
        match self {
            Self::OfDay => bank("2026-04-02", value),
            Self::Newest => bank("2026-04-03", value),
            Self::Frankfurter => frankfurter("2026-04-02", value),
            // A negative temperature is valid, but not one of minus five hundred degrees.
            Self::Met => of_astana(&met("2026-04-02T12:00:00Z", &format!("-500{value}"))),
        }
    }

    /// A valid document, except for windows-1251 bytes: in a currency code of the bank, whose other texts are not decoded, and in
    /// a name elsewhere.
    pub(crate) fn in_another_charset(self) -> Vec<u8> {
        let name = b"\xca\xf3\xf0\xf1\xfb";
        let good = self.good();
        let (at, open, close): (_, &[u8], &[u8]) = if self.is_xml() {
            let code = "<title>";
            (good.find(code).unwrap() + code.len(), b"", b"")
        } else {
            let at = if self == Self::Met { 1 } else { 2 };
            (at, b"\"name\":\"", b"\",")
        };
        let (before, after) = good.as_bytes().split_at(at);
        [before, open, name, close, after].concat()
    }

    /// A hundred thousand nesting levels in the place of a value, each closed.
    pub(crate) fn nested(self) -> String {
        const LEVELS: usize = 100_000;
        match self {
            Self::OfDay | Self::Newest => {
                let inside = format!("<item>{}{}", "<a>".repeat(LEVELS), "</a>".repeat(LEVELS));
                self.with_value("0").replacen("<item>", &inside, 1)
            }
            Self::Frankfurter | Self::Met => {
                let nest = format!("{}{}", "[".repeat(LEVELS), "]".repeat(LEVELS));
                self.good()
                    .replacen("475.09", &nest, 1)
                    .replacen("7.5", &nest, 1)
            }
        }
    }

    /// `count` attributes or object members, and no valid value.
    pub(crate) fn with_attributes(self, count: usize) -> String {
        match self {
            Self::OfDay | Self::Newest => {
                let root = format!("<rates{}>", " a=''".repeat(count));
                self.with_value("0").replacen("<rates>", &root, 1)
            }
            Self::Frankfurter | Self::Met => format!("{{{}\"a\":0}}", "\"a\":0,".repeat(count)),
        }
    }

    /// The same key twice, with two values; for the bank, two rates in an item.
    pub(crate) fn with_duplicate(self) -> String {
        let good = self.good();
        match self {
            Self::OfDay | Self::Newest => good.replacen(
                "<description>",
                "<description>1.00</description><description>",
                1,
            ),
            Self::Frankfurter => good.replacen("\"rate\":", "\"rate\":1.00,\"rate\":", 1),
            Self::Met => good.replacen(
                "\"air_temperature\":",
                "\"air_temperature\":1.0,\"air_temperature\":",
                1,
            ),
        }
    }
}

/// Ten entities; each expands to ten of the previous one.
pub(crate) fn entity_bomb() -> String {
    let entities: String = (1..10)
        .map(|n| format!("<!ENTITY e{n} \"{}\">", format!("&e{};", n - 1).repeat(10)))
        .collect();
    format!("<!DOCTYPE rates [<!ENTITY e0 \"lol\">{entities}]><rates><date>&e9;</date></rates>")
}

/// Four hundred megabytes of zeros as gzip: one block that ends on a byte boundary, repeated.
pub(crate) fn gzip_bomb() -> Vec<u8> {
    const BLOCK: usize = 1 << 20;
    let (zeroes, mut block) = (vec![0; BLOCK], Vec::with_capacity(BLOCK));
    Compress::new(Compression::best(), false)
        .compress_vec(&zeroes, &mut block, FlushCompress::Full)
        .unwrap();
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    for _ in 0..400 {
        bomb.write_all(&block).unwrap();
    }
    assert!(bomb.len() < 1 << 20, "{} bytes", bomb.len());
    bomb
}

/// The forecast with the coordinates of the ticker's city.
fn of_astana(forecast: &str) -> String {
    let place = masthead::weather::City::find("astana")
        .unwrap()
        .coordinates();
    let place = format!("{},{}", place.longitude(), place.latitude());
    forecast.replace(crate::fake_hosts::PLACE, &place)
}
