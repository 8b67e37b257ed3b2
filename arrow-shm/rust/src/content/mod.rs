//! What a segment may be: batches of rows, or an array (FORMAT.md, 12.1). All of it is looked at, and nothing in it is
//! believed: it may come from anybody.

mod array;
mod batch;
mod dtype;
mod file;
mod flatbuffer;
mod literal;
mod message;
mod npy;
mod schema;
mod tensor;

pub use array::Array;
pub use dtype::{DType, Field};

pub(crate) use npy::head as npy_head;

use message::{Kind, Message};

/// What is wrong, to be put behind what it is wrong with.
pub(crate) type Wrong = String;

/// Why bytes are no segment.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// They are nothing that can be read.
    Damaged(Wrong),
    /// Another participant may be able to make them something that can be read in place (11.1).
    Conversion(Wrong),
}

impl From<Wrong> for Refusal {
    fn from(wrong: Wrong) -> Self {
        Refusal::Damaged(wrong)
    }
}

/// Which of the two a segment is.
#[derive(Debug)]
pub(crate) enum Content {
    Array(Array),
    Batches { rows: u64, columns: String },
}

const MOST_DESCRIPTION: usize = 1_000;

impl Content {
    /// Looks at all of a segment's bytes.
    pub(crate) fn of(bytes: &[u8]) -> Result<Content, Refusal> {
        if bytes.starts_with(npy::MAGIC) {
            return Ok(Content::Array(npy::read(bytes)?));
        }
        if bytes.starts_with(file::MAGIC) {
            let contents = file::read(bytes)?;
            let columns: Vec<String> =
                contents.fields.iter().map(|field| format!("{}: {}", field.name, field.of)).collect();
            return Ok(Content::Batches { rows: contents.rows, columns: columns.join(", ") });
        }
        if bytes.starts_with(&message::CONTINUATION) {
            let message = Message::read(bytes, 0)?;
            return match () {
                () if message.is(Kind::Tensor) => Ok(Content::Array(tensor::read(bytes, &message)?)),
                () if message.is(Kind::Schema) => Err(Refusal::Conversion("it is an Arrow stream".to_owned())),
                () => Err("its first message is neither a tensor nor a schema".to_owned().into()),
            };
        }
        Err("it begins as no Arrow file or stream, Arrow tensor message or .npy file".to_owned().into())
    }

    /// For people (10.3).
    pub(crate) fn description(&self) -> String {
        let text = match self {
            Content::Array(array) => array.description(),
            Content::Batches { rows, columns } => format!("{rows} rows of {columns}"),
        };
        let mut units = 0;
        let fits = |c: &char| {
            units += c.len_utf16();
            units <= MOST_DESCRIPTION
        };
        text.chars().take_while(fits).collect()
    }
}
