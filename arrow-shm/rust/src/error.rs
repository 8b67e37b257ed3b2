//! What can go wrong: one sentence that says what came, what was allowed, and what to do.

use std::fmt;
use std::io;

pub type Result<T> = std::result::Result<T, Error>;

/// What a caller may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// There is no such pool or dataset.
    Absent,
    /// There is one of that name already.
    Exists,
    /// Somebody else works with it.
    InUse,
    /// The pool, its slots or the file system have no room left.
    Full,
    /// What a file says cannot be.
    Damaged,
    /// Somebody else could have prepared it, so nothing of it was read.
    Untrusted,
    /// Another version of the format.
    Version,
    /// What a reference stood for is gone.
    Stale,
    /// The pool was closed, or this process was forked since it was opened.
    Closed,
    /// The caller asked for something that cannot be.
    Invalid,
    /// A lock was not to be had in time.
    Timeout,
    /// The operating system refused.
    System,
}

#[derive(Debug)]
pub struct Error {
    kind: Kind,
    message: String,
    source: Option<io::Error>,
}

impl Error {
    /// For those who wrap this library.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Error { kind, message: message.into(), source: None }
    }

    pub(crate) fn io(what: impl fmt::Display, source: io::Error) -> Self {
        let kind = match source.raw_os_error() {
            Some(libc::ENOSPC | libc::ENOMEM | libc::EDQUOT) => Kind::Full,
            Some(libc::ENOENT) => Kind::Absent,
            Some(libc::ELOOP) => Kind::Untrusted,
            _ => Kind::System,
        };
        Error { kind, message: format!("{what}: {source}"), source: Some(source) }
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|e| e as _)
    }
}
