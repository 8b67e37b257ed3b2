//! What stands in a dataset's manifest.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| arrow_shm::fuzz::manifest(bytes));
