//! Pools as directories: found, made, removed (FORMAT.md, sections 1 and 2).

use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::json::{self, Fields, MOST};
use crate::layout::{self, FORMAT_VERSION, MOST_SLOTS, channel, epoch, names_lock, participant, record, table};
use crate::manifest;
use crate::sys::{self, Access, Directory, Lock, Locks, PATIENCE};
use serde_json::json;
use std::ffi::OsString;
use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const MOST_DESCRIPTION: u64 = 64 << 10;
const DEFAULT_MOST_BYTES: u64 = 4 << 30;

/// Where a pool is, and how it is made if there is none.
#[derive(Clone, Debug)]
pub struct Options {
    pub(crate) name: String,
    pub(crate) directory: PathBuf,
    pub(crate) size_bytes: Option<u64>,
    pub(crate) slots: u32,
    pub(crate) checksums: bool,
    pub(crate) create: bool,
}

impl Options {
    /// A pool of this name in `$ARROW_SHM_DIR`, or else in `/dev/shm`.
    pub fn named(name: impl Into<String>) -> Self {
        let directory = std::env::var_os("ARROW_SHM_DIR").filter(|text| !text.is_empty());
        Options {
            name: name.into(),
            directory: directory.map_or_else(|| PathBuf::from("/dev/shm"), PathBuf::from),
            size_bytes: None,
            slots: 1 << 16,
            checksums: false,
            create: true,
        }
    }

    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// Bytes that all segments of a new pool may take; by default a quarter of what the file system has left, and at
    /// most 4 GiB.
    pub fn size_bytes(mut self, bytes: u64) -> Self {
        self.size_bytes = Some(bytes);
        self
    }

    /// How many segments a new pool may have, at most 2^24.
    pub fn slots(mut self, slots: u32) -> Self {
        self.slots = slots;
        self
    }

    /// Whether sealed segments of a new pool have a checksum.
    pub fn checksums(mut self, checksums: bool) -> Self {
        self.checksums = checksums;
        self
    }

    /// Whether a pool that is not there is made.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }
}

/// `pool.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Description {
    pub(crate) pool_id: u64,
    pub(crate) boot_id: String,
    pub(crate) size_bytes: u64,
    pub(crate) slots: u64,
    pub(crate) checksums: bool,
}

impl Description {
    fn parse(source: &str, bytes: &[u8]) -> Result<Description> {
        let read = || -> std::result::Result<Result<Description>, String> {
            let mut fields = Fields::of("it", json::parse(bytes)?)?;
            let version = fields.whole("formatVersion", 0, MOST)?;
            if version != FORMAT_VERSION {
                let message = format!(
                    "{source} has format version {version}, this library reads {FORMAT_VERSION}: use a library of that \
                     version, or remove the pool"
                );
                return Ok(Err(Error::new(Kind::Version, message)));
            }
            let description = Description {
                pool_id: fields.bits("poolId")?,
                boot_id: fields.text("bootId")?,
                size_bytes: fields.whole("sizeBytes", 1, MOST)?,
                slots: fields.whole("slots", 1, MOST_SLOTS)?,
                checksums: fields.truth("checksums")?,
            };
            fields.end()?;
            Ok(Ok(description))
        };
        let damaged = |wrong| Error::new(Kind::Damaged, format!("{source} is damaged: {wrong}. Remove the pool"));
        read().map_err(damaged)?
    }

    fn to_bytes(&self) -> Vec<u8> {
        let value = json!({
            "formatVersion": FORMAT_VERSION,
            "poolId": format!("{:016x}", self.pool_id),
            "bootId": self.boot_id,
            "sizeBytes": self.size_bytes,
            "slots": self.slots,
            "checksums": self.checksums,
        });
        value.to_string().into_bytes()
    }
}

fn check_name(name: &str) -> Result<()> {
    let is_right = (1..=100).contains(&name.len())
        && !name.starts_with('.')
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    if is_right {
        return Ok(());
    }
    let message =
        format!("no pool can be called {name:?}: a name has 1 to 100 of A-Z a-z 0-9 . _ - and does not begin with '.'");
    Err(Error::new(Kind::Invalid, message))
}

/// The id in a pool directory's name, if it is one of the pool of this name.
fn id_in(target: &str, name: &str) -> Option<u64> {
    json::hexadecimal(target.strip_prefix('.')?.strip_prefix(name)?.strip_prefix('-')?)
}

