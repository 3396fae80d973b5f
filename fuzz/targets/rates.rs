#![no_main]

use masthead_fuzz::{check, rates};

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(rates, data));
