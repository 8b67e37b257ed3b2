//! Schemas of Arrow files, and which types a segment may have (FORMAT.md, 12.1.1).

use super::Wrong;
use super::flatbuffer::{Budget, Table};
use std::fmt;

const DEEPEST: usize = 64;
/// What a field takes of its metadata at least.
const FIELD_BYTES: usize = 4;

/// A type as it is stored, without what says only what its values mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Bool,
    Int {
        bits: u32,
        signed: bool,
    },
    FloatingPoint {
        bits: u32,
    },
    /// Decimals, times and intervals: what they are called, and how wide.
    Fixed {
        name: &'static str,
        bytes: u64,
    },
    FixedSizeBinary {
        bytes: u64,
    },
    /// Bytes or texts, by 4 bytes of offset or 8.
    Bytes {
        name: &'static str,
        is_large: bool,
    },
    Views {
        name: &'static str,
    },
    List {
        name: &'static str,
        is_large: bool,
    },
    FixedSizeList {
        length: u64,
    },
    Struct,
    Union {
        is_dense: bool,
        ids: Vec<i32>,
    },
}

impl Type {
    /// Reads one, and refuses what a segment may not have.
    pub(super) fn read(number: u8, table: Option<Table<'_>>) -> Result<Type, Wrong> {
        let table = table.ok_or("a field has no type");
        let bytes = |name, is_large| Ok(Type::Bytes { name, is_large });
        let list = |name, is_large| Ok(Type::List { name, is_large });
        let fixed = |name, bytes| Ok(Type::Fixed { name, bytes });
        match number {
            1 => Ok(Type::Null),
            2 => match table?.int(0, 0)? {
                bits @ (8 | 16 | 32 | 64) => Ok(Type::Int { bits: bits as u32, signed: table?.byte(1)? != 0 }),
                bits => Err(format!("integers of {bits} bits cannot be read")),
            },
            3 => match table?.short(0, 0)? {
                precision @ 0..=2 => Ok(Type::FloatingPoint { bits: 16 << precision }),
                other => Err(format!("floating point numbers of precision {other} cannot be read")),
            },
            4 => bytes("binary", false),
            5 => bytes("utf8", false),
            6 => Ok(Type::Bool),
            7 => match table?.int(2, 128)? {
                128 => fixed("decimal128", 16),
                256 => fixed("decimal256", 32),
                bits => Err(format!("decimals of {bits} bits cannot be read in place: cast them to decimal128")),
            },
            8 => match table?.short(0, 1)? {
                0 => fixed("date32", 4),
                1 => fixed("date64", 8),
                other => Err(format!("dates of unit {other} cannot be read")),
            },
            9 => match (table?.short(0, 1)?, table?.int(1, 32)?) {
                (0 | 1, 32) => fixed("time32", 4),
                (2 | 3, 64) => fixed("time64", 8),
                (unit, bits) => Err(format!("times of unit {unit} of {bits} bits cannot be read")),
            },
            10 => fixed("timestamp", 8),
            11 => match table?.short(0, 0)? {
                0 => fixed("interval", 4),
                1 => fixed("interval", 8),
                2 => fixed("interval", 16),
                other => Err(format!("intervals of unit {other} cannot be read")),
            },
            12 => list("list", false),
            13 => Ok(Type::Struct),
            14 => {
                let ids = table?.list(1, 4)?.ok_or("a union does not name a type id for each of its children")?;
                let ids = ids.chunks_exact(4).map(|id| i32::from_le_bytes([id[0], id[1], id[2], id[3]])).collect();
                Ok(Type::Union { is_dense: table?.short(0, 0)? == 1, ids })
            }
            15 => match u64::try_from(table?.int(0, 0)?) {
                Ok(bytes @ 1..) => Ok(Type::FixedSizeBinary { bytes }),
                _ => {
                    Err("binary values of no width cannot be read in place: give them a width of at least 1".to_owned())
                }
            },
            16 => match u64::try_from(table?.int(0, 0)?) {
                Ok(length) => Ok(Type::FixedSizeList { length }),
                Err(_) => Err("lists have a negative size".to_owned()),
            },
            17 => list("map", false),
            18 => fixed("duration", 8),
            19 => bytes("large_binary", true),
            20 => bytes("large_utf8", true),
            21 => list("large_list", true),
            22 => Err("run ends cannot be read in place: decode them, and write the file anew".to_owned()),
            23 => Ok(Type::Views { name: "binary_view" }),
            24 => Ok(Type::Views { name: "utf8_view" }),
            25 => Err("list views cannot be read in place: cast them to list".to_owned()),
            26 => Err("large list views cannot be read in place: cast them to large_list".to_owned()),
            other => Err(format!("type number {other} of Arrow's list is not known")),
        }
    }

