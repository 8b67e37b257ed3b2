//! Where the elements of an array lie (FORMAT.md, 12.1.2 and 12.1.3).

use super::Wrong;
use super::dtype::DType;
use std::collections::BTreeMap;

/// As NumPy 1 has it.
const MOST_DIMENSIONS: usize = 32;

/// An array in a segment: element (i, j, …) begins at `offset + i * strides[0] + j * strides[1] + …`, all in bytes. All of
/// them lie in the segment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Array {
    pub dtype: DType,
    pub shape: Vec<u64>,
    pub strides: Vec<u64>,
    /// Names of the dimensions, which may be empty.
    pub dimensions: Vec<String>,
    pub attributes: BTreeMap<String, String>,
    /// From the segment's first byte.
    pub offset: u64,
}

impl Array {
    /// Bytes of all elements side by side, 0 if there is none. Counted as if no length were 0, since strides are.
    fn bytes_of(shape: &[u64], dtype: &DType) -> Result<u64, Wrong> {
        if shape.len() > MOST_DIMENSIONS {
            return Err(format!("it has {} dimensions, allowed are {MOST_DIMENSIONS}", shape.len()));
        }
        let most = shape.iter().try_fold(dtype.bytes(), |bytes, &length| bytes.checked_mul(length.max(1)));
        match most.filter(|&bytes| bytes <= i64::MAX as u64) {
            Some(_) if shape.contains(&0) => Ok(0),
            Some(bytes) => Ok(bytes),
            None => Err(format!("the shape {shape:?} of {dtype} has not below 2^63 bytes")),
        }
    }

    /// Elements without gaps, and the bytes that they take.
    pub(super) fn contiguous(dtype: DType, shape: Vec<u64>, fortran: bool, offset: u64) -> Result<(Array, u64), Wrong> {
        let bytes = Array::bytes_of(&shape, &dtype)?;
        let mut strides = vec![0; shape.len()];
        let mut stride = dtype.bytes();
        for i in 0..shape.len() {
            let axis = if fortran { i } else { shape.len() - 1 - i };
            strides[axis] = stride;
            stride *= shape[axis].max(1);
        }
        let dimensions = vec![String::new(); shape.len()];
        Ok((Array { dtype, shape, strides, dimensions, attributes: BTreeMap::new(), offset }, bytes))
    }

    /// Whether all elements lie in so many bytes from the offset on. They are no more than fit side by side, so that a
    /// stride of 0 makes no endless array out of few bytes.
    pub(super) fn check_within(&self, bytes: u64) -> Result<(), Wrong> {
        let side_by_side = Array::bytes_of(&self.shape, &self.dtype)?;
        let mut end = Some(self.dtype.bytes());
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            end = (length.saturating_sub(1)).checked_mul(stride).zip(end).and_then(|(far, end)| end.checked_add(far));
        }
        let needed = if side_by_side == 0 { Some(0) } else { end.map(|end| end.max(side_by_side)) };
        match needed {
            Some(needed) if needed <= bytes && self.strides.len() == self.shape.len() => Ok(()),
            _ => Err(format!(
                "{} of shape {:?} and strides {:?} does not lie in the {bytes} bytes of its data",
                self.dtype, self.shape, self.strides
            )),
        }
    }

    /// For people.
    pub(crate) fn description(&self) -> String {
        format!("{} {:?}", self.dtype, self.shape)
    }
}
