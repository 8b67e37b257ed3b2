//! What others have written, as it is read: for a fuzzer, which reaches nothing but what is public.

use crate::content::Content;
use crate::manifest::Manifest;
use crate::request::{Answer, Request};

/// Looks at a segment's bytes; all elements of an array lie in them.
pub fn content(bytes: &[u8]) {
    let Ok(content) = Content::of(bytes) else { return };
    let _ = content.description();
    let Content::Array(array) = content else { return };
    if array.shape.iter().all(|&length| length > 0) {
        let last: u64 = array.shape.iter().zip(&array.strides).map(|(length, stride)| (length - 1) * stride).sum();
        assert!(array.offset + last + array.dtype.bytes() <= bytes.len() as u64, "{array:?}");
    }
}

/// Reads a manifest; what was read is the same once it is written and read again.
pub fn manifest(bytes: &[u8]) {
    const SLOTS: u64 = 1 << 24;
    if let Ok(manifest) = Manifest::parse("m", bytes, SLOTS) {
        let written = manifest.to_bytes().expect("small enough");
        assert_eq!(Manifest::parse("m", &written, SLOTS).expect("a manifest"), manifest);
    }
}

/// Reads a request, and an answer, which is the same once it is written and read again.
pub fn request(bytes: &[u8]) {
    let _ = Request::parse(bytes);
    if let Ok(answer) = Answer::parse(bytes) {
        assert_eq!(Answer::parse(&answer.to_bytes()).expect("an answer"), answer);
    }
}
