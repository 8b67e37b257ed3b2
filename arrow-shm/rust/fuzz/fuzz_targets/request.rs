//! What others ask for in `incoming/`, and what they were answered.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| arrow_shm::fuzz::request(bytes));