    /// How many children a field of it has; nothing if it may be any number.
    fn children(&self) -> Option<usize> {
        match self {
            Type::List { .. } | Type::FixedSizeList { .. } => Some(1),
            Type::Struct => None,
            Type::Union { ids, .. } => Some(ids.len()),
            _ => Some(0),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Null => f.write_str("null"),
            Type::Bool => f.write_str("bool"),
            Type::Int { bits, signed } => write!(f, "{}int{bits}", if *signed { "" } else { "u" }),
            Type::FloatingPoint { bits } => write!(f, "float{bits}"),
            Type::FixedSizeBinary { bytes } => write!(f, "fixed_size_binary[{bytes}]"),
            Type::FixedSizeList { length } => write!(f, "fixed_size_list[{length}]"),
            Type::Struct => f.write_str("struct"),
            Type::Union { is_dense, .. } => f.write_str(if *is_dense { "dense_union" } else { "sparse_union" }),
            Type::Fixed { name, .. } | Type::Bytes { name, .. } | Type::Views { name } | Type::List { name, .. } => {
                f.write_str(name)
            }
        }
    }
}

/// Of a field that is encoded by a dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Encoding {
    pub(super) dictionary: i64,
    pub(super) index_bits: u32,
    pub(super) is_signed: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    /// Of its values, or of those of its dictionary.
    pub(super) of: Type,
    pub(super) encoding: Option<Encoding>,
    pub(super) children: Vec<Field>,
}

/// The fields of a schema.
pub(super) fn read(schema: &Table<'_>, metadata: &[u8]) -> Result<Vec<Field>, Wrong> {
    if schema.short(0, 0)? != 0 {
        return Err("it is big endian: write it little endian".to_owned());
    }
    fields(schema, 1, &mut Budget::of(metadata), DEEPEST)
}

fn fields(table: &Table<'_>, index: usize, budget: &mut Budget, depth: usize) -> Result<Vec<Field>, Wrong> {
    let fields = table.tables(index)?;
    let depth = depth.checked_sub(1).ok_or_else(|| format!("its fields are nested more than {DEEPEST} deep"))?;
    fields.map(|table| field(&table?, budget, depth)).collect()
}

fn field(table: &Table<'_>, budget: &mut Budget, depth: usize) -> Result<Field, Wrong> {
    budget.take(FIELD_BYTES)?;
    let name = budget.text(table.text(0)?)?;
    let of_field = |wrong: Wrong| format!("field {name:?}: {wrong}");
    let of = Type::read(table.byte(2)?, table.table(3)?).map_err(of_field)?;
    if let Type::Union { ids, .. } = &of {
        budget.take(4 * ids.len())?;
    }
    let encoding = match table.table(4)? {
        None => None,
        Some(encoding) => Some(encoding_of(&encoding).map_err(of_field)?),
    };
    let children = fields(table, 5, budget, depth)?;
    if of.children().is_some_and(|expected| expected != children.len()) {
        return Err(format!("field {name:?}: a {of} cannot have {} children", children.len()));
    }
    Ok(Field { name, of, encoding, children })
}

fn encoding_of(encoding: &Table<'_>) -> Result<Encoding, Wrong> {
    // Indices are of 32 bits with a sign unless something else is said.
    let (index_bits, is_signed) = match encoding.table(1)? {
        None => (32, true),
        Some(table) => match Type::read(2, Some(table))? {
            Type::Int { bits, signed } => (bits, signed),
            other => return Err(format!("indices into a dictionary are {other}")),
        },
    };
    Ok(Encoding { dictionary: encoding.long(0)?, index_bits, is_signed })
}

/// Fields that are encoded, by their dictionaries, each with that of its values.
pub(super) fn encoded<'a>(fields: &'a [Field], found: &mut Vec<(i64, &'a Field)>) {
    for field in fields {
        if let Some(encoding) = &field.encoding {
            found.push((encoding.dictionary, field));
        }
        encoded(&field.children, found);
    }
}
