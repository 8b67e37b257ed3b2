//! Carries out what runtimes that are no participants ask for (FORMAT.md, 11.6), and adopts files (11.2). Every sweep
//! looks for requests; they are carried out on a thread of their own, since files may be large.

use crate::content::{Content, Refusal};
use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::incoming::{Incoming, MOST_BYTES};
use crate::manifest::Entry;
use crate::pool::{Pool, Segment, User};
use crate::request::Request;
use crate::sys::{self, Lock};
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::os::fd::AsFd;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A directory's time is that of a clock with coarse steps.
const SETTLED: Duration = Duration::from_secs(1);
/// How long what this library cannot convert is left to those who may be able to.
const LEFT_TO_OTHERS: Duration = Duration::from_secs(2);
/// How much of a file is copied before it is asked whether that is still wanted.
const PIECE: usize = 1 << 20;

/// Inode, and seconds and nanoseconds of when it was written: a number alone may be another file's later.
type FileId = (u64, i64, i64);

#[derive(Debug, Default)]
pub(crate) struct Requests(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The directory's time when there was no request in it.
    empty_at: Option<(i64, i64)>,
    worker: Option<JoinHandle<()>>,
    /// Requests that others may be able to carry out, and since when they are left to them.
    left: HashMap<FileId, Instant>,
    /// What could not be done, which is said once for as long as it stays the same.
    failures: HashSet<String>,
}

impl Requests {
    /// Begins with what is there, unless there is nothing or this process is at it. Cheap while nobody asks.
    pub(crate) fn look(&self, user: &User) -> Result<()> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.worker.as_ref().is_some_and(|worker| !worker.is_finished()) {
            return Ok(());
        }
        let incoming = user.names.incoming();
        let changed = match incoming.changed_at() {
            Ok(changed) if state.empty_at == Some(changed) => return Ok(()),
            other => other?,
        };
        let requests = match incoming.requests() {
            // Somebody has removed the pool all the same, and nobody can ask for anything.
            Err(e) if e.kind() == Kind::Absent => return Ok(()),
            other => other?,
        };
        if requests.is_empty() {
            state.left.clear();
            let age = sys::now_ms().abs_diff(changed.0.max(0) as u64 * 1000 + changed.1 as u64 / 1_000_000);
            state.empty_at = (u128::from(age) > SETTLED.as_millis()).then_some(changed);
            return Ok(());
        }
        let user = user.clone();
        let thread = thread::Builder::new().name("arrow-shm requests".to_owned());
        let worker = thread.spawn(move || carry_out_all(&user, &requests));
        state.worker = Some(worker.map_err(|e| Error::io("no thread that carries out requests", e))?);
        Ok(())
    }

    /// Whether others are still given time for a request, from when it was found that it cannot be done here.
    fn is_left_to_others(&self, file: &libc::stat, cannot_be_done: bool) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let id = (file.st_ino, file.st_mtime, file.st_mtime_nsec);
        if cannot_be_done {
            state.left.entry(id).or_insert_with(Instant::now);
        }
        state.left.get(&id).is_some_and(|since| since.elapsed() < LEFT_TO_OTHERS)
    }

    fn say(&self, failures: HashSet<String>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.difference(&state.failures).for_each(|failure| {
            eprintln!("arrow-shm: a request cannot be answered, and is tried again: {failure}");
        });
        state.failures = failures;
    }
}

fn carry_out_all(user: &User, requests: &[String]) {
    let mut failures = HashSet::new();
    for request in requests {
        match carry_out_alone(user, request) {
            Err(e) if e.kind() == Kind::Closed => return,
            // What is wrong with one holds no other up.
            Err(e) if e.kind() != Kind::Absent => {
                failures.insert(format!("{request}: {e}"));
            }
            _ => {}
        }
    }
    user.requests.say(failures);
}

/// Nothing happens if somebody else is at it.
fn carry_out_alone(user: &User, request: &str) -> Result<()> {
    user.check()?;
    let incoming = user.names.incoming();
    let Some(found) = incoming.look(request)? else { return Ok(()) };
    if user.requests.is_left_to_others(&found, false) {
        return Ok(());
    }
    let file = match incoming.take_in_request(request) {
        Err(e) if e.kind() == Kind::Untrusted => return refuse(user, request, &found, &e.to_string(), false),
        other => other?,
    };
    let failed = |e| Error::io(incoming.path_of(request), e);
    let opened = sys::status(file.as_fd()).map_err(failed)?;
    reached(Point::RequestFound);
    let lock = incoming.locks_of_request(request)?;
    // Whoever had it before has perhaps deleted what is locked here.
    if !sys::is_same(&opened, &found) || !lock.try_lock(0, Lock::Exclusive)? || !incoming.is_still(request, &found)? {
        return Ok(());
    }
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return refuse(user, request, &found, "the request has more than 16 MiB", false);
    }
    match Request::parse(&bytes) {
        Ok(asked) => carry_out(user, request, &found, asked),
        Err(wrong) => refuse(user, request, &found, &format!("the request cannot be carried out: {wrong}"), false),
    }
}

