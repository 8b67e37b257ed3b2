//! What a dataset is called, and the file that says what is in it (FORMAT.md, 10.1 to 10.3).

use crate::error::{Error, Kind, Result};
use crate::json::{self, Fields, MOST, Wrong};
use crate::layout::FORMAT_VERSION;
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Attributes of a dataset, a group or a segment: texts, truths, numbers, and lists and objects of such values.
pub type Attributes = Map<String, Value>;

pub(crate) const MOST_BYTES: u64 = 16 << 20;
const MOST_PARTS: usize = 16;
const MOST_FILE_NAME: usize = 250;
const MOST_PATH: usize = 1_000;
const MOST_DESCRIPTION: usize = 1_000;
/// Segments and groups.
const MOST_ENTRIES: usize = 1 << 17;
/// Values in all attributes, at any depth.
const MOST_VALUES: usize = 1 << 18;
const SUFFIX: &str = ".json";

/// A segment that a dataset names.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub path: String,
    pub slot: u32,
    pub generation: u64,
    pub length: u64,
    pub description: String,
    pub attributes: Attributes,
}

/// What is published under a name.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Content {
    pub(crate) persistent: bool,
    pub(crate) attributes: Attributes,
    pub(crate) groups: BTreeMap<String, Attributes>,
    pub(crate) segments: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Creator {
    pub(crate) participant: u32,
    pub(crate) process_id: u64,
    pub(crate) incarnation: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Manifest {
    pub(crate) id: u64,
    pub(crate) revision: u64,
    pub(crate) published_at_ms: u64,
    pub(crate) creator: Creator,
    pub(crate) content: Content,
}

impl Manifest {
    /// Reads the manifest of a pool of so many slots.
    pub(crate) fn parse(source: &str, bytes: &[u8], slots: u64) -> Result<Manifest> {
        let value = json::parse(bytes).map_err(|wrong| damaged(source, &wrong))?;
        match value.get("formatVersion").and_then(Value::as_u64) {
            Some(FORMAT_VERSION) => Manifest::of(value, slots).map_err(|wrong| damaged(source, &wrong)),
            Some(other) => {
                let message = format!("{source} has format version {other}, this library reads {FORMAT_VERSION}");
                Err(Error::new(Kind::Version, message))
            }
            None => Err(damaged(source, "it has no \"formatVersion\"")),
        }
    }

    fn of(value: Value, slots: u64) -> std::result::Result<Manifest, Wrong> {
        let mut fields = Fields::of("the manifest", value)?;
        fields.whole("formatVersion", FORMAT_VERSION, FORMAT_VERSION)?;
        let (id, revision) = (fields.whole("id", 1, MOST)?, fields.whole("revision", 1, MOST)?);
        let published_at_ms = fields.whole("publishedAtMs", 0, MOST)?;
        let mut creator = Fields::of("\"creator\"", fields.take("creator")?)?;
        let content = Content::of(fields.take("content")?, slots)?;
        fields.end()?;
        let of_creator = Creator {
            participant: creator.whole("participant", 0, 127)? as u32,
            process_id: creator.whole("processId", 0, MOST)?,
            incarnation: creator.bits("incarnation")?,
        };
        creator.end()?;
        Ok(Manifest { id, revision, published_at_ms, creator: of_creator, content })
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        let bytes = serde_json::to_vec(self).expect("texts, numbers and attributes are JSON");
        if bytes.len() as u64 > MOST_BYTES {
            let message = format!(
                "the dataset's manifest has {} bytes, at most {MOST_BYTES} are allowed: publish \
                several datasets",
                bytes.len()
            );
            return Err(Error::new(Kind::Invalid, message));
        }
        Ok(bytes)
    }
}

impl Serialize for Manifest {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("manifest", 6)?;
        fields.serialize_field("formatVersion", &FORMAT_VERSION)?;
        fields.serialize_field("id", &self.id)?;
        fields.serialize_field("revision", &self.revision)?;
        fields.serialize_field("publishedAtMs", &self.published_at_ms)?;
        fields.serialize_field("creator", &self.creator)?;
        fields.serialize_field("content", &self.content)?;
        fields.end()
    }
}

impl Serialize for Creator {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("creator", 3)?;
        fields.serialize_field("participant", &self.participant)?;
        fields.serialize_field("processId", &self.process_id)?;
        fields.serialize_field("incarnation", &format_args!("{:016x}", self.incarnation))?;
        fields.end()
    }
}

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("content", 4)?;
        fields.serialize_field("persistent", &self.persistent)?;
        fields.serialize_field("attributes", &self.attributes)?;
        fields.serialize_field("groups", &self.groups)?;
        fields.serialize_field("segments", &self.segments)?;
        fields.end()
    }
}

impl Serialize for Entry {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("segment", 6)?;
        fields.serialize_field("path", &self.path)?;
        fields.serialize_field("slot", &self.slot)?;
        fields.serialize_field("generation", &self.generation)?;
        fields.serialize_field("length", &self.length)?;
        fields.serialize_field("description", &self.description)?;
        fields.serialize_field("attributes", &self.attributes)?;
        fields.end()
    }
}