/// Names of the pools of this user.
pub fn pools(directory: &Path) -> Result<Vec<String>> {
    let parent = Directory::of_everybody(directory)?;
    let mut pools: Vec<String> = parent.names()?;
    // What fails here is no pool, or is not this user's, and hides no other one.
    pools.retain(|name| check_name(name).is_ok() && matches!(find(&parent, name), Ok(Some(_))));
    pools.sort_unstable();
    Ok(pools)
}

/// An existing pool's directory; nothing if there is none.
fn find(parent: &Directory, name: &str) -> Result<Option<(Directory, Description)>> {
    let Some(target) = parent.link(name)? else { return Ok(None) };
    let Some(id) = id_in(&target, name) else {
        let message = format!("{} leads to {target:?}, which is no pool's directory", parent.path_of(name));
        return Err(Error::new(Kind::Untrusted, message));
    };
    describe(parent, name, &target, id)
}

/// The pool of this name and with this id in its directory; nothing if there is none.
fn describe(parent: &Directory, name: &str, target: &str, id: u64) -> Result<Option<(Directory, Description)>> {
    let directory = match parent.directory(target) {
        Err(e) if e.kind() == Kind::Absent => return Ok(None),
        other => other?,
    };
    let bytes = match directory.read(layout::DESCRIPTION, MOST_DESCRIPTION) {
        // Whoever removes a pool deletes its link first.
        Err(e) if e.kind() == Kind::Absent && parent.link(name)?.as_deref() != Some(target) => return Ok(None),
        Err(e) if e.kind() == Kind::Absent => return Err(damaged(name, &e)),
        other => other?,
    };
    let source = directory.path_of(layout::DESCRIPTION);
    let description = Description::parse(&source, &bytes)?;
    if description.pool_id != id {
        let message = format!("{source} is that of the pool {:016x}: somebody has renamed it", description.pool_id);
        return Err(Error::new(Kind::Untrusted, message));
    }
    Ok(Some((directory, description)))
}

/// The pool whose own directory this is, whatever its name leads to by now.
pub(crate) fn open_at(path: &Path) -> Result<(Directory, Description)> {
    let gone = || Error::new(Kind::Stale, format!("the pool in {} is gone: somebody has removed it", path.display()));
    let target = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let name = target.strip_prefix('.').and_then(|rest| rest.rsplit_once('-')).map_or("", |(name, _)| name);
    let (Some(parent), Some(id)) = (path.parent(), id_in(target, name)) else {
        return Err(Error::new(Kind::Invalid, format!("{} is no pool's directory", path.display())));
    };
    let found = Directory::of_everybody(parent).and_then(|parent| describe(&parent, name, target, id));
    match found {
        Err(e) if e.kind() == Kind::Absent => Err(gone()),
        other => other?.ok_or_else(gone),
    }
}

/// Where a pool's name leads to now.
pub(crate) fn target(options: &Options) -> Option<OsString> {
    let target = Directory::of_everybody(&options.directory).and_then(|parent| parent.link(&options.name));
    target.ok().flatten().map(OsString::from)
}

/// A pool's directory, which is made if there is none and that is wanted.
pub(crate) fn open(options: &Options) -> Result<(Directory, Description)> {
    check_name(&options.name)?;
    let parent = Directory::of_everybody(&options.directory)?;
    if let Some(found) = find(&parent, &options.name)? {
        return Ok(found);
    }
    if !options.create {
        let message = format!("there is no pool {:?} in {}", options.name, options.directory.display());
        return Err(Error::new(Kind::Absent, message));
    }
    let lock = NameLock::take(&parent, &options.name)?;
    let found = match find(&parent, &options.name)? {
        Some(found) => found,
        None => make(&parent, options)?,
    };
    drop(lock);
    Ok(found)
}

/// Tells what is missing in a pool that is there, which is damage, from a pool that was removed while it was opened, which is
/// nothing: its files disappear one after the other, and nobody can join it (1.6).
pub(crate) fn why<T>(options: &Options, pool_id: u64, error: Error) -> Result<Option<T>> {
    match leads_to(options, pool_id) {
        Ok(false) => Ok(None),
        Ok(true) if error.kind() == Kind::Absent => Err(damaged(&options.name, &error)),
        _ => Err(error),
    }
}

fn damaged(name: &str, what: &Error) -> Error {
    Error::new(Kind::Damaged, format!("the pool {name:?} is damaged: {what}"))
}