fn refuse(user: &User, request: &str, found: &libc::stat, reason: &str, retry: bool) -> Result<()> {
    user.names.refuse(request, found, reason, retry, &user.slots, &user.participants)
}

/// Whether there is room for it when nothing else is in the pool.
fn may_fit(user: &User, asked: &Request) -> Result<bool> {
    let files: HashSet<&String> = asked.files.iter().collect();
    let mut bytes = 0;
    for file in files {
        bytes += user.names.incoming().bytes_of(file)?;
    }
    Ok(bytes <= user.description().size_bytes)
}

/// Does what is asked for, with the request's lock.
fn carry_out(user: &User, request: &str, found: &libc::stat, mut asked: Request) -> Result<()> {
    let mut copies: HashMap<&str, (Segment, String)> = HashMap::new();
    let done = (|| {
        for (entry, file) in asked.content.segments.iter_mut().zip(&asked.files) {
            if !copies.contains_key(file.as_str()) {
                copies.insert(file, copy(user, file)?);
            }
            let (segment, description) = &copies[file.as_str()];
            *entry = Entry {
                slot: segment.slot(),
                generation: segment.generation(),
                length: segment.len(),
                description: description.clone(),
                ..entry.clone()
            };
        }
        Ok(())
    })();
    reached(Point::RequestCopied);
    let result = match done {
        Ok(()) => user.names.carry_out(request, found, &asked, &user.slots, &user.participants).map_err(Failure::Error),
        Err(failure) => Err(failure),
    };
    match result {
        Ok(()) => Ok(()),
        Err(Failure::Conversion(_)) if user.requests.is_left_to_others(found, true) => Ok(()),
        Err(Failure::Error(e)) if matches!(e.kind(), Kind::Closed | Kind::Timeout | Kind::InUse) => Err(e),
        Err(failure) => {
            let error = failure.into_error();
            let retry = error.kind() == Kind::Full && may_fit(user, &asked)?;
            refuse(user, request, found, &error.to_string(), retry)
        }
    }
}

/// Why a file has not become a segment.
enum Failure {
    Error(Error),
    /// Somebody else may be able to convert it.
    Conversion(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Error(error)
    }
}

impl Failure {
    fn into_error(self) -> Error {
        match self {
            Failure::Error(error) | Failure::Conversion(error) => error,
        }
    }
}

/// A segment with what is in a file, which stays, and what that is for people. In the pool it could not be refused any
/// more, so all of it is looked at before it is sealed.
fn copy(user: &User, name: &str) -> std::result::Result<(Segment, String), Failure> {
    let incoming = user.names.incoming();
    let mut file = incoming.take_in(name)?;
    let failed = |e| Error::io(incoming.path_of(name), e);
    let refused =
        |wrong: &str| Error::new(Kind::Damaged, format!("{} cannot be adopted: {wrong}", incoming.path_of(name)));
    let length = sys::status(file.as_fd()).map_err(failed)?.st_size as u64;
    if length == 0 {
        return Err(refused("it is empty").into());
    }
    let mut writer = Pool::allocate_for(user, length)?;
    for piece in writer.bytes_mut().chunks_mut(PIECE) {
        user.check()?;
        file.read_exact(piece).map_err(|_| refused("it has become shorter: rename it when it is complete"))?;
    }
    if file.read(&mut [0]).map_err(failed)? != 0 {
        return Err(refused("somebody is still writing it: rename it when it is complete").into());
    }
    match Content::of(writer.bytes_mut()) {
        Ok(content) => Ok((writer.seal()?, content.description())),
        Err(Refusal::Damaged(wrong)) => Err(refused(&wrong).into()),
        Err(Refusal::Conversion(what)) => {
            let remedy = "a participant that is a JVM with Arrow's compression could convert it; or write it as an Arrow \
                          IPC file without compression";
            Err(Failure::Conversion(refused(&format!("{what}: {remedy}"))))
        }
    }
}

/// Makes a file a segment; it is gone then. What is refused stays, with the reason beside it.
pub(crate) fn adopt(user: &User, name: &str) -> Result<Segment> {
    let incoming: &Incoming = user.names.incoming();
    let (segment, _) = match copy(user, name).map_err(Failure::into_error) {
        Err(e) if e.kind() == Kind::Damaged => {
            incoming.note(name, Some(&e.to_string()));
            return Err(e);
        }
        other => other?,
    };
    reached(Point::AdoptedFileLeft);
    // Last, and by one adopter only: whoever is killed before leaves the file.
    incoming.delete(name)?;
    incoming.note(name, None);
    Ok(segment)
}
