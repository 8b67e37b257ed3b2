//! Arrays as .npy files, with the trailer that may stand behind the data (FORMAT.md, 12.1.3).

use super::array::Array;
use super::dtype::{DType, lengths};
use super::{Wrong, literal};
use crate::json::{self, Fields};
use serde_json::Value;

pub(super) const MAGIC: &[u8] = b"\x93NUMPY";
const END: &[u8] = b"ASHMNPY1";
const MOST_TRAILER: usize = 256 << 10;
const MOST_HEADER: usize = 1 << 20;
/// Of the data, from the segment's first byte.
const ALIGNMENT: usize = 64;

pub(super) fn read(bytes: &[u8]) -> Result<Array, Wrong> {
    let version = bytes.get(6..8).ok_or("its header is cut")?;
    let length_bytes = match version {
        [1, 0] => 2,
        [2 | 3, 0] => 4,
        other => return Err(format!("it has version {}.{}; 1.0, 2.0 and 3.0 can be read", other[0], other[1])),
    };
    let length = bytes.get(8..8 + length_bytes).ok_or("its header is cut")?;
    let length = length.iter().rfold(0, |sum, &byte| sum << 8 | usize::from(byte));
    let start = 8 + length_bytes + length;
    let text =
        bytes.get(8 + length_bytes..start).filter(|text| text.len() <= MOST_HEADER).ok_or("its header is cut")?;
    let text = if version[0] == 3 {
        std::str::from_utf8(text).map_err(|_| "its header is no UTF-8")?.to_owned()
    } else {
        text.iter().map(|&byte| char::from(byte)).collect()
    };
    let mut header = Fields::of("the header", literal::parse(&text)?)?;
    let dtype = DType::parse(&header.take("descr")?)?;
    let shape = lengths(&header.take("shape")?).ok_or("the shape in its header is none")?;
    let (array, data) = Array::contiguous(dtype, shape, header.truth("fortran_order")?, start as u64)?;
    let left = (bytes.len() - start) as u64;
    match left.checked_sub(data) {
        None => Err(format!("its data has {left} bytes, where {data} are needed")),
        Some(0) => Ok(array),
        Some(_) => with_trailer(array, &bytes[start + data as usize..], data),
    }
}

/// What stands before the elements of an array in C's order, and the bytes that these take.
pub(crate) fn head(dtype: &str, shape: &[u64]) -> Result<(Vec<u8>, u64), Wrong> {
    let dtype = DType::spelled(dtype)?;
    let (array, data) = Array::contiguous(dtype, shape.to_vec(), false, 0)?;
    let lengths: String = shape.iter().map(|length| format!("{length}, ")).collect();
    let shape = if shape.len() == 1 { lengths.trim_end() } else { lengths.trim_end_matches(", ") };
    let text = format!("{{'descr': {}, 'fortran_order': False, 'shape': ({shape}), }}", array.dtype.literal());
    // Version 1 has ISO 8859-1 and 2 bytes for its length.
    let is_first = text.is_ascii() && text.len() < 1 << 15;
    let start = MAGIC.len() + if is_first { 4 } else { 6 };
    let bytes = (start + text.len() + 1).next_multiple_of(ALIGNMENT);
    let length = ((bytes - start) as u32).to_le_bytes();
    let mut head = [MAGIC, if is_first { &[1, 0] } else { &[3, 0] }, &length[..if is_first { 2 } else { 4 }]].concat();
    head.extend_from_slice(text.as_bytes());
    head.resize(bytes - 1, b' ');
    head.push(b'\n');
    Ok((head, data))
}

/// Adds what the trailer says of an array whose data has so many bytes.
fn with_trailer(mut array: Array, behind: &[u8], data: u64) -> Result<Array, Wrong> {
    let none = || format!("behind its data there are {} bytes that are no trailer", behind.len());
    let padding = (data.next_multiple_of(8) - data) as usize;
    let end = behind.len().checked_sub(16).filter(|_| behind.ends_with(END)).ok_or_else(none)?;
    let length = u64::from_le_bytes(behind[end..end + 8].try_into().map_err(|_| none())?);
    let json = behind.get(padding..end).filter(|json| json.len() as u64 == length && json.len() <= MOST_TRAILER);
    let mut fields = Fields::of("the trailer", json::parse(json.ok_or_else(none)?)?)?;
    fields.whole("version", 1, 1)?;
    let is_same = DType::parse(&fields.take("descr")?)? == array.dtype
        && lengths(&fields.take("shape")?).as_ref() == Some(&array.shape)
        && lengths(&fields.take("strides")?).as_ref() == Some(&array.strides);
    if !is_same {
        return Err("its trailer has another type, shape or strides than its header".to_owned());
    }
    array.dimensions = match fields.take("dimensions")? {
        Value::Array(names) => names.into_iter().map(text).collect::<Result<_, _>>()?,
        other => return Err(format!("its trailer's \"dimensions\" are {other}")),
    };
    if array.dimensions.len() != array.shape.len() {
        return Err(format!("its trailer has {} names for {} dimensions", array.dimensions.len(), array.shape.len()));
    }
    let attributes = Fields::of("\"attributes\" of the trailer", fields.take("attributes")?)?.rest();
    array.attributes =
        attributes.into_iter().map(|(name, value)| Ok((name, text(value)?))).collect::<Result<_, Wrong>>()?;
    Ok(array)
}

fn text(value: Value) -> Result<String, Wrong> {
    match value {
        Value::String(text) => Ok(text),
        other => Err(format!("its trailer has {other} where a text should be")),
    }
}
