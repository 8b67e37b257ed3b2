//! Arrow IPC files: their frame, and all that lies in them (FORMAT.md, 12.1.1).

use super::batch::{Batch, Dictionaries};
use super::flatbuffer::Table;
use super::message::{Kind, Message};
use super::schema::{self, Field};
use super::{Refusal, Wrong};
use std::collections::BTreeMap;

pub(super) const MAGIC: &[u8] = b"ARROW1";
/// The magic and two zeros, and behind them messages.
const BEGIN: u64 = 8;
/// Behind the footer: its length, and the magic once more.
const TRAILER: usize = 10;
const BLOCK: usize = 24;

/// Where a message is, as the footer says.
struct Block {
    offset: u64,
    metadata_bytes: u64,
    body_bytes: u64,
}

pub(super) struct Contents {
    pub(super) rows: u64,
    pub(super) fields: Vec<Field>,
}

/// Looks at all of a file.
pub(super) fn read(bytes: &[u8]) -> Result<Contents, Refusal> {
    let (footer, metadata) = footer(bytes)?;
    let fields = schema::read(&footer.needed(1, "schema")?, metadata)?;
    check_schema_message(bytes, &fields)?;
    let dictionaries = blocks(&footer, 2, bytes)?;
    let batches = blocks(&footer, 3, bytes)?;
    let values = dictionary_fields(&fields)?;
    let mut known = Dictionaries::new();
    let mut of_dictionaries = Vec::new();
    for block in &dictionaries {
        let message = message(bytes, block, Kind::Dictionary)?;
        let (id, batch) = (message.header.long(0)?, message.header.needed(1, "dictionary")?);
        let field = values.get(&id).ok_or_else(|| format!("its dictionary {id} belongs to no field"))?;
        if message.header.byte(2)? != 0 || known.contains_key(&id) {
            return Err(format!(
                "its dictionary {id} comes in several parts, so it cannot be read in place: write it as \
                                one"
            )
            .into());
        }
        known.insert(id, batch.long(0)?);
        of_dictionaries.push((message, batch, field));
    }
    if let Some(missing) = values.keys().find(|id| !known.contains_key(id)).filter(|_| !batches.is_empty()) {
        return Err(format!("its dictionary {missing} is missing").into());
    }
    for (message, batch, field) in of_dictionaries {
        Batch::of(bytes, &message, &batch)?.check(std::slice::from_ref(field), &known)?;
    }
    let mut rows = 0;
    for block in &batches {
        let message = message(bytes, block, Kind::Batch)?;
        rows += Batch::of(bytes, &message, &message.header)?.check(&fields, &known)?;
    }
    Ok(Contents { rows, fields })
}

fn footer(bytes: &[u8]) -> Result<(Table<'_>, &[u8]), Wrong> {
    let trailer = bytes.len().checked_sub(TRAILER).filter(|&at| at as u64 >= BEGIN);
    let trailer = trailer.filter(|_| bytes.starts_with(MAGIC) && bytes.ends_with(MAGIC));
    let trailer = trailer.ok_or("it does not begin and end with ARROW1")?;
    let length = i32::from_le_bytes([bytes[trailer], bytes[trailer + 1], bytes[trailer + 2], bytes[trailer + 3]]);
    let start = usize::try_from(length).ok().and_then(|length| trailer.checked_sub(length));
    let start = start.filter(|&start| start as u64 >= BEGIN).ok_or_else(|| format!("its footer has {length} bytes"))?;
    let metadata = &bytes[start..trailer];
    Ok((Table::root(metadata)?, metadata))
}

/// A message with the schema may stand before all others, and says the same as the footer.
fn check_schema_message(bytes: &[u8], fields: &[Field]) -> Result<(), Wrong> {
    match Message::read(bytes, BEGIN as usize) {
        Ok(message) if message.is(Kind::Schema) => match schema::read(&message.header, message.metadata)? == fields {
            true => Ok(()),
            false => Err("its first message has another schema than its footer".to_owned()),
        },
        _ => Ok(()),
    }
}

fn blocks(footer: &Table<'_>, index: usize, bytes: &[u8]) -> Result<Vec<Block>, Wrong> {
    let list = footer.list(index, BLOCK)?.unwrap_or_default();
    list.chunks_exact(BLOCK).map(|block| Block::read(block, (bytes.len() - TRAILER) as u64)).collect()
}

impl Block {
    fn read(block: &[u8], end: u64) -> Result<Block, Wrong> {
        let long = |at: usize| u64::try_from(super::flatbuffer::long_of(&block[at..at + 8])).ok();
        let metadata_bytes = i32::from_le_bytes([block[8], block[9], block[10], block[11]]);
        let read = || {
            let (offset, metadata_bytes, body_bytes) = (long(0)?, u64::try_from(metadata_bytes).ok()?, long(16)?);
            let body = offset.checked_add(metadata_bytes)?;
            let is_right = offset >= BEGIN
                && offset.is_multiple_of(8)
                && body.is_multiple_of(8)
                && body.checked_add(body_bytes)? <= end;
            is_right.then_some(Block { offset, metadata_bytes, body_bytes })
        };
        read().ok_or_else(|| format!("its footer names a message at {:?}, which lies not in the file", long(0)))
    }
}

/// The message of a block, which is exactly as long as that says.
fn message<'a>(bytes: &'a [u8], block: &Block, kind: Kind) -> Result<Message<'a>, Wrong> {
    let message = Message::read(bytes, block.offset as usize)?;
    let is_right = message.is(kind)
        && message.body_offset == block.offset + block.metadata_bytes
        && message.body_bytes as u64 == block.body_bytes;
    if is_right {
        return Ok(message);
    }
    Err(format!("at offset {} there is no such message as its footer says", block.offset))
}

/// The fields of the values of all dictionaries, by id.
fn dictionary_fields(fields: &[Field]) -> Result<BTreeMap<i64, Field>, Wrong> {
    let (mut found, mut values) = (Vec::new(), BTreeMap::new());
    schema::encoded(fields, &mut found);
    for (id, field) in found {
        let field = Field { name: format!("dictionary {id}"), encoding: None, ..field.clone() };
        if values.get(&id).is_some_and(|other| *other != field) {
            return Err(format!("its dictionary {id} is of several types"));
        }
        values.insert(id, field);
    }
    Ok(values)
}
