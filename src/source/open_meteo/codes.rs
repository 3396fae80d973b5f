use crate::weather::{Condition, Intensity, Sky};

/// The condition of a WMO code, for the 28 codes that the service sends; 48, 77 and 99 are hardly ever computed.
///
/// 66 and 67 are its freezing rain, and 95 is a thunderstorm with rain. Any other code is kept as unknown.
pub(super) fn read_code(code: &str) -> Condition {
    let light = |sky| Condition::new(sky).with_intensity(Intensity::Light);
    let heavy = |sky| Condition::new(sky).with_intensity(Intensity::Heavy);
    match code {
        "0" => Condition::new(Sky::Clear),
        "1" => Condition::new(Sky::Fair),
        "2" => Condition::new(Sky::PartlyCloudy),
        "3" => Condition::new(Sky::Cloudy),
        "45" | "48" => Condition::new(Sky::Fog),
        "51" => light(Sky::Drizzle),
        "53" => Condition::new(Sky::Drizzle),
        "55" => heavy(Sky::Drizzle),
        "56" => light(Sky::FreezingDrizzle),
        "57" => heavy(Sky::FreezingDrizzle),
        "61" => light(Sky::Rain),
        "63" => Condition::new(Sky::Rain),
        "65" => heavy(Sky::Rain),
        "66" => light(Sky::FreezingRain),
        "67" => heavy(Sky::FreezingRain),
        "71" | "77" => light(Sky::Snow),
        "73" => Condition::new(Sky::Snow),
        "75" => heavy(Sky::Snow),
        "80" => light(Sky::Rain).with_showers(),
        "81" => Condition::new(Sky::Rain).with_showers(),
        "82" => heavy(Sky::Rain).with_showers(),
        "85" => light(Sky::Snow).with_showers(),
        "86" => heavy(Sky::Snow).with_showers(),
        "95" => Condition::new(Sky::Rain).with_showers().with_thunder(),
        "96" => light(Sky::Hail).with_showers().with_thunder(),
        "99" => heavy(Sky::Hail).with_showers().with_thunder(),
        other => Condition::unknown(other),
    }
}
