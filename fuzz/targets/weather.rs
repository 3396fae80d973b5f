#![no_main]

use masthead_fuzz::{check, weather};

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(weather, data));
