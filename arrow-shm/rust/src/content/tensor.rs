//! Arrays as Arrow tensor messages (FORMAT.md, 12.1.2).

use super::array::Array;
use super::dtype::DType;
use super::flatbuffer::{Budget, Table};
use super::message::Message;
use super::{Wrong, schema};
use std::collections::BTreeMap;

const DTYPE: &str = "arrow-shm.dtype";
const TRUTH: &str = "|b1";

pub(super) fn read(bytes: &[u8], message: &Message<'_>) -> Result<Array, Wrong> {
    if message.version != Message::V5 {
        return Err("its tensor is not of version V5".to_owned());
    }
    let mut budget = Budget::of(message.metadata);
    let tensor = &message.header;
    let mut attributes = BTreeMap::new();
    for entry in message.root.tables(Message::CUSTOM_METADATA)? {
        let entry = entry?;
        let (name, value) = (budget.text(entry.text(0)?)?, budget.text(entry.text(1)?)?);
        if attributes.insert(name.clone(), value).is_some() {
            return Err(format!("the attribute {name:?} is there twice"));
        }
    }
    let dtype = dtype(tensor, attributes.remove(DTYPE))?;
    let (mut shape, mut dimensions) = (Vec::new(), Vec::new());
    for dimension in tensor.tables(2)? {
        let dimension = dimension?;
        shape.push(u64::try_from(dimension.long(0)?).map_err(|_| "a length of its tensor is negative")?);
        dimensions.push(budget.text(dimension.text(1)?)?);
    }
    let (data, length) = tensor.pair(4)?.ok_or("its tensor has no data")?;
    let end = data.checked_add(length).filter(|&end| data >= 0 && length >= 0 && end <= message.body_bytes);
    let offset = message.body_offset + data.max(0) as u64;
    if end.is_none() || offset + length.max(0) as u64 > bytes.len() as u64 {
        return Err(format!(
            "its data is said to be at {data} with {length} bytes of a body of {}, and {} bytes are there",
            message.body_bytes,
            bytes.len() as u64 - message.body_offset
        ));
    }
    let (mut array, _) = Array::contiguous(dtype, shape, false, offset)?;
    if let Some(strides) = tensor.longs(3)?.filter(|strides| !strides.is_empty()) {
        let strides = strides.into_iter().map(u64::try_from).collect::<Result<_, _>>();
        array.strides = strides.map_err(|_| "a stride of its tensor is negative")?;
    }
    (array.dimensions, array.attributes) = (dimensions, attributes);
    array.check_within(length as u64)?;
    Ok(array)
}

/// The type, which Arrow's alone does not say of truth values.
fn dtype(tensor: &Table<'_>, spelling: Option<String>) -> Result<DType, Wrong> {
    let of_tensor = match schema::Type::read(tensor.byte(0)?, tensor.table(1)?)? {
        schema::Type::Int { bits, signed } => DType::plain(&format!("{}{}", if signed { 'i' } else { 'u' }, bits / 8)),
        schema::Type::FloatingPoint { bits } => DType::plain(&format!("f{}", bits / 8)),
        _ => None,
    };
    let of_tensor = of_tensor.ok_or("the type of its tensor's elements is none of numbers of 8 to 64 bits")?;
    match spelling {
        None => Ok(of_tensor),
        Some(spelling) if spelling == of_tensor.to_string() => Ok(of_tensor),
        Some(spelling) if spelling == TRUTH && of_tensor.to_string() == "|u1" => {
            Ok(DType::plain(&TRUTH[1..]).unwrap_or(of_tensor))
        }
        Some(other) => Err(format!("its tensor of {of_tensor} is said to be of {other}")),
    }
}
