//! Encapsulated messages of Arrow's format: a mark and a length, metadata, and a body behind it.

use super::Wrong;
use super::flatbuffer::Table;

/// The mark; before Arrow 0.15 only the length stood there.
pub(super) const CONTINUATION: [u8; 4] = [0xFF; 4];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Schema = 1,
    Dictionary = 2,
    Batch = 3,
    Tensor = 4,
}

pub(super) struct Message<'a> {
    pub(super) root: Table<'a>,
    pub(super) metadata: &'a [u8],
    pub(super) version: i16,
    kind: u8,
    pub(super) header: Table<'a>,
    pub(super) body_offset: u64,
    pub(super) body_bytes: i64,
}

impl<'a> Message<'a> {
    pub(super) const V4: i16 = 3;
    pub(super) const V5: i16 = 4;
    pub(super) const CUSTOM_METADATA: usize = 4;

    /// The message that begins at an offset. Where its body ends is not looked at.
    pub(super) fn read(bytes: &'a [u8], at: usize) -> Result<Message<'a>, Wrong> {
        let nothing = || format!("there is no message at offset {at}");
        let four = |at: usize| -> Option<[u8; 4]> { bytes.get(at..at.checked_add(4)?)?.try_into().ok() };
        let first = four(at).ok_or_else(nothing)?;
        let (start, length) = match first {
            CONTINUATION => (at + 8, four(at + 4).ok_or_else(nothing)?),
            length => (at + 4, length),
        };
        let length = usize::try_from(i32::from_le_bytes(length)).map_err(|_| nothing())?;
        let metadata = bytes.get(start..start + length).filter(|metadata| !metadata.is_empty()).ok_or_else(nothing)?;
        let root = Table::root(metadata)?;
        let version = root.short(0, 0)?;
        if version != Message::V4 && version != Message::V5 {
            return Err(format!("its metadata has version number {version}; V4 and V5 can be read"));
        }
        let body_bytes = root.long(3)?;
        if body_bytes < 0 {
            return Err(format!("the message at offset {at} has a body of {body_bytes} bytes"));
        }
        Ok(Message {
            root,
            metadata,
            version,
            kind: root.byte(1)?,
            header: root.needed(2, "header of a message")?,
            body_offset: (start + length) as u64,
            body_bytes,
        })
    }

    pub(super) fn is(&self, kind: Kind) -> bool {
        self.kind == kind as u8
    }
}
