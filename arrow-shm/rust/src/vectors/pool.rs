//! A pool of the vectors, unpacked where pools are, under a name of its own. It is gone when this is dropped.

use super::{archive, bits, hex, list, number, text};
use crate::directory::Options;
use crate::layout::record;
use crate::sys::{self, Directory, Lock, Locks};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

static FILES: LazyLock<BTreeMap<String, Vec<u8>>> = LazyLock::new(|| archive("pools.zip"));
static COUNT: AtomicU32 = AtomicU32::new(0);

pub(super) struct VectorPool {
    /// A directory of pools of its own.
    parent: PathBuf,
    id: String,
    locks: Vec<Locks>,
}

impl VectorPool {
    const NAME: &str = "p";

    pub(super) fn unpack(pool: &Value) -> VectorPool {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let parent = Path::new("/dev/shm").join(format!("rust-vectors-{}-{count}", std::process::id()));
        let unpacked = VectorPool { parent, id: text(&pool["poolId"]).to_owned(), locks: Vec::new() };
        let make = |path: &Path| DirBuilder::new().mode(0o700).create(path).expect("a directory");
        make(&unpacked.parent);
        make(&unpacked.directory());
        ["slabs", "names", "incoming"].iter().for_each(|name| make(&unpacked.directory().join(name)));
        let prefix = format!("{}/", text(&pool["name"]));
        for (path, bytes) in FILES.iter() {
            match path.strip_prefix(&prefix) {
                Some("pool.json") => {
                    let text = String::from_utf8(bytes.clone()).expect("a description is text");
                    unpacked.write("pool.json", unpacked.filled_in(&text).as_bytes());
                }
                Some(path) => unpacked.write(path, bytes),
                None => {}
            }
        }
        symlink(unpacked.directory().file_name().unwrap(), unpacked.link()).unwrap();
        unpacked
    }

    fn filled_in(&self, text: &str) -> String {
        text.replace("{bootId}", &sys::boot_id().unwrap()).replace("{name}", Self::NAME).replace("{id}", &self.id)
    }

    pub(super) fn write(&self, path: &str, bytes: &[u8]) {
        let path = self.directory().join(path);
        let _ = fs::remove_file(&path);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut file| file.write_all(bytes)).expect("a file");
    }

    pub(super) fn options(&self) -> Options {
        Options::named(Self::NAME).directory(&self.parent).create(false)
    }

    fn link(&self) -> PathBuf {
        self.parent.join(Self::NAME)
    }

    pub(super) fn directory(&self) -> PathBuf {
        self.parent.join(format!(".{}-{}", Self::NAME, self.id))
    }

    /// Locks the bytes of those who live, as they would: each by a description of its own.
    pub(super) fn lock(&mut self, locked: &Value) {
        let directory = Directory::of_everybody(&self.directory()).unwrap();
        for (file, lock) in [("participants", Lock::Exclusive), ("epochs", Lock::Exclusive), ("leases", Lock::Shared)] {
            let locks = Locks::open(&directory, file).unwrap();
            for byte in list(&locked[file]) {
                assert!(locks.try_lock(number(byte), lock).unwrap(), "byte {byte} of {file}");
            }
            self.locks.push(locks);
        }
    }

    /// A file of numbers, as it is now.
    pub(super) fn numbers(&self, path: &str) -> Vec<u64> {
        let bytes = fs::read(self.directory().join(path)).expect(path);
        bytes.chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap())).collect()
    }

    /// What stands in every slot's record, one behind the other in these pools.
    pub(super) fn records(&self) -> Vec<Vec<u64>> {
        self.numbers("registry.cm3").chunks(record::BYTES as usize / 8).map(<[u64]>::to_vec).collect()
    }

    /// Makes it one that is refused.
    pub(super) fn change(&self, change: &Value) {
        if let Some(target) = change["target"].as_str() {
            let target = self.filled_in(target);
            fs::remove_file(self.link()).unwrap();
            symlink(&target, self.link()).unwrap();
            if change["renamed"] == true {
                fs::rename(self.directory(), self.parent.join(target)).unwrap();
            }
            return;
        }
        let path = text(&change["file"]);
        let file = if path.is_empty() { self.directory() } else { self.directory().join(path) };
        if let Some(mode) = change["mode"].as_str() {
            fs::set_permissions(&file, Permissions::from_mode(u32::from_str_radix(mode, 8).unwrap())).unwrap();
        } else if change["absent"] == true {
            fs::remove_file(&file).unwrap();
        } else if change["fifo"] == true {
            fs::remove_file(&file).unwrap();
            let made = std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&file).status().unwrap();
            assert!(made.success());
        } else if change["link"] == true {
            let aside = self.parent.join("aside");
            fs::rename(&file, &aside).unwrap();
            symlink(&aside, &file).unwrap();
        } else if let Some(text) = change["text"].as_str() {
            let spaces = " ".repeat(change["spaces"].as_u64().unwrap_or(0) as usize);
            self.write(path, (self.filled_in(text) + &spaces).as_bytes());
        } else {
            let mut bytes = fs::read(&file).unwrap();
            if change["cut"].is_null() {
                let (at, new) = (number(&change["offset"]) as usize, hex(text(&change["hex"])));
                bytes[at..at + new.len()].copy_from_slice(&new);
            } else {
                bytes.truncate(bytes.len() - number(&change["cut"]) as usize);
            }
            self.write(path, &bytes);
        }
    }
}

impl Drop for VectorPool {
    fn drop(&mut self) {
        self.locks.clear();
        let removed = fs::remove_dir_all(&self.parent);
        if !std::thread::panicking() {
            removed.unwrap();
        }
    }
}

/// A word without the name of who has looked for further holders, which does not matter.
pub(super) fn without_looker(word: u64) -> u64 {
    let further = 0xFFF << 49;
    if word & further == 0 { word } else { word & !further | 1 << 49 }
}

pub(super) fn words(expected: &Value) -> Vec<u64> {
    list(expected).iter().map(|word| without_looker(bits(word))).collect()
}
