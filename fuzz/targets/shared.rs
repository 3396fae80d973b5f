#![no_main]

use masthead_fuzz::{check, shared};

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(shared, data));
