//! Manifests that this process has read before. A file that has a dataset's name is never written again (FORMAT.md, 10.6):
//! as long as the name leads to the very file that was read, there is nothing else in it. It is kept open meanwhile, so that
//! no other file gets its number.

use crate::error::Result;
use crate::manifest::{self, Manifest};
use crate::sys::{self, Directory};
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MOST: usize = 32;
/// Larger ones are read each time: what is kept takes a multiple of that.
const MOST_BYTES: i64 = 64 << 10;

#[derive(Debug)]
struct Reading {
    /// Open, so that its number is its own.
    _file: File,
    looks: Looks,
    manifest: Arc<Manifest>,
}

/// What tells that nobody has touched a file that is open; which also changes when it is renamed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Looks {
    device: u64,
    number: u64,
    mode: u32,
    user: u32,
    bytes: i64,
    written_at: (i64, i64),
    changed_at: (i64, i64),
}

impl Looks {
    fn of(status: &libc::stat) -> Self {
        Looks {
            device: status.st_dev,
            number: status.st_ino,
            mode: status.st_mode,
            user: status.st_uid,
            bytes: status.st_size,
            written_at: (status.st_mtime, status.st_mtime_nsec),
            changed_at: (status.st_ctime, status.st_ctime_nsec),
        }
    }
}

/// By file name.
#[derive(Debug, Default)]
pub(crate) struct Readings(Mutex<HashMap<String, Reading>>);

impl Readings {
    fn kept(&self) -> MutexGuard<'_, HashMap<String, Reading>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The manifest that a pool of so many slots has in a file.
    pub(crate) fn read(&self, directory: &Directory, name: &str, slots: u64) -> Result<Arc<Manifest>> {
        if self.kept().contains_key(name) {
            let now = directory.look(name)?.as_ref().map(Looks::of);
            let mut kept = self.kept();
            match kept.get(name) {
                Some(reading) if now == Some(reading.looks) => return Ok(reading.manifest.clone()),
                _ => kept.remove(name),
            };
        }
        let (bytes, file, status) = directory.read_open(name, manifest::MOST_BYTES)?;
        let manifest = Arc::new(Manifest::parse(&directory.path_of(name), &bytes, slots)?);
        self.keep(name, file, &status, &manifest);
        Ok(manifest)
    }

    /// Need not be read by this process, which has written it: the file has its name by now.
    pub(crate) fn written(&self, name: &str, file: File, manifest: &Arc<Manifest>) {
        match sys::status(file.as_fd()) {
            Ok(status) => self.keep(name, file, &status, manifest),
            // It is read then.
            Err(_) => self.forget(name),
        }
    }

    fn keep(&self, name: &str, file: File, status: &libc::stat, manifest: &Arc<Manifest>) {
        if status.st_size > MOST_BYTES {
            return;
        }
        let mut kept = self.kept();
        if kept.len() >= MOST
            && !kept.contains_key(name)
            && let Some(any) = kept.keys().next().cloned()
        {
            kept.remove(&any);
        }
        kept.insert(name.to_owned(), Reading { _file: file, looks: Looks::of(status), manifest: manifest.clone() });
    }

    /// Lets go of a file that is deleted, or is to be read by another name.
    pub(crate) fn forget(&self, name: &str) {
        self.kept().remove(name);
    }

    pub(crate) fn forget_all(&self) {
        self.kept().clear();
    }
}
