//! What tests and the processes that they start have in common: datasets whose content follows from a seed, so that
//! whoever reads one can tell whether all of it is of one publication. Java's tests know the same.
#![allow(dead_code, reason = "each of those that include this uses a part")]

use arrow_shm::{Attributes, Dataset, Error, Kind, Options, Pool, Publication, Segment};
use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::time::{Duration, Instant};

pub const SIZE_BYTES: u64 = 16 << 20;
pub const SLOTS: u32 = 1024;
pub const STORM_NAMES: [&str; 3] = ["storm/a", "storm/b", "c"];
const MOST_SEGMENTS: u64 = 5;
const MOST_ROWS: u64 = 2000;

pub fn options(name: &str) -> Options {
    Options::named(name).size_bytes(SIZE_BYTES).slots(SLOTS)
}

pub fn rows(seed: u64) -> u64 {
    1 + seed % MOST_ROWS
}

pub fn segments(seed: u64) -> u64 {
    1 + seed % MOST_SEGMENTS
}

/// An .npy file of so many `<i8`: seed, seed + 1 …
pub fn npy(seed: u64) -> Vec<u8> {
    let rows = rows(seed);
    let header = format!("{{'descr': '<i8', 'fortran_order': False, 'shape': ({rows},), }}");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    let padded = (10 + header.len() + 1).next_multiple_of(64) - 10;
    bytes.extend((padded as u16).to_le_bytes());
    bytes.extend(format!("{header:<width$}\n", width = padded - 1).into_bytes());
    bytes.extend((0..rows).flat_map(|i| (seed + i).to_le_bytes()));
    bytes
}

pub fn write(pool: &Pool, seed: u64) -> Result<Segment, Error> {
    pool.put(&npy(seed))
}

/// Whether the numbers of a seed are in it, whatever is around them: an .npy file, an Arrow tensor or an Arrow file.
pub fn is_right(segment: &Segment, seed: u64) -> bool {
    let bytes = segment.bytes().expect("it is sealed");
    let numbers: Vec<u64> = bytes.chunks_exact(8).map(|chunk| u64::from_le_bytes(chunk.try_into().unwrap())).collect();
    let expected: Vec<u64> = (0..rows(seed)).map(|i| seed + i).collect();
    numbers.windows(expected.len()).any(|window| window == expected)
}

pub fn publication(pool: &Pool, seed: u64) -> Result<Publication, Error> {
    let mut attributes = Attributes::new();
    attributes.insert("seed".to_owned(), seed.into());
    let mut publication = Publication::new().attributes(attributes);
    for i in 0..segments(seed) {
        let segment = write(pool, seed)?;
        let description = format!("<i8 [{}]", rows(seed));
        publication = publication.segment(format!("s{i}"), &segment, description, Attributes::new());
    }
    Ok(publication)
}

/// What is there, if it is all of one publication.
pub fn check(dataset: &Dataset) -> String {
    let seed = dataset.attributes()["seed"].as_u64().expect("a seed");
    let is_whole = dataset.segments().len() as u64 == segments(seed);
    if is_whole && dataset.segments().all(|(_, segment)| is_right(segment, seed)) {
        format!("seed {seed}")
    } else {
        format!("MIXED {seed}")
    }
}

pub fn is_allowed(result: Result<(), Error>, kinds: &[Kind]) -> Result<(), Error> {
    match result {
        Err(e) if kinds.contains(&e.kind()) => Ok(()),
        other => other,
    }
}

/// Numbers that look like chance and follow from a seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Random(seed)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (bits ^ bits >> 31) % bound
    }
}

/// Waits until something is so, and says what if it never is.
pub fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < until, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Locks of the places of a pool that have the shorter way, so that whoever joins has its bits in the records (3.9).
pub struct TakenPlaces(#[allow(dead_code, reason = "its lock falls with it")] File);

impl TakenPlaces {
    pub fn of(directory: &Path) -> Self {
        let path = directory.join("participants");
        let file = File::options().read(true).write(true).open(&path).expect("participants");
        eventually("the places are free", || lock(&file, libc::F_WRLCK, 0, 24));
        TakenPlaces(file)
    }
}

/// Whether bytes of a file could be locked by its open file description.
pub fn lock(file: &File, kind: i32, start: u64, bytes: u64) -> bool {
    // SAFETY: a structure of numbers, of which zero is one.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    (lock.l_type, lock.l_start, lock.l_len) = (kind as i16, start as i64, bytes as i64);
    // SAFETY: the descriptor is open, and the structure lives until the call returns.
    unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &mut lock) == 0 }
}

/// A child that goes on without a program of its own, and does nothing until it is killed.
pub fn fork_and_pause() -> i32 {
    // SAFETY: the child only waits, and never returns.
    match unsafe { libc::fork() } {
        0 => loop {
            // SAFETY: it has no preconditions.
            unsafe { libc::pause() };
        },
        child => child,
    }
}