impl Content {
    fn of(value: Value, slots: u64) -> std::result::Result<Content, Wrong> {
        let mut fields = Fields::of("\"content\"", value)?;
        let mut content = Content {
            persistent: fields.truth("persistent")?,
            attributes: fields.attributes("attributes")?,
            ..Content::default()
        };
        content.groups = groups_of(fields.take("groups")?)?;
        let Value::Array(segments) = fields.take("segments")? else {
            return Err("\"segments\" is not a list".to_owned());
        };
        content.segments =
            segments.into_iter().map(|value| Entry::of(value, slots)).collect::<std::result::Result<_, _>>()?;
        fields.end()?;
        content.check()?;
        Ok(content)
    }

    /// Whether every path can be where it is, and there is no more than any reader takes.
    pub(crate) fn check(&self) -> std::result::Result<(), Wrong> {
        self.check_counts()?;
        json::check_attributes(&self.attributes)?;
        let mut parents = BTreeSet::new();
        let paths = self.groups.keys().chain(self.segments.iter().map(|entry| &entry.path));
        for path in paths {
            check_path(path)?;
            parents.extend(path.match_indices('/').map(|(end, _)| &path[..end]));
        }
        self.groups.values().try_for_each(json::check_attributes)?;
        let (mut seen, mut generations) = (BTreeSet::new(), BTreeMap::new());
        for entry in &self.segments {
            if *generations.entry(entry.slot).or_insert(entry.generation) != entry.generation {
                return Err(format!("slot {} is named with two generations", entry.slot));
            }
            json::check_attributes(&entry.attributes)?;
            if !seen.insert(&entry.path) {
                return Err(format!("two segments have the path {:?}", entry.path));
            }
            if parents.contains(entry.path.as_str()) || self.groups.contains_key(&entry.path) {
                return Err(format!("{:?} is the path of a segment and of a group", entry.path));
            }
            if entry.description.encode_utf16().count() > MOST_DESCRIPTION {
                return Err(format!("the description of {:?} is longer than {MOST_DESCRIPTION}", entry.path));
            }
        }
        Ok(())
    }
}

impl Content {
    fn check_counts(&self) -> std::result::Result<(), Wrong> {
        let attributes = [&self.attributes].into_iter().chain(self.groups.values());
        let of_segments = self.segments.iter().map(|entry| &entry.attributes);
        let values: usize = attributes.chain(of_segments).map(json::count).sum();
        for (count, most, what) in [
            (self.groups.len() + self.segments.len(), MOST_ENTRIES, "segments and groups"),
            (values, MOST_VALUES, "values in attributes"),
        ] {
            if count > most {
                return Err(format!("it has {count} {what}, at most {most} are allowed: use several datasets"));
            }
        }
        Ok(())
    }
}

impl Entry {
    fn of(value: Value, slots: u64) -> std::result::Result<Entry, Wrong> {
        let mut fields = Fields::of("a segment", value)?;
        let entry = Entry {
            path: fields.text("path")?,
            slot: fields.whole("slot", 0, slots - 1)? as u32,
            generation: fields.whole("generation", 1, MOST)?,
            length: fields.whole("length", 0, MOST)?,
            description: fields.text("description")?,
            attributes: fields.attributes("attributes")?,
        };
        fields.end()?;
        Ok(entry)
    }
}

pub(crate) fn groups_of(value: Value) -> std::result::Result<BTreeMap<String, Attributes>, Wrong> {
    let groups = Fields::of("\"groups\"", value)?.rest().into_iter();
    groups.map(|(path, attributes)| Ok((path.clone(), Fields::of(&path, attributes)?.rest()))).collect()
}

fn damaged(source: &str, wrong: &str) -> Error {
    Error::new(Kind::Damaged, format!("{source} is damaged: {wrong}. Delete the dataset, or publish it again"))
}

// ---- Names and paths ----

fn check_path(path: &str) -> std::result::Result<(), Wrong> {
    let wrong = |why: &str| Err(format!("the path {path:?} {why}"));
    if path.len() > MOST_PATH {
        return wrong("has more than 1,000 bytes");
    }
    if path.split('/').count() > MOST_PARTS {
        return wrong("has more than 16 parts");
    }
    for part in path.split('/') {
        if part.is_empty() || part == "." || part == ".." {
            return wrong("has a part that is empty, '.' or '..'");
        }
        if part.chars().any(char::is_control) {
            return wrong("has a control character");
        }
    }
    Ok(())
}

/// The name of a dataset's file (10.2).
pub(crate) fn file_name(dataset: &str) -> Result<String> {
    let wrong = |wrong: String| Error::new(Kind::Invalid, format!("{wrong}: no dataset can be called that"));
    check_path(dataset).map_err(wrong)?;
    let mut name = String::with_capacity(dataset.len() + SUFFIX.len());
    for (i, byte) in dataset.bytes().enumerate() {
        match byte {
            b'/' => name.push('+'),
            b'.' if i == 0 => name.push_str("%2E"),
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-' => name.push(byte as char),
            other => name.push_str(&format!("%{other:02X}")),
        }
    }
    if name.len() > MOST_FILE_NAME {
        let message = format!(
            "the name {dataset:?} takes {} bytes as a file name, at most {MOST_FILE_NAME} are allowed: each character \
             but A-Z a-z 0-9 . _ - / takes three for each of its bytes",
            name.len()
        );
        return Err(Error::new(Kind::Invalid, message));
    }
    Ok(name + SUFFIX)
}

