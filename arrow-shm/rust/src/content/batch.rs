//! Record batches: whether every buffer is as long as it must be, and every value somewhere (FORMAT.md, 12.1.1).

use super::flatbuffer::Table;
use super::message::Message;
use super::schema::{Encoding, Field, Type};
use super::{Refusal, Wrong};
use std::collections::BTreeMap;

/// Rows of a batch, and lengths of its fields: what the readers of all languages count with.
const MOST_ROWS: u64 = i32::MAX as u64;
/// Before compression was specified files said so here.
const EXPERIMENT: &[u8] = b"ARROW:experimental_compression";
const VIEW_BYTES: usize = 16;
/// Up to so long values stand in the view itself.
const INLINE_BYTES: i32 = 12;

/// How many values each dictionary has.
pub(super) type Dictionaries = BTreeMap<i64, i64>;

pub(super) struct Batch<'a> {
    bytes: &'a [u8],
    body_offset: u64,
    body_bytes: i64,
    is_version_4: bool,
    rows: u64,
    nodes: std::vec::IntoIter<(i64, i64)>,
    buffers: std::vec::IntoIter<(i64, i64)>,
    view_buffers: std::vec::IntoIter<i64>,
}

/// What a batch says of a field: its length, and where its values are null.
struct Node<'a> {
    length: u64,
    /// Nothing if nothing is null, whatever a buffer says.
    validity: Option<&'a [u8]>,
    nulls: u64,
}

impl Node<'_> {
    fn is_null(&self, row: usize) -> bool {
        self.validity.is_some_and(|bits| bits[row / 8] >> (row % 8) & 1 == 0)
    }
}

impl<'a> Batch<'a> {
    pub(super) fn of(bytes: &'a [u8], message: &Message<'_>, batch: &Table<'_>) -> Result<Batch<'a>, Refusal> {
        if batch.table(3)?.is_some() {
            return Err(Refusal::Conversion("its batches are compressed".to_owned()));
        }
        let is_version_4 = message.version == Message::V4;
        for entry in message.root.tables(Message::CUSTOM_METADATA)? {
            if is_version_4 && entry?.text(0)? == Some(EXPERIMENT) {
                return Err("its batches are compressed as before that was specified: write it anew".to_owned().into());
            }
        }
        let rows = u64::try_from(batch.long(0)?).ok().filter(|&rows| rows <= MOST_ROWS);
        Ok(Batch {
            bytes,
            body_offset: message.body_offset,
            body_bytes: message.body_bytes,
            is_version_4,
            rows: rows.ok_or_else(|| "a batch has no such number of rows as can be".to_owned())?,
            nodes: batch.pairs(1)?.into_iter(),
            buffers: batch.pairs(2)?.into_iter(),
            view_buffers: batch.longs(4)?.unwrap_or_default().into_iter(),
        })
    }

    /// Looks at every field and every value; the number of rows.
    pub(super) fn check(mut self, fields: &[Field], dictionaries: &Dictionaries) -> Result<u64, Wrong> {
        let rows = self.rows;
        for field in fields {
            let length = self.field(field, dictionaries, rows)?;
            if length != rows {
                return Err(format!("field {:?} has length {length} in a batch of {rows} rows", field.name));
            }
        }
        if self.nodes.len() + self.buffers.len() + self.view_buffers.len() > 0 {
            return Err("there are more nodes or buffers than the schema has fields for".to_owned());
        }
        Ok(rows)
    }

    /// Looks at a field and its children; its length, which is at least that.
    fn field(&mut self, field: &Field, dictionaries: &Dictionaries, least: u64) -> Result<u64, Wrong> {
        let of_field = |wrong: Wrong| format!("field {:?}: {wrong}", field.name);
        let (length, nulls) = self.nodes.next().ok_or_else(|| of_field("there is no node for it".to_owned()))?;
        let node = (u64::try_from(length).ok().filter(|&length| length <= MOST_ROWS))
            .zip(u64::try_from(nulls).ok().filter(|_| nulls <= length))
            .map(|(length, nulls)| Node { length, validity: None, nulls })
            .ok_or_else(|| of_field(format!("it has length {length} and {nulls} nulls")))?;
        if node.length < least {
            return Err(of_field(format!("it has length {length}, and {least} are needed")));
        }
        let length = node.length;
        match &field.encoding {
            Some(encoding) => self.indices(node, encoding, dictionaries).map_err(of_field)?,
            None => self.values(field, node, dictionaries)?,
        }
        Ok(length)
    }

    fn values(&mut self, field: &Field, mut node: Node<'a>, dictionaries: &Dictionaries) -> Result<(), Wrong> {
        let of_field = |wrong: Wrong| format!("field {:?}: {wrong}", field.name);
        let length = node.length;
        let child = |batch: &mut Self, at: usize, least: u64| batch.field(&field.children[at], dictionaries, least);
        match &field.of {
            Type::Null => self.check_without_bytes(length).map_err(of_field),
            Type::Union { is_dense, ids } => {
                let (type_ids, offsets) = self.union(&node, *is_dense, ids).map_err(of_field)?;
                let least = if *is_dense { 0 } else { length };
                let lengths: Vec<u64> = (0..ids.len()).map(|at| child(self, at, least)).collect::<Result<_, _>>()?;
                check_union(ids, type_ids, offsets, &lengths).map_err(of_field)
            }
            other => {
                self.validity(&mut node).map_err(of_field)?;
                match other {
                    Type::Bool => self.data(length.div_ceil(8)).map(drop).map_err(of_field),
                    Type::Int { bits, .. } | Type::FloatingPoint { bits } => {
                        self.data(length * u64::from(bits / 8)).map(drop).map_err(of_field)
                    }
                    Type::Fixed { bytes, .. } | Type::FixedSizeBinary { bytes } => {
                        self.data(length * bytes).map(drop).map_err(of_field)
                    }
                    Type::Bytes { is_large, .. } => {
                        let (first, last) = self.offsets(length, *is_large).map_err(of_field)?;
                        self.data(last.max(first)).map(drop).map_err(of_field)
                    }
                    Type::Views { .. } => self.views(&node).map_err(of_field),
                    Type::List { is_large, .. } => {
                        let (first, last) = self.offsets(length, *is_large).map_err(of_field)?;
                        child(self, 0, last.max(first)).map(drop)
                    }
                    Type::FixedSizeList { length: each } => {
                        let least = length.checked_mul(*each).filter(|&least| least <= MOST_ROWS);
                        child(self, 0, least.ok_or_else(|| of_field("its lists are too long".to_owned()))?).map(drop)
                    }
                    Type::Struct => (0..field.children.len()).try_for_each(|at| child(self, at, length).map(drop)),
                    Type::Null | Type::Union { .. } => Ok(()),
                }
            }
        }
    }

    fn next_buffer(&mut self) -> Result<&'a [u8], Wrong> {
        let (offset, length) = self.buffers.next().ok_or("there is no buffer for it")?;
        let is_inside = offset >= 0
            && length >= 0
            && offset % 8 == 0
            && offset.checked_add(length).is_some_and(|end| end <= self.body_bytes);
        let start = self.body_offset.checked_add(offset.max(0) as u64).map(|start| start as usize);
        let buffer = start.filter(|_| is_inside).and_then(|start| self.bytes.get(start..start + length as usize));
        buffer
            .ok_or_else(|| format!("it has a buffer at {offset} with {length} bytes of a body of {}", self.body_bytes))
    }