/// Whether a pool's link leads to the pool of that id.
fn leads_to(options: &Options, pool_id: u64) -> Result<bool> {
    let parent = Directory::of_everybody(&options.directory)?;
    Ok(parent.link(&options.name)?.and_then(|target| id_in(&target, &options.name)) == Some(pool_id))
}

/// The lock under which what a name means is changed (1.3); its file is deleted last of all.
struct NameLock<'a> {
    parent: &'a Directory,
    name: String,
    _file: File,
}

impl<'a> NameLock<'a> {
    fn take(parent: &'a Directory, pool: &str) -> Result<Self> {
        let name = format!(".{pool}.lock");
        let until = Instant::now() + PATIENCE;
        loop {
            let file = parent.open_or_create(&name)?;
            let failed = |e| Error::io(parent.path_of(&name), e);
            if sys::try_lock_file(&file).map_err(failed)? {
                let own = sys::status(file.as_fd()).map_err(failed)?;
                let current = parent.look(&name)?;
                if current.is_some_and(|current| sys::is_same(&current, &own)) {
                    return Ok(NameLock { parent, name, _file: file });
                }
                continue;
            }
            if Instant::now() > until {
                let message = format!(
                    "the lock {} was not to be had within {} s: a process that makes or removes this pool hangs, or \
                     stands still; end it",
                    parent.path_of(&name),
                    PATIENCE.as_secs()
                );
                return Err(Error::new(Kind::Timeout, message));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for NameLock<'_> {
    fn drop(&mut self) {
        // What is left serves the next one as well.
        let _ = self.parent.remove(&self.name);
    }
}

// ---- Making ----

fn make(parent: &Directory, options: &Options) -> Result<(Directory, Description)> {
    let slots = u64::from(options.slots);
    if !(1..=MOST_SLOTS).contains(&slots) {
        let message = format!("a pool of {slots} slots cannot be made: 1 to {MOST_SLOTS} are allowed");
        return Err(Error::new(Kind::Invalid, message));
    }
    let free = parent.free_bytes()?;
    let size_bytes = options.size_bytes.unwrap_or((free / 4).clamp(1, DEFAULT_MOST_BYTES));
    if !(1..=MOST).contains(&size_bytes) {
        let message = format!("a pool of {size_bytes} bytes cannot be made: 1 to {MOST} are allowed");
        return Err(Error::new(Kind::Invalid, message));
    }
    let description = Description {
        pool_id: sys::random()?,
        boot_id: sys::boot_id()?,
        size_bytes,
        slots,
        checksums: options.checksums,
    };
    remove_leftovers(parent, &options.name)?;
    let target = format!(".{}-{:016x}", options.name, description.pool_id);
    let built = parent.make_directory(&target).and_then(|directory| {
        reached(Point::PoolDirectoryMade);
        build(&directory, &description)?;
        reached(Point::PoolWithoutLink);
        // A link that leads nowhere is of a pool that was being removed.
        if parent.link(&options.name)?.is_some() {
            parent.remove(&options.name)?;
        }
        parent.make_link(&options.name, &target)?;
        Ok(directory)
    });
    if built.is_err() {
        // What cannot be removed now the next one removes who makes this pool.
        let _ = remove_directory(parent, &target);
    }
    Ok((built?, description))
}

fn build(directory: &Directory, description: &Description) -> Result<()> {
    let slots = description.slots;
    let slabs = directory.make_directory(layout::SLABS)?;
    let names = directory.make_directory(layout::NAMES)?;
    directory.make_directory(layout::INCOMING)?;
    for (directory, name, bytes) in [
        (directory, layout::REGISTRY, record::BYTES * slots),
        (directory, layout::RECORDS, 8 * (slots + 1)),
        (directory, layout::GENERATIONS, 8 * slots),
        (directory, layout::HINTS, 8 * slots.div_ceil(64)),
        (directory, layout::LEASES, 8),
        (directory, layout::PARTICIPANTS, u64::from(participant::COUNT) * participant::BYTES),
        (directory, layout::EPOCHS, epoch::COUNT * epoch::BYTES),
        (directory, layout::CHANNELS, channel::COUNT * channel::BYTES),
        (&slabs, layout::SLAB_TABLE, table::PLACES + 8 * slots),
        (&names, layout::NAMES_LOCK, names_lock::BYTES),
    ] {
        let file = directory.create(name)?;
        sys::give_memory(&file, 0, bytes)
            .map_err(|e| Error::io(format_args!("no memory for {}", directory.path_of(name)), e))?;
    }
    let mut records: Vec<u8> = (0..slots).flat_map(|slot| (slot * record::BYTES).to_le_bytes()).collect();
    let sum = u64::from(crc32c::crc32c(&records));
    records.extend(sum.to_le_bytes());
    let mut file = directory.open(layout::RECORDS, Access::Write)?;
    file.write_all(&records).map_err(|e| Error::io(directory.path_of(layout::RECORDS), e))?;
    reached(Point::PoolWithoutDescription);
    directory.write(layout::DESCRIPTION, &description.to_bytes()).map(|_| ())
}

// ---- Removing ----

/// Removes a pool that nobody has open; whether there was one.
pub fn remove(options: &Options) -> Result<bool> {
    check_name(&options.name)?;
    let parent = Directory::of_everybody(&options.directory)?;
    let _lock = NameLock::take(&parent, &options.name)?;
    let Some(target) = parent.link(&options.name)? else {
        remove_leftovers(&parent, &options.name)?;
        return Ok(false);
    };
    if id_in(&target, &options.name).is_none() {
        let message = format!("{} leads to {target:?}, which is no pool's directory", parent.path_of(&options.name));
        return Err(Error::new(Kind::Untrusted, message));
    }
    let places = match parent.directory(&target) {
        Err(e) if e.kind() == Kind::Absent => None,
        Err(e) => return Err(e),
        Ok(directory) => {
            let places = all_places(&directory)?;
            // Nobody would find the memory of what has to stay without its link.
            require_nothing_else(&directory)?;
            Some(places)
        }
    };
    parent.remove(&options.name)?;
    reached(Point::PoolLinkRemoved);
    if places.is_some() {
        remove_directory(&parent, &target)?;
    }
    remove_leftovers(&parent, &options.name)?;
    Ok(places.is_some())
}

/// Removes the pool in this directory of its own if the caller, who has this place, is the last in it, and there is
/// nothing in it for anybody else: no dataset, and nothing that is to be adopted. Whether it is gone. What the caller has
/// mapped stays. It leaves under the name's lock, so that of two who end at the same time the later one is the last.
pub(crate) fn remove_unused(directory: &Directory, name: &str, own: u32, leave: impl FnOnce()) -> Result<bool> {
    let (Some(parent), Some(target)) = (directory.path().parent(), directory.path().file_name()) else {
        return Ok(false);
    };
    let (parent, target) = (Directory::of_everybody(parent)?, target.to_string_lossy());
    let _lock = NameLock::take(&parent, name)?;
    let removed = remove_if_last(&parent, &target, directory, name, own);
    leave();
    removed
}

fn remove_if_last(parent: &Directory, target: &str, directory: &Directory, name: &str, own: u32) -> Result<bool> {
    if parent.link(name)?.as_deref() != Some(target) {
        return Ok(false);
    }
    let _places = match places(directory, Some(own)) {
        Err(e) if e.kind() == Kind::InUse => return Ok(false),
        other => other?,
    };
    let names = directory.directory(layout::NAMES)?.names()?;
    let is_named = names.iter().any(|file| manifest::dataset_of(file).is_some());
    if is_named || !directory.directory(layout::INCOMING)?.names()?.is_empty() {
        return Ok(false);
    }
    parent.remove(name)?;
    remove_directory(parent, target)?;
    Ok(true)
}

/// The locks of all places, so that nobody has joined and nobody can.
fn all_places(directory: &Directory) -> Result<Locks> {
    places(directory, None)
}

/// The locks of all places but the caller's own.
fn places(directory: &Directory, own: Option<u32>) -> Result<Locks> {
    let places = Locks::open(directory, layout::PARTICIPANTS)?;
    for index in (0..participant::COUNT).filter(|&index| Some(index) != own) {
        if !places.try_lock(u64::from(index), Lock::Exclusive)? {
            let message = format!(
                "participant {index} has the pool {} open: see with `arrow-shm who` which process that is, and end it",
                directory.path().display()
            );
            return Err(Error::new(Kind::InUse, message));
        }
    }
    Ok(places)
}

/// Deletes what killed processes have left of pools of this name; under the name's lock.
fn remove_leftovers(parent: &Directory, name: &str) -> Result<()> {
    let current = parent.link(name).ok().flatten();
    for target in parent.names()? {
        if id_in(&target, name).is_none() || current.as_ref() == Some(&target) {
            continue;
        }
        // What somebody else has put there, or works in, stays.
        if let Ok(directory) = parent.directory(&target) {
            let places = match directory.look(layout::PARTICIPANTS) {
                Ok(Some(_)) => all_places(&directory).map(Some),
                other => other.map(|_| None),
            };
            if places.is_ok() {
                let _ = remove_directory(parent, &target);
            }
        }
    }
    Ok(())
}

const FILES: [&str; 9] = [
    layout::DESCRIPTION,
    layout::REGISTRY,
    layout::RECORDS,
    layout::GENERATIONS,
    layout::HINTS,
    layout::LEASES,
    layout::EPOCHS,
    layout::CHANNELS,
    layout::PARTICIPANTS,
];
const DIRECTORIES: [&str; 3] = [layout::SLABS, layout::NAMES, layout::INCOMING];

/// An error if something is in a directory that no pool has (1.7).
fn require_nothing_else(directory: &Directory) -> Result<()> {
    let refuse = |directory: &Directory, name: &str| {
        let message = format!(
            "{} is in no pool's directory, so the pool is not removed: look what it is, and delete it by hand",
            directory.path_of(name)
        );
        Err(Error::new(Kind::Untrusted, message))
    };
    for name in directory.names()? {
        let is_directory = directory.is_directory(&name)?;
        if is_directory != DIRECTORIES.contains(&&*name) || is_directory == FILES.contains(&&*name) {
            return refuse(directory, &name);
        }
        if is_directory {
            let below = directory.directory(&name)?;
            for file in below.names()? {
                if below.is_directory(&file)? {
                    return refuse(&below, &file);
                }
            }
        }
    }
    Ok(())
}

/// Deletes a pool's directory, in which there is nothing but what a pool has.
fn remove_directory(parent: &Directory, target: &str) -> Result<()> {
    let directory = parent.directory(target)?;
    require_nothing_else(&directory)?;
    let names = directory.names()?;
    let is_there = |name: &&&str| names.iter().any(|other| other == **name);
    // First: without it nobody takes the rest for a pool.
    if is_there(&&layout::DESCRIPTION) {
        directory.remove(layout::DESCRIPTION)?;
    }
    for name in DIRECTORIES.iter().filter(is_there) {
        let below = directory.directory(name)?;
        for file in below.names()? {
            below.remove(&file)?;
            reached(Point::PoolFileRemoved);
        }
        directory.remove_directory(name)?;
    }
    for file in FILES.iter().skip(1).filter(is_there) {
        directory.remove(file)?;
    }
    if directory.is_still(parent, target)? { parent.remove_directory(target) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read_as_it_is_written_and_nothing_else_is() {
        let description = Description {
            pool_id: 0xFEDC_BA98_7654_3210,
            boot_id: "boot".to_owned(),
            size_bytes: 1 << 30,
            slots: 64,
            checksums: true,
        };
        let text = String::from_utf8(description.to_bytes()).unwrap();
        assert_eq!(Description::parse("d", text.as_bytes()).unwrap(), description);
        for (from, to, kind) in [
            ("\"formatVersion\":2", "\"formatVersion\":1", Kind::Version),
            ("fedcba", "FEDCBA", Kind::Damaged),
            ("\"slots\":64", "\"slots\":0", Kind::Damaged),
            ("\"slots\":64", "\"slots\":64,\"slots\":64", Kind::Damaged),
            ("\"slots\":64", "\"slots\":64,\"other\":64", Kind::Damaged),
            ("true", "1", Kind::Damaged),
            ("{", "", Kind::Damaged),
        ] {
            assert!(text.contains(from), "{from} in {text}");
            let kind_found = Description::parse("d", text.replacen(from, to, 1).as_bytes()).unwrap_err().kind();
            assert_eq!(kind_found, kind, "{from} -> {to}");
        }
    }

    #[test]
    fn names_of_pools_are_those_of_the_format() {
        for name in ["a", "A-b_c.1", &"x".repeat(100)] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", ".a", "a/b", "ä", "a b", &"x".repeat(101)] {
            assert_eq!(check_name(name).unwrap_err().kind(), Kind::Invalid, "{name}");
        }
        assert_eq!(id_in(".a-0123456789abcdef", "a"), Some(0x0123_4567_89ab_cdef));
        assert_eq!(id_in(".a-b-0123456789abcdef", "a"), None);
        assert_eq!(id_in(".a-0123456789abcdeF", "a"), None);
    }
}