/// The dataset of a file; nothing if it is none's.
pub(crate) fn dataset_of(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = name.strip_suffix(SUFFIX)?.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'+' => bytes.push(b'/'),
            b'%' => {
                let digits = std::str::from_utf8(rest.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &rest[2..];
            }
            other => bytes.push(other),
        }
    }
    let dataset = String::from_utf8(bytes).ok()?;
    // Only what is written exactly like this is one's.
    (file_name(&dataset).ok()? == name).then_some(dataset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn example() -> Manifest {
        let attributes = json!({"answer": 42, "half": 0.5, "list": [1, {"a": true}]}).as_object().unwrap().clone();
        let entry = Entry {
            path: "camera/frames".to_owned(),
            slot: 7,
            generation: 3,
            length: 512,
            description: "<f8 [3, 4]".to_owned(),
            attributes: attributes.clone(),
        };
        let groups = BTreeMap::from([("empty".to_owned(), attributes.clone())]);
        Manifest {
            id: 5,
            revision: 2,
            published_at_ms: 1_700_000_000_000,
            creator: Creator { participant: 24, process_id: 99, incarnation: u64::MAX },
            content: Content { persistent: true, attributes, groups, segments: vec![entry] },
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let manifest = example();
        assert_eq!(Manifest::parse("m", &manifest.to_bytes().unwrap(), 8).unwrap(), manifest);
    }

    #[test]
    fn doubles_are_the_same_once_they_are_read() {
        let seed = crate::sys::random().unwrap();
        println!("seed {seed}");
        let mut bits = seed | 1;
        let mut next = || {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            f64::from_bits(bits)
        };
        let count = if cfg!(miri) { 50 } else { 10_000 };
        let doubles: Vec<f64> = std::iter::repeat_with(&mut next).filter(|x| x.is_finite()).take(count).collect();
        let mut manifest = example();
        manifest.content.attributes = json!({"doubles": doubles}).as_object().unwrap().clone();
        assert_eq!(Manifest::parse("m", &manifest.to_bytes().unwrap(), 8).unwrap(), manifest);
    }

    #[test]
    fn names_and_file_names_are_those_of_the_format() {
        assert_eq!(file_name("run 7/größe").unwrap(), "run%207+gr%C3%B6%C3%9Fe.json");
        assert_eq!(file_name(".a~+%").unwrap(), "%2Ea%7E%2B%25.json");
        for name in ["run 7/größe", ".a~+%", "a/b/c", "日本"] {
            assert_eq!(dataset_of(&file_name(name).unwrap()).as_deref(), Some(name));
        }
        for name in ["lock", ".a.json", "%41.json", "a%2f.json", "a%2.json", ".json", "a+.json", "%FF.json"] {
            assert_eq!(dataset_of(name), None, "{name}");
        }
        for name in ["", "/", "a//b", "a/..", "a\u{85}", &"x/".repeat(17), &"ß".repeat(50)] {
            assert_eq!(file_name(name).unwrap_err().kind(), Kind::Invalid, "{name}");
        }
    }

    #[test]
    fn a_manifest_in_which_anything_is_missing_twice_null_or_unknown_is_damaged() {
        let text = String::from_utf8(example().to_bytes().unwrap()).unwrap();
        let parse = |text: &str| Manifest::parse("m", text.as_bytes(), 8).map(|_| ()).map_err(|e| e.kind());
        assert_eq!(parse(&text.replace("\"formatVersion\":2", "\"formatVersion\":3")), Err(Kind::Version));
        for (from, to) in [
            ("\"id\":5,", ""),
            ("\"id\":5", "\"id\":5,\"id\":5"),
            ("\"id\":5", "\"id\":null"),
            ("\"id\":5", "\"id\":0"),
            ("\"id\":5", "\"id\":9007199254740992"),
            ("\"id\":5", "\"id\":5,\"more\":1"),
            ("\"revision\":2", "\"revision\":2.0"),
            ("\"answer\":42", "\"answer\":null"),
            ("\"answer\":42", "\"answer\":9223372036854775808"),
            ("\"answer\"", "\"\""),
            ("ffffffffffffffff", "FFFFFFFFFFFFFFFF"),
            ("camera/frames", "empty"),
            ("camera/frames", "empty/../frames"),
            ("\"slot\":7", "\"slot\":-7"),
            ("\"slot\":7", "\"slot\":8"),
            ("\"generation\":3", "\"generation\":0"),
            ("{\"formatVersion\"", "[{\"formatVersion\""),
        ] {
            assert!(text.contains(from), "{from}");
            assert_eq!(parse(&text.replacen(from, to, 1)), Err(Kind::Damaged), "{from} -> {to}");
        }
    }
}
