//! The format's test vectors, whose README says what is in them.

mod arrays;
mod arrow_files;
mod damage;
mod names;
mod pool;
mod pools;
mod tables;

use crate::error::{Error, Kind};
use miniz_oxide::inflate;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;

fn path(file: &str) -> String {
    format!("{}/../format/vectors/{file}", env!("CARGO_MANIFEST_DIR"))
}

fn json(file: &str) -> Value {
    let path = path(file);
    serde_json::from_slice(&fs::read(&path).expect(&path)).expect(&path)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value} is no number"))
}

fn numbers(values: &Value) -> Vec<u64> {
    list(values).iter().map(number).collect()
}

fn bits(value: &Value) -> u64 {
    u64::from_str_radix(text(value), 16).expect("16 hexadecimal digits")
}

fn hex(digits: &str) -> Vec<u8> {
    (0..digits.len()).step_by(2).map(|i| u8::from_str_radix(&digits[i..i + 2], 16).expect("digits")).collect()
}

/// Each so many files are looked at, which is less than all where each takes long.
const STRIDE: usize = if cfg!(miri) { 23 } else { 1 };

/// A file in an archive.
struct Packed {
    content: Vec<u8>,
    is_deflated: bool,
    bytes: usize,
}

impl Packed {
    fn unpack(&self) -> Vec<u8> {
        let bytes = if self.is_deflated {
            inflate::decompress_to_vec(&self.content).expect("what is in an archive is whole")
        } else {
            self.content.clone()
        };
        assert_eq!(bytes.len(), self.bytes);
        bytes
    }
}

/// The files in an archive, by path: what stands before each says how long it is.
fn packed(file: &str) -> BTreeMap<String, Packed> {
    let path = path(file);
    let archive = fs::read(&path).expect(&path);
    let mut rest = &archive[..];
    let mut files = BTreeMap::new();
    while rest.starts_with(b"PK\x03\x04") {
        let number =
            |at: usize, bytes: usize| rest[at..at + bytes].iter().rfold(0, |sum, &byte| sum << 8 | usize::from(byte));
        let (method, length, name) = (number(8, 2), number(18, 4), number(26, 2));
        let start = 30 + name + number(28, 2);
        let content = rest[start..start + length].to_vec();
        let one = Packed { content, is_deflated: method != 0, bytes: number(22, 4) };
        files.insert(String::from_utf8(rest[30..30 + name].to_vec()).expect(file), one);
        rest = &rest[start + length..];
    }
    files
}

fn archive(file: &str) -> BTreeMap<String, Vec<u8>> {
    packed(file).into_iter().map(|(path, one)| (path, one.unpack())).collect()
}

/// Whether something is refused with one of the errors that are expected. What somebody else may have prepared is one kind
/// here, whatever it is that was prepared.
fn assert_refused<T>(expected: &Value, result: Result<T, Error>) {
    let what = text(&expected["what"]);
    let error = result.err().unwrap_or_else(|| panic!("{what}: it is not refused"));
    let kinds: &[&str] = match error.kind() {
        Kind::Damaged => &["corrupt"],
        Kind::Version => &["wrong version"],
        Kind::Untrusted => &["no permission", "corrupt", "argument"],
        Kind::Invalid => &["argument"],
        Kind::Absent => &["absent"],
        other => panic!("{what}: {other:?}, {error}"),
    };
    assert!(list(&expected["errors"]).iter().any(|name| kinds.contains(&text(name))), "{what}: {error}");
    assert!(!error.to_string().contains('\n'), "{error}");
}
