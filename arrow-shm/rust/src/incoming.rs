//! The directory that runtimes which are no participants put files and requests into (FORMAT.md, section 11). What was
//! decided, and not finished before somebody died, is finished or undone here, as every repair does (11.7).

use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::layout;
use crate::request::Answer;
use crate::sys::{self, Directory, Locks};
use std::collections::HashSet;
use std::fs::File;

pub(crate) const MOST_BYTES: u64 = 16 << 20;
const REQUEST: &str = ".request";
const ANSWER: &str = ".answer";
const REFUSED: &str = ".refused";
const MOST_NAME: usize = 200;

#[derive(Debug)]
pub(crate) struct Incoming(Directory);

fn is_name(name: &str) -> bool {
    (1..=MOST_NAME).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

/// Whether a file that is to be adopted may have this name (11.1).
pub(crate) fn is_file_name(name: &str) -> bool {
    is_name(name) && ![REQUEST, ANSWER, REFUSED].iter().any(|suffix| name.ends_with(suffix))
}

fn aside(request: &str) -> String {
    format!(".{request}{ANSWER}")
}

fn request_file(request: &str) -> String {
    format!("{request}{REQUEST}")
}

impl Incoming {
    pub(crate) fn open(pool: &Directory) -> Result<Self> {
        pool.directory(layout::INCOMING).map(Incoming)
    }

    pub(crate) fn path_of(&self, name: &str) -> String {
        self.0.path_of(name)
    }

    /// Seconds and nanoseconds since 1970.
    pub(crate) fn changed_at(&self) -> Result<(i64, i64)> {
        self.0.changed_at()
    }

    // ---- Files ----

    /// A file that is to be adopted, made private.
    pub(crate) fn take_in(&self, name: &str) -> Result<File> {
        if is_file_name(name) {
            return self.0.take_in(name);
        }
        let message = format!(
            "{name:?} is the name of no file that can be adopted: 1 to {MOST_NAME} of A-Z a-z 0-9 . _ -, without a '.' at \
             the beginning and {REQUEST}, {ANSWER} or {REFUSED} at the end"
        );
        Err(Error::new(Kind::Invalid, message))
    }

    /// 0 if it is not there.
    pub(crate) fn bytes_of(&self, name: &str) -> Result<u64> {
        Ok(self.0.look(name)?.map_or(0, |file| file.st_size as u64))
    }

    pub(crate) fn delete(&self, name: &str) -> Result<()> {
        self.0.remove(name)
    }

    /// Says beside a file why it was refused, or no more.
    pub(crate) fn note(&self, name: &str, reason: Option<&str>) {
        let note = format!("{name}{REFUSED}");
        // Whoever is told by the caller's error needs no note, and one that is too old does no harm.
        let _ = self.0.remove(&note);
        if let Some(reason) = reason {
            let _ = self.0.write(&note, reason.as_bytes());
        }
    }

    // ---- Requests ----

    /// Names of the requests that are there. What is a directory is none.
    pub(crate) fn requests(&self) -> Result<Vec<String>> {
        let mut requests = Vec::new();
        for name in self.0.names()? {
            if let Some(request) = name.strip_suffix(REQUEST).filter(|request| is_name(request))
                && !self.0.is_directory(&name)?
            {
                requests.push(request.to_owned());
            }
        }
        Ok(requests)
    }

    /// What has the name of a request; nothing if there is nothing any more.
    pub(crate) fn look(&self, request: &str) -> Result<Option<libc::stat>> {
        self.0.look(&request_file(request))
    }

    /// Whether a request's name still means what was found: whoever had its lock before may have died at the very end, and
    /// who asked may have taken it back, and perhaps asked for something else by that name.
    pub(crate) fn is_still(&self, request: &str, found: &libc::stat) -> Result<bool> {
        Ok(self.look(request)?.is_some_and(|now| sys::is_same(&now, found)))
    }

    pub(crate) fn take_in_request(&self, request: &str) -> Result<File> {
        self.0.take_in(&request_file(request))
    }

    /// Has the lock of a request's own file, which it has opened for that.
    pub(crate) fn locks_of_request(&self, request: &str) -> Result<Locks> {
        Locks::of(self.path_of(&request_file(request)), || self.take_in_request(request))
    }

    // ---- Answers, with the names lock ----

    /// From here on a repair knows what has become of the request.
    pub(crate) fn decide(&self, request: &str, answer: &Answer) -> Result<()> {
        let aside = aside(request);
        if self.0.look(&aside)?.is_some() {
            self.0.remove(&aside)?;
        }
        self.0.write(&aside, &answer.to_bytes())?;
        reached(Point::RequestDecided);
        Ok(())
    }

    /// Does what is left to do once a request is decided, however much of it was done. What cannot be done, as a directory
    /// is in the way, holds nobody up.
    pub(crate) fn complete(&self, request: &str, answer: &Answer) {
        if let Answer::Done { files, .. } = answer {
            for file in files {
                let _ = self.0.remove(file);
                reached(Point::RequestFileTaken);
            }
        }
        let _ = self.0.remove(&request_file(request));
        reached(Point::RequestGone);
        if self.0.rename(&aside(request), &format!("{request}{ANSWER}")).is_err() {
            let _ = self.0.remove(&aside(request));
        }
    }

    /// Completes the requests whose publication is there or that were refused, and undoes the others, knowing all (id,
    /// revision) that are published.
    pub(crate) fn finish(&self, published: &HashSet<(u64, u64)>) -> Result<()> {
        for name in self.0.names()? {
            let request = name.strip_prefix('.').and_then(|name| name.strip_suffix(ANSWER));
            let Some(request) = request.filter(|request| is_name(request)) else { continue };
            let bytes = match self.0.read(&name, MOST_BYTES) {
                Err(e) if !matches!(e.kind(), Kind::Damaged | Kind::Untrusted) => return Err(e),
                other => other.ok(),
            };
            match bytes.and_then(|bytes| Answer::parse(&bytes).ok()) {
                Some(answer) if is_true(&answer, published) => self.complete(request, &answer),
                _ => {
                    let _ = self.0.remove(&name);
                }
            }
        }
        Ok(())
    }
}

fn is_true(answer: &Answer, published: &HashSet<(u64, u64)>) -> bool {
    match answer {
        Answer::Done { id, revision, .. } => published.contains(&(*id, *revision)),
        Answer::Refused { .. } => true,
    }
}
