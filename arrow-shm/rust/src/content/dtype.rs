//! The types of arrays' elements, as NumPy spells them (FORMAT.md, 12.1.2 and 12.1.3).

use super::Wrong;
use super::literal::{self, quoted};
use serde_json::Value;
use std::fmt;

const DEEPEST: usize = 16;
/// Bytes of an element: what the readers of all languages count with.
const MOST_BYTES: u64 = i32::MAX as u64;
const PLAIN: [&str; 14] = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "b1", "c8", "c16"];
const UNITS: [&str; 13] = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"];

/// What an array's elements are. Shown, it is NumPy's spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DType {
    spelling: String,
    bytes: u64,
    fields: Vec<Field>,
}

/// A field of a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub dtype: DType,
    /// Of its own: a field may be an array.
    pub shape: Vec<u64>,
    /// From the element's first byte.
    pub offset: u64,
}

impl Field {
    fn end(&self) -> Option<u64> {
        self.shape
            .iter()
            .try_fold(self.dtype.bytes, |bytes, &length| bytes.checked_mul(length))?
            .checked_add(self.offset)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.spelling)
    }
}

impl DType {
    /// Bytes of an element.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Of a structure; else none.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// A type of numbers that has a code such as `f8`.
    pub(crate) fn plain(code: &str) -> Option<DType> {
        let bytes = code[1..].parse().ok().filter(|_| PLAIN.contains(&code))?;
        Some(DType::simple(if bytes == 1 { '|' } else { '<' }, code, bytes))
    }

    fn simple(order: char, code: &str, bytes: u64) -> DType {
        DType { spelling: format!("{order}{code}"), bytes, fields: Vec::new() }
    }

    /// A type as NumPy spells it in Python.
    pub(crate) fn spelled(text: &str) -> Result<DType, Wrong> {
        if text.starts_with('[') { DType::parse(&literal::parse(text)?) } else { DType::parse_text(text) }
    }

    /// As a literal of Python.
    pub(crate) fn literal(&self) -> String {
        if self.fields.is_empty() { quoted(&self.spelling) } else { self.spelling.clone() }
    }

    /// A type as a parser of Python or of JSON has read it: a text, or a list of fields.
    pub(crate) fn parse(spelling: &Value) -> Result<DType, Wrong> {
        DType::parse_to(spelling, DEEPEST)
    }

    fn parse_to(spelling: &Value, depth: usize) -> Result<DType, Wrong> {
        match spelling {
            Value::String(text) => DType::parse_text(text),
            Value::Array(fields) if depth > 0 => DType::structure(fields, depth - 1),
            other => Err(refused(&other.to_string(), "a text or a list of fields, nested at most 16 deep")),
        }
    }

    fn parse_text(text: &str) -> Result<DType, Wrong> {
        let mut rest = text.chars();
        let (order, rest) = (rest.next().unwrap_or(' '), rest.as_str());
        if !matches!(order, '<' | '|') {
            return Err(refused(text, "little endian: convert it, as by a.astype(a.dtype.newbyteorder('<'))"));
        }
        if let Some(plain) = rest.get(1..).and_then(|_| DType::plain(rest)).filter(|t| order == '<' || t.bytes == 1) {
            return Ok(plain);
        }
        match rest.split_at_checked(1) {
            Some((code @ ("M" | "m"), unit)) if unit.starts_with('8') => {
                let unit = unit[1..].to_owned();
                let unit = if unit.is_empty() { unit } else { format!("[{}]", time_unit(text, &unit)?) };
                Ok(DType::simple('<', &format!("{code}8{unit}"), 8))
            }
            Some((code @ ("S" | "U"), digits)) => {
                let (order, each) = if code == "S" { ('|', 1) } else { ('<', 4) };
                let length = whole(digits).and_then(|length| length.checked_mul(each));
                let bytes = length.filter(|bytes| (1..=MOST_BYTES).contains(bytes));
                let bytes = bytes.ok_or_else(|| refused(text, "a text of at least one character"))?;
                Ok(DType::simple(order, rest, bytes))
            }
            Some(("O", _)) => {
                Err(refused(text, "what has a fixed size, as objects have not: write them as another type"))
            }
            _ => Err(refused(text, "numbers and truth values, times, |S and <U with a length, and lists of fields")),
        }
    }

