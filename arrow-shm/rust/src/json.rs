//! JSON as the format wants it: no field twice, nothing null, all fields there and no others (FORMAT.md, 10.3).

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// What is wrong, to be put behind the name of the file.
pub(crate) type Wrong = String;

const DEEPEST: usize = 16;
/// The largest whole number that is the same where all numbers are doubles.
pub(crate) const MOST: u64 = (1 << 53) - 1;

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value that is not null")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        i64::try_from(value)
            .map(Value::from)
            .map_err(|_| E::custom(format!("{value} is no number of 64 bits with a sign")))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("a number that is not finite"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(Strict)? {
            list.push(element);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            let value = fields.next_value_seed(Strict)?;
            if object.insert(name.clone(), value).is_some() {
                return Err(A::Error::custom(format!("the field {name:?} is there twice")));
            }
        }
        Ok(Value::Object(object))
    }
}

pub(crate) fn parse(bytes: &[u8]) -> Result<Value, Wrong> {
    let mut parser = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut parser).map_err(|e| e.to_string())?;
    parser.end().map_err(|e| e.to_string())?;
    Ok(value)
}

/// An object of which every field is taken once.
pub(crate) struct Fields {
    what: String,
    object: Map<String, Value>,
}

impl Fields {
    pub(crate) fn of(what: &str, value: Value) -> Result<Self, Wrong> {
        match value {
            Value::Object(object) => Ok(Fields { what: what.to_owned(), object }),
            other => Err(format!("{what} is {other}, not an object")),
        }
    }

    pub(crate) fn take(&mut self, name: &str) -> Result<Value, Wrong> {
        self.object.remove(name).ok_or_else(|| format!("{} has no field {name:?}", self.what))
    }

    /// Nothing if it is left out.
    pub(crate) fn optional(&mut self, name: &str) -> Option<Value> {
        self.object.remove(name)
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<String, Wrong> {
        match self.take(name)? {
            Value::String(text) => Ok(text),
            other => Err(format!("{name:?} is {other}, not a text")),
        }
    }

    pub(crate) fn truth(&mut self, name: &str) -> Result<bool, Wrong> {
        let value = self.take(name)?;
        value.as_bool().ok_or_else(|| format!("{name:?} is {value}, not true or false"))
    }

    pub(crate) fn whole(&mut self, name: &str, least: u64, most: u64) -> Result<u64, Wrong> {
        let value = self.take(name)?;
        let number = value.as_u64().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| format!("{name:?} is {value}, not a whole number from {least} to {most}"))
    }

    /// 16 hexadecimal digits.
    pub(crate) fn bits(&mut self, name: &str) -> Result<u64, Wrong> {
        let text = self.text(name)?;
        hexadecimal(&text).ok_or_else(|| format!("{name:?} is {text:?}, not 16 of the digits 0-9 a-f"))
    }

    pub(crate) fn attributes(&mut self, name: &str) -> Result<Map<String, Value>, Wrong> {
        attributes(name, self.take(name)?)
    }

    /// None if they are left out.
    pub(crate) fn optional_attributes(&mut self, name: &str) -> Result<Map<String, Value>, Wrong> {
        self.optional(name).map_or_else(|| Ok(Map::new()), |value| attributes(name, value))
    }

    /// All that is left, by name.
    pub(crate) fn rest(self) -> Map<String, Value> {
        self.object
    }

    pub(crate) fn end(self) -> Result<(), Wrong> {
        match self.object.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("{} has a field {name:?}, which this version does not know", self.what)),
        }
    }
}

fn attributes(name: &str, value: Value) -> Result<Map<String, Value>, Wrong> {
    let attributes = Fields::of(name, value)?.object;
    check_attributes(&attributes)?;
    Ok(attributes)
}

pub(crate) fn hexadecimal(text: &str) -> Option<u64> {
    let is_right = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_right { u64::from_str_radix(text, 16).ok() } else { None }
}

/// Whether attributes are what a manifest may have.
pub(crate) fn check_attributes(attributes: &Map<String, Value>) -> Result<(), Wrong> {
    attributes.iter().try_for_each(|(name, value)| {
        if name.is_empty() {
            return Err("an attribute has no name; it needs one or more characters".to_owned());
        }
        check_value(value, DEEPEST).map_err(|wrong| format!("the attribute {name:?} {wrong}"))
    })
}

/// How many values there are at any depth, lists and objects among them.
pub(crate) fn count(attributes: &Map<String, Value>) -> usize {
    attributes.values().map(count_value).sum()
}

fn count_value(value: &Value) -> usize {
    match value {
        Value::Array(values) => 1 + values.iter().map(count_value).sum::<usize>(),
        Value::Object(values) => 1 + count(values),
        _ => 1,
    }
}

fn check_value(value: &Value, depth: usize) -> Result<(), Wrong> {
    match value {
        Value::Null => Err("is nothing (null), which no attribute may be".to_owned()),
        Value::Number(number) if number.is_u64() && !number.is_i64() => {
            Err(format!("is {number}; whole numbers are from -2^63 to 2^63 - 1"))
        }
        _ if depth == 0 => Err(format!("is nested deeper than {DEEPEST}")),
        Value::Array(values) => values.iter().try_for_each(|value| check_value(value, depth - 1)),
        Value::Object(values) => {
            if values.contains_key("") {
                return Err("has a part without a name".to_owned());
            }
            values.values().try_for_each(|value| check_value(value, depth - 1))
        }
        _ => Ok(()),
    }
}
