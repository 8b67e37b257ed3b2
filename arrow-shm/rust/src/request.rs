//! What a runtime that is no participant asks for, and the answer (FORMAT.md, 11.4 and 11.5).

use crate::incoming::is_file_name;
use crate::json::{self, Fields, MOST, Wrong};
use crate::layout::FORMAT_VERSION;
use crate::manifest::{Content, Entry, Manifest, file_name, groups_of};
use serde_json::{Value, json};

/// A dataset of files: what stands in it, but for slots, lengths and descriptions.
#[derive(Debug, PartialEq)]
pub(crate) struct Request {
    pub(crate) dataset: String,
    pub(crate) overwrite: bool,
    pub(crate) content: Content,
    /// One for each segment.
    pub(crate) files: Vec<String>,
}

impl Request {
    pub(crate) fn parse(bytes: &[u8]) -> Result<Request, Wrong> {
        let mut fields = Fields::of("the request", json::parse(bytes)?)?;
        let version = fields.whole("formatVersion", 0, MOST)?;
        if version != FORMAT_VERSION {
            return Err(format!("it has format version {version}, this pool takes {FORMAT_VERSION}"));
        }
        let dataset = fields.text("dataset")?;
        file_name(&dataset).map_err(|e| e.to_string())?;
        let overwrite = optional_truth(&mut fields, "overwrite")?.unwrap_or(false);
        if optional_truth(&mut fields, "persistent")? == Some(false) {
            let why =
                "what is asked for by a file is persistent, as who asks has no life in the pool that it could end with";
            return Err(format!("\"persistent\" is false: {why}"));
        }
        let attributes = fields.optional_attributes("attributes")?;
        let groups = fields.optional("groups").map(groups_of).transpose()?.unwrap_or_default();
        let Value::Array(parts) = fields.take("segments")? else { return Err("\"segments\" is no list".to_owned()) };
        let (mut segments, mut files) = (Vec::new(), Vec::new());
        for part in parts {
            let mut part = Fields::of("a segment", part)?;
            let (path, file) = (part.text("path")?, part.text("file")?);
            if !is_file_name(&file) {
                return Err(format!("{file:?} is the name of no file that can be taken"));
            }
            let attributes = part.optional_attributes("attributes")?;
            part.end()?;
            files.push(file);
            segments.push(Entry { path, slot: 0, generation: 0, length: 0, description: String::new(), attributes });
        }
        fields.end()?;
        let content = Content { persistent: true, attributes, groups, segments };
        content.check()?;
        Ok(Request { dataset, overwrite, content, files })
    }
}

fn optional_truth(fields: &mut Fields, name: &str) -> Result<Option<bool>, Wrong> {
    match fields.optional(name) {
        None => Ok(None),
        Some(Value::Bool(truth)) => Ok(Some(truth)),
        Some(other) => Err(format!("{name:?} is {other}, not true or false")),
    }
}

/// What was decided: the publication and the files that it has taken, or why there is none.
#[derive(Debug, PartialEq)]
pub(crate) enum Answer {
    Done {
        dataset: String,
        id: u64,
        revision: u64,
        files: Vec<String>,
    },
    /// Whether the same may be done when it is asked for again.
    Refused {
        reason: String,
        retry: bool,
    },
}

impl Answer {
    /// That it is done, with what is about to be published; each file once.
    pub(crate) fn done(request: &Request, manifest: &Manifest) -> Answer {
        let mut files = request.files.clone();
        files.sort_unstable();
        files.dedup();
        Answer::Done { dataset: request.dataset.clone(), id: manifest.id, revision: manifest.revision, files }
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Answer, Wrong> {
        let mut fields = Fields::of("the answer", json::parse(bytes)?)?;
        fields.whole("formatVersion", FORMAT_VERSION, FORMAT_VERSION)?;
        if !fields.truth("done")? {
            return Ok(Answer::Refused { reason: fields.text("reason")?, retry: fields.truth("retry")? });
        }
        let dataset = fields.text("dataset")?;
        let (id, revision) = (fields.whole("id", 1, MOST)?, fields.whole("revision", 1, MOST)?);
        let Value::Array(list) = fields.take("files")? else { return Err("\"files\" is no list".to_owned()) };
        let name = |value: Value| match value {
            Value::String(name) if is_file_name(&name) => Ok(name),
            other => Err(format!("{other} is the name of no file")),
        };
        let files = list.into_iter().map(name).collect::<Result<_, _>>()?;
        Ok(Answer::Done { dataset, id, revision, files })
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let value = match self {
            Answer::Done { dataset, id, revision, files } => json!({
                "formatVersion": FORMAT_VERSION,
                "done": true,
                "dataset": dataset,
                "id": id,
                "revision": revision,
                "files": files,
            }),
            Answer::Refused { reason, retry } => {
                json!({"formatVersion": FORMAT_VERSION, "done": false, "reason": reason, "retry": retry})
            }
        };
        value.to_string().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_what_was_taken_and_no_path_leads_out() {
        let files = vec!["a.npy".to_owned()];
        let done = Answer::Done { dataset: "d".to_owned(), id: 5, revision: 1, files };
        let bytes = String::from_utf8(done.to_bytes()).unwrap();
        assert_eq!(Answer::parse(bytes.as_bytes()), Ok(done));
        assert!(Answer::parse(bytes.replace("a.npy", "../names/lock").as_bytes()).is_err());
        assert!(Answer::parse(&bytes.as_bytes()[..40]).is_err());
        let refused = Answer::Refused { reason: "it is full".to_owned(), retry: true };
        assert_eq!(Answer::parse(&refused.to_bytes()), Ok(refused));
    }

    #[test]
    fn a_request_has_what_the_format_says_and_nothing_else() {
        let text = r#"{"formatVersion": 2, "dataset": "run 7", "overwrite": true, "attributes": {"a": 1},
            "segments": [{"path": "camera/frames", "file": "frames.npy"}, {"path": "b", "file": "frames.npy"}]}"#;
        let request = Request::parse(text.as_bytes()).unwrap();
        assert_eq!((&*request.dataset, request.overwrite, request.content.persistent), ("run 7", true, true));
        assert_eq!(request.files, ["frames.npy", "frames.npy"]);
        assert_eq!(request.content.segments[0].path, "camera/frames");
        for (from, to) in [
            ("2,", "3,"),
            ("2,", "2, \"more\": 1,"),
            ("2,", "2, \"persistent\": false,"),
            ("2,", "2, \"groups\": {\"b\": {}},"),
            ("run 7", "run//7"),
            ("true", "1"),
            ("true", "null"),
            ("{\"a\": 1}", "null"),
            ("\"b\"", "\"camera\""),
            ("frames.npy", "../frames.npy"),
            ("frames.npy", "frames.request"),
            ("]}", "}"),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(Request::parse(text.replacen(from, to, 1).as_bytes()).is_err(), "{from} -> {to}");
        }
    }
}
