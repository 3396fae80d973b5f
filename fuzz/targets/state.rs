#![no_main]

use masthead_fuzz::{check, state};

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(state, data));
