#![no_main]

use masthead_fuzz::{check, decimal};

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(decimal, data));