    fn structure(parts: &[Value], depth: usize) -> Result<DType, Wrong> {
        let (mut fields, mut end) = (Vec::<Field>::new(), 0);
        for part in parts {
            let wrong = |allowed: &str| refused(&part.to_string(), allowed);
            let (name, spelling, shape) = match part.as_array().map(Vec::as_slice) {
                Some([Value::String(name), spelling]) => (name, spelling, Vec::new()),
                Some([Value::String(name), spelling, shape]) => {
                    (name, spelling, lengths(shape).ok_or_else(|| wrong("a shape of lengths"))?)
                }
                _ => return Err(wrong("(name, type) or (name, type, shape) for a field")),
            };
            let gap = spelling.as_str().and_then(|text| text.strip_prefix("|V")).and_then(whole);
            let next = if let Some(bytes) = gap.filter(|_| name.is_empty() && shape.is_empty()) {
                end + bytes.min(MOST_BYTES + 1)
            } else {
                let field = Field { name: name.clone(), dtype: DType::parse_to(spelling, depth)?, shape, offset: end };
                if name.is_empty() || fields.iter().any(|other| other.name == field.name) {
                    return Err(wrong("names that are not empty, and none twice"));
                }
                let end = field.end();
                fields.push(field);
                end.unwrap_or(u64::MAX)
            };
            end = Some(next).filter(|&end| end <= MOST_BYTES).ok_or_else(|| wrong("elements below 2 GiB"))?;
        }
        if end == 0 {
            return Err(refused("[]", "structures with a field"));
        }
        Ok(DType { spelling: spelling_of(&fields, end), bytes: end, fields })
    }
}

fn spelling_of(fields: &[Field], bytes: u64) -> String {
    let mut parts = Vec::new();
    let mut end = 0;
    let gap = |bytes: u64| format!("('', '|V{bytes}')");
    for field in fields {
        if field.offset > end {
            parts.push(gap(field.offset - end));
        }
        let shape = match field.shape.as_slice() {
            [] => String::new(),
            [length] => format!(", ({length},)"),
            several => format!(", ({})", several.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")),
        };
        parts.push(format!("({}, {}{shape})", quoted(&field.name), field.dtype.literal()));
        end = field.end().unwrap_or(end);
    }
    if bytes > end {
        parts.push(gap(bytes - end));
    }
    format!("[{}]", parts.join(", "))
}

/// Without the brackets; one of a unit is without its number.
fn time_unit(text: &str, unit: &str) -> Result<String, Wrong> {
    let inner = unit.strip_prefix('[').and_then(|unit| unit.strip_suffix(']'));
    let split = inner.and_then(|inner| {
        inner.split_at_checked(inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len())
    });
    match split {
        Some(("" | "1", name)) if UNITS.contains(&name) => Ok(name.to_owned()),
        Some((count, name)) if UNITS.contains(&name) && count.len() <= 9 && !count.starts_with('0') => {
            Ok(format!("{count}{name}"))
        }
        _ => Err(refused(text, "times in Y M W D h m s ms us ns ps fs as, or a number of them such as 25us")),
    }
}

fn whole(digits: &str) -> Option<u64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

pub(crate) fn lengths(value: &Value) -> Option<Vec<u64>> {
    value.as_array()?.iter().map(Value::as_u64).collect()
}

fn refused(what: &str, allowed: &str) -> Wrong {
    let shown: String = what.chars().take(100).collect();
    format!("its type is {shown}, allowed is {allowed}")
}