    fn data(&mut self, bytes: u64) -> Result<&'a [u8], Wrong> {
        let buffer = self.next_buffer()?;
        if (buffer.len() as u64) < bytes {
            return Err(format!("it has a buffer of {} bytes where {bytes} are needed", buffer.len()));
        }
        Ok(&buffer[..bytes as usize])
    }

    fn validity(&mut self, node: &mut Node<'a>) -> Result<(), Wrong> {
        let bytes = node.length.div_ceil(8);
        if node.nulls == 0 {
            return if (self.next_buffer()?.len() as u64) < bytes {
                self.check_without_bytes(node.length)
            } else {
                Ok(())
            };
        }
        let validity = self.data(bytes)?;
        let whole = (node.length / 8) as usize;
        let valid: u64 = validity[..whole].iter().map(|byte| u64::from(byte.count_ones())).sum();
        let rest = validity.get(whole).map_or(0, |byte| byte & ((1u16 << (node.length % 8)) - 1) as u8);
        let nulls = node.length - valid - u64::from(rest.count_ones());
        if nulls != node.nulls {
            return Err(format!("it is said to have {} nulls, and has {nulls}", node.nulls));
        }
        node.validity = Some(validity);
        Ok(())
    }

    /// Else few bytes would make readers allocate room for 2^31 values.
    fn check_without_bytes(&self, length: u64) -> Result<(), Wrong> {
        if length > 8 * (self.bytes.len() as u64).max(1 << 16) {
            return Err(format!("it has length {length} without bytes"));
        }
        Ok(())
    }

    /// The first and the last of one more offsets than there are values, which never go back.
    fn offsets(&mut self, length: u64, is_large: bool) -> Result<(u64, u64), Wrong> {
        let width = if is_large { 8 } else { 4 };
        let mut buffer = self.next_buffer()?;
        let needed = (length + 1) * width;
        if (buffer.len() as u64) < needed {
            // Without values there need be no offset.
            if length > 0 || !buffer.is_empty() {
                return Err(format!("it has offsets of {} bytes where {needed} are needed", buffer.len()));
            }
            return Ok((0, 0));
        }
        buffer = &buffer[..needed as usize];
        let at = |chunk: &[u8]| if is_large { long(chunk) } else { i64::from(int(chunk)) };
        let mut offsets = buffer.chunks_exact(width as usize).map(at);
        let first = offsets.next().unwrap_or(0);
        let mut last = first;
        for (row, offset) in offsets.enumerate() {
            if offset < last {
                return Err(format!("row {row} begins at offset {last} and ends at {offset}"));
            }
            last = offset;
        }
        match (u64::try_from(first), u64::try_from(last)) {
            (Ok(first), Ok(last)) => Ok((first, last)),
            _ => Err(format!("its first offset is {first}, its last is {last}")),
        }
    }

    fn views(&mut self, node: &Node<'_>) -> Result<(), Wrong> {
        let views = self.data(node.length * VIEW_BYTES as u64)?;
        let count = self.view_buffers.next().and_then(|count| usize::try_from(count).ok());
        let count = count.filter(|&count| count <= self.buffers.len()).ok_or("it has no such number of buffers")?;
        let buffers: Vec<&[u8]> = (0..count).map(|_| self.next_buffer()).collect::<Result<_, _>>()?;
        for (row, view) in views.chunks_exact(VIEW_BYTES).enumerate().filter(|(row, _)| !node.is_null(*row)) {
            let (length, buffer, offset) = (int(&view[..4]), int(&view[8..12]), int(&view[12..]));
            let is_inside = length <= INLINE_BYTES
                || usize::try_from(buffer)
                    .ok()
                    .and_then(|buffer| buffers.get(buffer))
                    .is_some_and(|buffer| offset >= 0 && i64::from(offset) + i64::from(length) <= buffer.len() as i64);
            if length < 0 || !is_inside {
                return Err(format!("row {row} has length {length} at {offset} of buffer {buffer} of {count}"));
            }
        }
        Ok(())
    }

    /// Type ids and, if it is dense, offsets.
    fn union(&mut self, node: &Node<'_>, is_dense: bool, ids: &[i32]) -> Result<(&'a [u8], Option<&'a [u8]>), Wrong> {
        if self.is_version_4 {
            // Before version 5 unions had validity, which no reader looks at any more.
            self.next_buffer()?;
            if node.nulls > 0 {
                return Err("a union of version 4 has nulls of its own".to_owned());
            }
        }
        if ids.iter().any(|id| !(0..=127).contains(id)) {
            return Err(format!("its type ids are {ids:?}, allowed are 0 to 127"));
        }
        let type_ids = self.data(node.length)?;
        let offsets = if is_dense { Some(self.data(4 * node.length)?) } else { None };
        Ok((type_ids, offsets))
    }

    fn indices(&mut self, mut node: Node<'a>, encoding: &Encoding, dictionaries: &Dictionaries) -> Result<(), Wrong> {
        self.validity(&mut node)?;
        let width = (encoding.index_bits / 8) as usize;
        let indices = self.data(node.length * width as u64)?;
        let values = dictionaries.get(&encoding.dictionary).copied().unwrap_or(0);
        for (row, index) in indices.chunks_exact(width).enumerate().filter(|(row, _)| !node.is_null(*row)) {
            let unsigned = index.iter().rfold(0, |sum: u64, &byte| sum << 8 | u64::from(byte));
            let is_negative = encoding.is_signed && index[width - 1] >= 0x80;
            if is_negative || i64::try_from(unsigned).map_or(true, |index| index >= values) {
                return Err(format!("row {row} has an index into a dictionary of {values} that has no such value"));
            }
        }
        Ok(())
    }
}

fn int(bytes: &[u8]) -> i32 {
    i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn long(bytes: &[u8]) -> i64 {
    super::flatbuffer::long_of(bytes)
}

fn check_union(ids: &[i32], type_ids: &[u8], offsets: Option<&[u8]>, lengths: &[u64]) -> Result<(), Wrong> {
    let mut children = [None; 128];
    ids.iter().zip(lengths).for_each(|(&id, &length)| children[id as usize] = Some(length));
    for (row, &id) in type_ids.iter().enumerate() {
        let length = children.get(usize::from(id)).copied().flatten();
        let length = length.ok_or_else(|| format!("row {row} has the type id {id}, which no child has"))?;
        if let Some(offsets) = offsets {
            let offset = int(&offsets[4 * row..]);
            if u64::try_from(offset).map_or(true, |offset| offset >= length) {
                return Err(format!("row {row} is at {offset} of a child of {length}"));
            }
        }
    }
    Ok(())
}
