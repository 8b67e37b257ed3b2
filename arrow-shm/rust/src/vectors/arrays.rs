//! Arrays that NumPy, pyarrow and a script made from the format alone, and what is in them.

use super::{STRIDE, hex, json, list, numbers, packed, text};
use crate::content::{Array, Content, DType, Refusal};
use serde_json::Value;

fn array(bytes: &[u8]) -> Result<Array, Refusal> {
    Content::of(bytes).map(|content| match content {
        Content::Array(array) => array,
        other => panic!("it is no array: {other:?}"),
    })
}

#[test]
fn every_array_has_its_type_its_shape_and_its_values() {
    let files = packed("arrays.zip");
    let mut read = 0;
    for expected in
        list(&json("arrays.json")).iter().filter(|expected| expected.get("errors").is_none()).step_by(STRIDE)
    {
        let file = text(&expected["file"]);
        let bytes = &files[file].unpack();
        let array = array(bytes).unwrap_or_else(|refusal| panic!("{file}: {refusal:?}"));
        assert_eq!(array.dtype.to_string(), text(&expected["dtype"]), "{file}");
        assert_eq!(array.strides, numbers(&expected["strides"]), "{file}");
        let dimensions: Vec<&str> = list(&expected["dimensions"]).iter().map(text).collect();
        assert_eq!(array.dimensions, dimensions, "{file}");
        assert_eq!(serde_json::to_value(&array.attributes).unwrap(), expected["attributes"], "{file}");
        let view =
            View { bytes, dtype: &array.dtype, shape: array.shape, strides: array.strides, offset: array.offset };
        view.check(expected, file);
        read += 1;
    }
    assert!(read > 300 / STRIDE);
}

#[test]
fn what_is_no_array_is_refused() {
    let files = packed("arrays.zip");
    for expected in
        list(&json("arrays.json")).iter().filter(|expected| expected.get("errors").is_some()).step_by(STRIDE)
    {
        let refused = Content::of(&files[text(&expected["file"])].unpack());
        assert!(matches!(refused, Err(Refusal::Damaged(_))), "{expected}: {refused:?}");
    }
}

struct View<'a> {
    bytes: &'a [u8],
    dtype: &'a DType,
    shape: Vec<u64>,
    strides: Vec<u64>,
    offset: u64,
}

impl View<'_> {
    fn check(&self, expected: &Value, file: &str) {
        assert_eq!(self.shape, numbers(&expected["shape"]), "{file}");
        let Some(fields) = expected["fields"].as_object() else {
            let values = self.values();
            assert_eq!(values.len(), list(&expected["values"]).len(), "{file}");
            values
                .iter()
                .zip(list(&expected["values"]))
                .for_each(|(element, value)| self.assert_is(element, value, file));
            return;
        };
        assert_eq!(self.dtype.fields().len(), fields.len(), "{file}");
        for field in self.dtype.fields() {
            let mut strides = vec![field.dtype.bytes(); field.shape.len()];
            for axis in (1..field.shape.len()).rev() {
                strides[axis - 1] = strides[axis] * field.shape[axis];
            }
            let of_field = View {
                bytes: self.bytes,
                dtype: &field.dtype,
                shape: [&self.shape[..], &field.shape].concat(),
                strides: [&self.strides[..], &strides].concat(),
                offset: self.offset + field.offset,
            };
            of_field.check(&fields[&field.name], file);
        }
    }

    /// The bytes of all elements, in the order of the indices, the last one fastest.
    fn values(&self) -> Vec<&[u8]> {
        let count: u64 = self.shape.iter().product();
        let element = |index: u64| {
            let (mut left, mut at) = (index, self.offset);
            for (length, stride) in self.shape.iter().zip(&self.strides).rev() {
                at += left % length * stride;
                left /= length;
            }
            &self.bytes[at as usize..(at + self.dtype.bytes()) as usize]
        };
        (0..count).map(element).collect()
    }

    fn assert_is(&self, element: &[u8], expected: &Value, file: &str) {
        let what = format!("{file}: {element:?}, {expected}");
        let unsigned = |bytes: &[u8]| bytes.iter().rfold(0u64, |sum, &byte| sum << 8 | u64::from(byte));
        let bits = 8 * element.len().min(8) as u32;
        let signed = (unsigned(&element[..bits as usize / 8]) << (64 - bits)) as i64 >> (64 - bits);
        let whole = || expected.as_i64().or_else(|| expected.as_str()?.parse().ok());
        match self.dtype.to_string().as_bytes()[1] {
            b'b' => assert_eq!(expected.as_bool(), Some(element == [1]), "{what}"),
            b'i' => assert_eq!(whole(), Some(signed), "{what}"),
            b'u' => assert_eq!(super::number(expected), unsigned(element), "{what}"),
            b'f' => assert_real(element, text(expected), &what),
            b'c' => {
                let (real, imaginary) = element.split_at(element.len() / 2);
                assert_real(real, text(&expected[0]), &what);
                assert_real(imaginary, text(&expected[1]), &what);
            }
            b'S' => {
                let expected = hex(text(expected));
                assert!(element.starts_with(&expected) && element[expected.len()..].iter().all(|&b| b == 0), "{what}");
            }
            b'U' => {
                let points = element.chunks_exact(4).map(|four| char::from_u32(unsigned(four) as u32).unwrap());
                let found: String = points.collect();
                assert_eq!(found.trim_end_matches('\0'), text(expected), "{what}");
            }
            _ if expected == "NaT" => assert_eq!(signed, i64::MIN, "{what}"),
            _ => assert_eq!(whole(), Some(signed), "{what}"),
        }
    }
}

fn assert_real(element: &[u8], expected: &str, what: &str) {
    let (value, bits) = match element {
        &[a, b] => (half(u16::from_le_bytes([a, b])), u64::from(u16::from_le_bytes([a, b]))),
        &[a, b, c, d] => {
            let bits = u32::from_le_bytes([a, b, c, d]);
            (f64::from(f32::from_bits(bits)), u64::from(bits))
        }
        other => {
            let bits = u64::from_le_bytes(other.try_into().unwrap());
            (f64::from_bits(bits), bits)
        }
    };
    match expected.strip_prefix("nan ") {
        Some(digits) => assert_eq!(bits, u64::from_str_radix(digits, 16).unwrap(), "{what}"),
        None => assert_eq!(value.to_bits(), expected.parse::<f64>().unwrap().to_bits(), "{what}"),
    }
}

fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1F), f64::from(bits & 0x3FF));
    match exponent {
        0 => sign * fraction * power_of_two(-24),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN,
        _ => sign * (1.0 + fraction / 1024.0) * power_of_two(exponent - 15),
    }
}

/// Exactly, which `powi` promises nowhere.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((1023 + exponent) as u64) << 52)
}
