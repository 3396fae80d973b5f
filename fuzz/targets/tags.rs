#![no_main]

use masthead_fuzz::{check, tags};

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(tags, data));
