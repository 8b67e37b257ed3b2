//! What the operating system tells of a directory.

use crate::error::{Error, Result};
use crate::sys::Directory;
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::time::Duration;

/// Before the name of each event: watch, mask, cookie and length of the name, 4 bytes each.
const HEAD_BYTES: usize = 16;
/// Room for many events, and at least for one with the longest name.
const BUFFER_BYTES: usize = 16 << 10;

/// What has happened to one name in a directory, or that nobody knows to which.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// A file came to have the name, or had it and does no more.
    Touched(String),
    Deleted(String),
    /// There was too much to be told, or the directory itself is gone.
    Lost,
}

#[derive(Debug)]
pub(crate) struct Inotify {
    file: File,
    path: String,
}

impl Inotify {
    /// From now on it is told when a file is renamed to a name, from one, or deleted.
    pub(crate) fn of(directory: &Directory) -> Result<Self> {
        let path = directory.path().display().to_string();
        let failed = |e| {
            let what = format!(
                "{path} cannot be watched (close other watches, or raise fs.inotify.max_user_instances and \
                 max_user_watches)"
            );
            Error::io(what, e)
        };
        // SAFETY: it has no preconditions.
        let fd = unsafe { libc::inotify_init1(libc::IN_CLOEXEC | libc::IN_NONBLOCK) };
        if fd == -1 {
            return Err(failed(io::Error::last_os_error()));
        }
        // SAFETY: the call has just returned it, so nobody else owns it.
        let file = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
        let mask = libc::IN_MOVED_TO | libc::IN_MOVED_FROM | libc::IN_DELETE | libc::IN_DELETE_SELF;
        let opened = directory.path_of_open();
        // SAFETY: the path ends with a zero byte, and lives until the call returns.
        let watch = unsafe { libc::inotify_add_watch(file.as_raw_fd(), opened.as_ptr(), mask | libc::IN_ONLYDIR) };
        if watch == -1 {
            return Err(failed(io::Error::last_os_error()));
        }
        Ok(Inotify { file, path })
    }

    /// What has happened since the last call, waited for if it is nothing yet.
    pub(crate) fn wait(&mut self, at_most: Duration) -> Result<Vec<Event>> {
        let failed = |path: &str, e| Error::io(format_args!("what happens in {path} is not told"), e);
        let mut poll = libc::pollfd { fd: self.file.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // Rounded up, so that nobody who waits for a moment turns in a circle.
        let milliseconds = at_most.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as libc::c_int;
        // SAFETY: it is one structure, which lives until the call returns.
        match unsafe { libc::poll(&mut poll, 1, milliseconds) } {
            0 => return Ok(Vec::new()),
            -1 => match io::Error::last_os_error() {
                e if e.kind() == io::ErrorKind::Interrupted => return Ok(Vec::new()),
                e => return Err(failed(&self.path, e)),
            },
            _ => {}
        }
        let mut buffer = vec![0; BUFFER_BYTES];
        match self.file.read(&mut buffer) {
            Ok(bytes) => Ok(events(&buffer[..bytes])),
            Err(e) if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => Ok(Vec::new()),
            Err(e) => Err(failed(&self.path, e)),
        }
    }
}

fn events(mut bytes: &[u8]) -> Vec<Event> {
    let mut events = Vec::new();
    while let Some((head, behind)) = bytes.split_at_checked(HEAD_BYTES) {
        let number = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let (mask, length) = (number(4), number(12) as usize);
        let Some((name, next)) = behind.split_at_checked(length) else { break };
        bytes = next;
        // Zeros fill it up. A name that is not UTF-8 is none of a pool.
        let name = name.split(|&byte| byte == 0).next().and_then(|name| std::str::from_utf8(name).ok());
        if mask & (libc::IN_Q_OVERFLOW | libc::IN_DELETE_SELF | libc::IN_IGNORED) != 0 {
            events.push(Event::Lost);
        } else if let Some(name) = name.filter(|name| !name.is_empty()) {
            let is_deleted = mask & libc::IN_DELETE != 0;
            events.push(if is_deleted { Event::Deleted(name.to_owned()) } else { Event::Touched(name.to_owned()) });
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(mask: u32, name: &[u8]) -> Vec<u8> {
        [1, mask, 0, name.len() as u32]
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .chain(name.iter().copied())
            .collect()
    }

    #[test]
    fn events_are_read_and_what_is_cut_is_not() {
        let mut bytes = event(libc::IN_MOVED_TO, b"a.json\0\0");
        bytes.extend(event(libc::IN_DELETE, b"lock\0\0\0\0"));
        bytes.extend(event(libc::IN_DELETE, b"\xFF\0\0\0"));
        bytes.extend(event(libc::IN_Q_OVERFLOW, b""));
        let all = [Event::Touched("a.json".to_owned()), Event::Deleted("lock".to_owned()), Event::Lost];
        assert_eq!(events(&bytes), all);
        bytes.extend(&event(libc::IN_MOVED_TO, b"b.json\0\0")[..20]);
        assert_eq!(events(&bytes), all);
    }
}
