//! Tables of flatbuffers, read where they lie. Everything in them is found by offsets, of which none is believed.

use super::Wrong;

type Read<T> = Result<T, Wrong>;

#[derive(Clone, Copy)]
pub(crate) struct Table<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Where the offsets of its fields are.
    fields: &'a [u8],
}

fn number<const N: usize>(bytes: &[u8], at: usize) -> Read<[u8; N]> {
    let found = at.checked_add(N).and_then(|end| bytes.get(at..end)).and_then(|slice| slice.try_into().ok());
    found.ok_or_else(|| format!("its metadata leads to offset {at} of {}", bytes.len()))
}

/// Where the offset that stands at a place leads.
fn target(bytes: &[u8], at: usize) -> Read<usize> {
    let offset = u32::from_le_bytes(number(bytes, at)?) as usize;
    at.checked_add(offset).ok_or_else(|| "its metadata leads nowhere".to_owned())
}

/// The elements of a vector: how many, and where the first is.
fn elements(bytes: &[u8], at: usize, size: usize) -> Read<(usize, usize)> {
    let start = target(bytes, at)?;
    let count = u32::from_le_bytes(number(bytes, start)?) as usize;
    let end = count.checked_mul(size).and_then(|length| length.checked_add(start + 4));
    match end {
        Some(end) if end <= bytes.len() => Ok((count, start + 4)),
        _ => Err(format!("its metadata has a list of {count} elements in {} bytes", bytes.len())),
    }
}

impl<'a> Table<'a> {
    pub(crate) fn root(bytes: &'a [u8]) -> Read<Self> {
        Table::at(bytes, target(bytes, 0)?)
    }

    fn at(bytes: &'a [u8], at: usize) -> Read<Self> {
        let back = i64::from(i32::from_le_bytes(number(bytes, at)?));
        let nowhere = || "its metadata has a table without fields".to_owned();
        let start = usize::try_from(at as i64 - back).map_err(|_| nowhere())?;
        let length = usize::from(u16::from_le_bytes(number(bytes, start)?));
        // The length of this and that of the table come first.
        let fields = start.checked_add(length).filter(|_| length >= 4).and_then(|end| bytes.get(start + 4..end));
        Ok(Table { bytes, at, fields: fields.ok_or_else(nowhere)? })
    }

    fn field(&self, index: usize) -> Option<usize> {
        let offset = self.fields.get(2 * index..2 * index + 2)?;
        let offset = usize::from(u16::from_le_bytes([offset[0], offset[1]]));
        (offset != 0).then(|| self.at + offset)
    }

    fn scalar<const N: usize>(&self, index: usize) -> Read<Option<[u8; N]>> {
        self.field(index).map(|at| number(self.bytes, at)).transpose()
    }

    pub(crate) fn byte(&self, index: usize) -> Read<u8> {
        Ok(self.scalar::<1>(index)?.map_or(0, |bytes| bytes[0]))
    }

    pub(crate) fn short(&self, index: usize, default: i16) -> Read<i16> {
        Ok(self.scalar(index)?.map_or(default, i16::from_le_bytes))
    }

    pub(crate) fn int(&self, index: usize, default: i32) -> Read<i32> {
        Ok(self.scalar(index)?.map_or(default, i32::from_le_bytes))
    }

    pub(crate) fn long(&self, index: usize) -> Read<i64> {
        Ok(self.scalar(index)?.map_or(0, i64::from_le_bytes))
    }

    /// Two numbers that stand in the table itself.
    pub(crate) fn pair(&self, index: usize) -> Read<Option<(i64, i64)>> {
        self.field(index).map(|at| pair(self.bytes, at)).transpose()
    }

    pub(crate) fn table(&self, index: usize) -> Read<Option<Table<'a>>> {
        self.field(index).map(|at| Table::at(self.bytes, target(self.bytes, at)?)).transpose()
    }

    /// A table that must be there.
    pub(crate) fn needed(&self, index: usize, what: &str) -> Read<Table<'a>> {
        self.table(index)?.ok_or_else(|| format!("its metadata has no {what}"))
    }

    /// A text that may be no text; nothing if it is missing.
    pub(crate) fn text(&self, index: usize) -> Read<Option<&'a [u8]>> {
        let Some(at) = self.field(index) else { return Ok(None) };
        let (length, start) = elements(self.bytes, at, 1)?;
        Ok(Some(&self.bytes[start..start + length]))
    }

    pub(crate) fn tables(&self, index: usize) -> Read<Tables<'a>> {
        let (left, next) = match self.field(index) {
            Some(at) => elements(self.bytes, at, 4)?,
            None => (0, 0),
        };
        Ok(Tables { bytes: self.bytes, left, next })
    }

    /// The bytes of a list of numbers or of structures, each of so many bytes; nothing if it is missing.
    pub(crate) fn list(&self, index: usize, size: usize) -> Read<Option<&'a [u8]>> {
        let Some(at) = self.field(index) else { return Ok(None) };
        let (count, start) = elements(self.bytes, at, size)?;
        Ok(Some(&self.bytes[start..start + count * size]))
    }

    pub(crate) fn longs(&self, index: usize) -> Read<Option<Vec<i64>>> {
        Ok(self.list(index, 8)?.map(|bytes| bytes.chunks_exact(8).map(long_of).collect()))
    }

    /// Structures of two numbers of 8 bytes.
    pub(crate) fn pairs(&self, index: usize) -> Read<Vec<(i64, i64)>> {
        let bytes = self.list(index, 16)?.unwrap_or_default();
        Ok(bytes.chunks_exact(16).map(|both| (long_of(&both[..8]), long_of(&both[8..]))).collect())
    }
}

pub(crate) fn long_of(bytes: &[u8]) -> i64 {
    bytes.iter().rfold(0, |sum, &byte| sum << 8 | i64::from(byte))
}

fn pair(bytes: &[u8], at: usize) -> Read<(i64, i64)> {
    let both: [u8; 16] = number(bytes, at)?;
    Ok((long_of(&both[..8]), long_of(&both[8..])))
}

pub(crate) struct Tables<'a> {
    bytes: &'a [u8],
    left: usize,
    next: usize,
}

impl<'a> Iterator for Tables<'a> {
    type Item = Read<Table<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let at = self.next;
        self.next += 4;
        Some(target(self.bytes, at).and_then(|at| Table::at(self.bytes, at)))
    }
}

/// What may still be taken out of metadata: few bytes can name a table or a text a million times.
pub(crate) struct Budget(usize);

impl Budget {
    pub(crate) fn of(metadata: &[u8]) -> Self {
        Budget(metadata.len())
    }

    pub(crate) fn take(&mut self, bytes: usize) -> Read<()> {
        self.0 = self.0.checked_sub(bytes).ok_or("its metadata says more than its bytes can hold")?;
        Ok(())
    }

    /// A text, of which the offset that names it takes 4 bytes.
    pub(crate) fn text(&mut self, text: Option<&[u8]>) -> Read<String> {
        let text = text.unwrap_or_default();
        self.take(4 + text.len())?;
        Ok(String::from_utf8_lossy(text).into_owned())
    }
}
