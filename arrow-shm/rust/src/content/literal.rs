//! The part of Python's syntax that stands in the headers of .npy files: texts, whole numbers, True and False, tuples,
//! lists and dictionaries with texts as keys. Tuples and lists become the same.

use super::Wrong;
use serde_json::{Map, Value};
use std::iter::Peekable;
use std::str::Chars;

const DEEPEST: usize = 40;

pub(crate) fn parse(text: &str) -> Result<Value, Wrong> {
    let mut literal = Literal { rest: text.chars().peekable() };
    let value = literal.value(DEEPEST)?;
    match literal.peek() {
        None => Ok(value),
        Some(other) => Err(format!("behind the text of the header there is {other:?}")),
    }
}

struct Literal<'a> {
    rest: Peekable<Chars<'a>>,
}

impl Literal<'_> {
    /// The next character that is no space.
    fn peek(&mut self) -> Option<char> {
        while self.rest.next_if(|c| matches!(c, ' ' | '\n')).is_some() {}
        self.rest.peek().copied()
    }

    fn take(&mut self, wanted: char) -> bool {
        self.peek() == Some(wanted) && self.rest.next().is_some()
    }

    fn value(&mut self, depth: usize) -> Result<Value, Wrong> {
        let depth = depth.checked_sub(1).ok_or_else(|| format!("the header is nested deeper than {DEEPEST}"))?;
        match self.peek() {
            Some('{') => self.dictionary(depth),
            Some('(') => self.items(')', depth),
            Some('[') => self.items(']', depth),
            Some('\'' | '"') => self.text().map(Value::String),
            Some('T') => self.word("True").map(|()| Value::Bool(true)),
            Some('F') => self.word("False").map(|()| Value::Bool(false)),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &str) -> Result<(), Wrong> {
        if word.chars().all(|c| self.rest.next() == Some(c)) {
            return Ok(());
        }
        Err(format!("there should be {word} in the header"))
    }

    fn dictionary(&mut self, depth: usize) -> Result<Value, Wrong> {
        let mut entries = Map::new();
        self.rest.next();
        while !self.take('}') {
            if !matches!(self.peek(), Some('\'' | '"')) {
                return Err("there should be a key in the header".to_owned());
            }
            let key = self.text()?;
            if !self.take(':') {
                return Err("there should be a colon in the header".to_owned());
            }
            let value = self.value(depth)?;
            if entries.insert(key.clone(), value).is_some() {
                return Err(format!("{key:?} is twice in the header"));
            }
            self.separator('}')?;
        }
        Ok(Value::Object(entries))
    }

    fn items(&mut self, end: char, depth: usize) -> Result<Value, Wrong> {
        let mut items = Vec::new();
        self.rest.next();
        while !self.take(end) {
            items.push(self.value(depth)?);
            self.separator(end)?;
        }
        Ok(Value::Array(items))
    }

    fn separator(&mut self, end: char) -> Result<(), Wrong> {
        if self.peek() == Some(end) || self.take(',') {
            return Ok(());
        }
        Err(format!("there should be a comma or {end} in the header"))
    }

    /// All numbers in a header are lengths.
    fn number(&mut self) -> Result<Value, Wrong> {
        let mut number: Option<i64> = None;
        while let Some(digit) = self.rest.peek().and_then(|c| c.to_digit(10)) {
            self.rest.next();
            let next = number.unwrap_or(0).checked_mul(10).and_then(|tens| tens.checked_add(i64::from(digit)));
            number = Some(next.ok_or("a length in the header is not below 2^63")?);
        }
        number.map(Value::from).ok_or_else(|| "there should be a value in the header".to_owned())
    }

    fn text(&mut self) -> Result<String, Wrong> {
        let quote = self.rest.next();
        let mut text = String::new();
        loop {
            match self.rest.next() {
                None => return Err("a text in the header does not end".to_owned()),
                Some(c) if Some(c) == quote => return Ok(text),
                Some('\\') => text.push(self.escape()?),
                Some(c) => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        let digits = match self.rest.next() {
            Some(c @ ('\\' | '\'' | '"')) => return Ok(c),
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => return Err("an escape in the header is not known".to_owned()),
        };
        let mut code = Some(0u32);
        for _ in 0..digits {
            let digit = self.rest.next().and_then(|c| c.to_digit(16));
            code = code.zip(digit).and_then(|(code, digit)| code.checked_mul(16)?.checked_add(digit));
        }
        code.and_then(char::from_u32).ok_or_else(|| "an escape in the header is no character".to_owned())
    }
}

/// A text as Python writes it.
pub(crate) fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut quoted = String::from(quote);
    for c in text.chars() {
        match c {
            c if c == quote || c == '\\' => quoted.extend(['\\', c]),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", c as u32)),
            c => quoted.push(c),
        }
    }
    quoted.push(quote);
    quoted
}
