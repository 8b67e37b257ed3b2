//! Requests of runtimes that are no participants. Others carry them out; here what they have decided, and not finished
//! before they died, is finished or undone, as every repair does (FORMAT.md, 11.7).

use crate::error::{Kind, Result};
use crate::json::{self, Fields, MOST, Wrong};
use crate::layout::{self, FORMAT_VERSION};
use crate::sys::Directory;
use serde_json::Value;
use std::collections::HashSet;

const MOST_BYTES: u64 = 16 << 20;
const ANSWER: &str = ".answer";
const REQUEST: &str = ".request";

#[derive(Debug)]
pub(crate) struct Incoming(Directory);

/// What was decided: the publication and the files that it has taken, or that there is none.
#[derive(Debug, PartialEq)]
enum Answer {
    Done { id: u64, revision: u64, files: Vec<String> },
    Refused,
}

impl Answer {
    fn parse(bytes: &[u8]) -> std::result::Result<Answer, Wrong> {
        let mut fields = Fields::of("the answer", json::parse(bytes)?)?;
        fields.whole("formatVersion", FORMAT_VERSION, FORMAT_VERSION)?;
        if !fields.truth("done")? {
            return Ok(Answer::Refused);
        }
        let (id, revision) = (fields.whole("id", 1, MOST)?, fields.whole("revision", 1, MOST)?);
        let Value::Array(list) = fields.take("files")? else { return Err("\"files\" is no list".to_owned()) };
        let name = |value: Value| match value {
            Value::String(name) if is_name(&name) => Ok(name),
            other => Err(format!("{other} is the name of no file")),
        };
        let files = list.into_iter().map(name).collect::<std::result::Result<_, _>>()?;
        Ok(Answer::Done { id, revision, files })
    }
}

/// Whether a file in `incoming` may have this name (11.1).
fn is_name(name: &str) -> bool {
    (1..=200).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

impl Incoming {
    pub(crate) fn open(pool: &Directory) -> Result<Self> {
        pool.directory(layout::INCOMING).map(Incoming)
    }

    /// Completes the requests whose publication is there or that were refused, and undoes the others; with the names
    /// lock, and knowing all (id, revision) that are published.
    pub(crate) fn finish(&self, published: &HashSet<(u64, u64)>) -> Result<()> {
        for name in self.0.names()? {
            let Some(request) = name.strip_prefix('.').and_then(|name| name.strip_suffix(ANSWER)) else { continue };
            if !is_name(request) {
                continue;
            }
            let answer = self.0.read(&name, MOST_BYTES).ok().and_then(|bytes| Answer::parse(&bytes).ok());
            match answer {
                Some(Answer::Refused) => self.complete(request, &[])?,
                Some(Answer::Done { id, revision, files }) if published.contains(&(id, revision)) => {
                    self.complete(request, &files)?;
                }
                _ => self.0.remove(&name)?,
            }
        }
        Ok(())
    }

    fn complete(&self, request: &str, files: &[String]) -> Result<()> {
        let request_file = format!("{request}{REQUEST}");
        for name in files.iter().chain([&request_file]) {
            match self.0.remove(name) {
                Err(e) if e.kind() != Kind::Absent => return Err(e),
                _ => {}
            }
        }
        self.0.rename(&format!(".{request}{ANSWER}"), &format!("{request}{ANSWER}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_what_was_taken_and_no_path_leads_out() {
        let done = r#"{"formatVersion":2,"done":true,"dataset":"d","id":5,"revision":1,"files":["a.npy"]}"#;
        let files = vec!["a.npy".to_owned()];
        assert_eq!(Answer::parse(done.as_bytes()), Ok(Answer::Done { id: 5, revision: 1, files }));
        assert!(Answer::parse(done.replace("a.npy", "../names/lock").as_bytes()).is_err());
        assert!(Answer::parse(&done.as_bytes()[..40]).is_err());
        let refused = r#"{"formatVersion":2,"done":false,"reason":"it is damaged"}"#;
        assert_eq!(Answer::parse(refused.as_bytes()), Ok(Answer::Refused));
    }
}
