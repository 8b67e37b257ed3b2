//! Bytes that a segment may have: .npy files, Arrow tensors, Arrow files.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| arrow_shm::fuzz::content(bytes));
