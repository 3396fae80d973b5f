#![no_main]

use masthead_fuzz::{check, prose_html};

libfuzzer_sys::fuzz_target!(|data: &[u8]| check(prose_html, data));
