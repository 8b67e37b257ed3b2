//! A pool in whose files single words were written over, and in which everything is done then. An input is a list of
//! changes of 11 bytes: which file, which of its words, the word.
#![no_main]

use arrow_shm::{Options, Pool, Publication};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const CHANGE_BYTES: usize = 11;
const WORD_BYTES: usize = 8;

/// A directory of pools of its own, which is gone when this is dropped.
struct Directory(PathBuf);

impl Directory {
    fn new(what: &str) -> Directory {
        let path = Path::new("/dev/shm").join(format!("fuzz-{what}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        DirBuilder::new().mode(0o700).create(&path).expect("a directory");
        Directory(path)
    }

    fn options(&self) -> Options {
        Options::named("p").directory(&self.0).size_bytes(4 << 20).slots(16)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).expect("nobody else removes it");
    }
}

/// A file of the pool that is copied for each input, and its path below the pool's directory.
struct Original {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// The files of a pool in which there are arrays, held by names, and something that the dead have left.
struct Template {
    directory: PathBuf,
    files: Vec<Original>,
}

static TEMPLATE: LazyLock<Template> = LazyLock::new(|| {
    let parent = Directory::new("template");
    let pool = Pool::open(&parent.options()).expect("a pool");
    let segment = pool.put(include_bytes!("pool.rs")).expect("a segment");
    for name in ["run/1", "run/2"] {
        let publication = Publication::new().persistent(true).segment("a", &segment, "text", Default::default());
        pool.publish(name, publication).expect("a dataset");
    }
    let epoch = pool.open_epoch("fuzz").expect("an epoch");
    let _outgoing = epoch.open_channel().expect("a channel");
    segment.send(&epoch).expect("a reference");
    let directory = pool.directory();
    let mut files = Vec::new();
    for below in ["", "slabs", "names"] {
        let entries = fs::read_dir(directory.join(below)).expect("a directory");
        let paths = entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file());
        files.extend(paths.map(|path| Original {
            bytes: fs::read(&path).expect("a file"),
            path: path.strip_prefix(&directory).expect("a path below").to_owned(),
        }));
    }
    files.sort_unstable_by(|one, other| one.path.cmp(&other.path));
    Template { directory: directory.file_name().expect("a name").into(), files }
});

impl Template {
    /// Lays the files down anew in a directory of pools.
    fn copy(&self, parent: &Directory) -> PathBuf {
        let directory = parent.0.join(&self.directory);
        for below in ["", "slabs", "names", "incoming"] {
            DirBuilder::new().mode(0o700).create(directory.join(below)).expect("a directory");
        }
        std::os::unix::fs::symlink(&self.directory, parent.0.join("p")).expect("a link");
        for original in &self.files {
            let path = directory.join(&original.path);
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).expect("a file");
            file.set_len(original.bytes.len() as u64).expect("a length");
            write_what_is_not_zero(&file, &original.bytes);
        }
        directory
    }
}

/// Most of a pool is zeros, which need not be written.
fn write_what_is_not_zero(file: &File, bytes: &[u8]) {
    for (i, page) in bytes.chunks(4096).enumerate() {
        if page.iter().any(|&byte| byte != 0) {
            file.write_all_at(page, i as u64 * 4096).expect("a page");
        }
    }
}

fn change(directory: &Path, files: &[Original], change: &[u8]) {
    let file = &files[change[0] as usize % files.len()];
    let words = file.bytes.len().div_ceil(WORD_BYTES).max(1);
    let word = usize::from(u16::from_le_bytes([change[1], change[2]])) % words;
    let Ok(file) = OpenOptions::new().write(true).open(directory.join(&file.path)) else { return };
    let end = file.metadata().expect("a length").size();
    let at = (word * WORD_BYTES) as u64;
    let length = end.saturating_sub(at).min(WORD_BYTES as u64) as usize;
    file.write_all_at(&change[3..3 + length], at).expect("a word");
}

/// Does what users do; every error is one.
fn use_all(pool: &Pool) {
    let _ = pool.verify(true);
    let _ = pool.participants();
    for dataset in pool.datasets().unwrap_or_default() {
        if let Ok(dataset) = pool.dataset(&dataset) {
            dataset.segments().for_each(|(_, segment)| drop(segment.array()));
        }
        let _ = pool.delete(&dataset);
    }
    for bytes in [10, 5_000, 100_000] {
        if let Ok(segment) = pool.put(&vec![1; bytes]) {
            assert_eq!(segment.bytes().map(<[u8]>::len), Some(bytes));
        }
    }
    if let Ok(epoch) = pool.open_epoch("fuzz") {
        let _ = epoch.open_channel();
        let sent = pool.put(b"sent").and_then(|segment| segment.send(&epoch));
        let _ = sent.and_then(|reference| pool.receive(reference));
    }
}

libfuzzer_sys::fuzz_target!(|changes: &[u8]| {
    let parent = Directory::new("pool");
    let directory = TEMPLATE.copy(&parent);
    changes.chunks_exact(CHANGE_BYTES).take(8).for_each(|one| change(&directory, &TEMPLATE.files, one));
    if let Ok(pool) = Pool::open(&parent.options().create(false)) {
        use_all(&pool);
    }
});
