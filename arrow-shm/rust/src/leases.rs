//! Reading segments, and writing what is shared, without a place among the participants (FORMAT.md, section 9).

use crate::directory;
use crate::error::{Error, Kind, Result};
use crate::fork::{Era, undisturbed};
use crate::layout::{self, WRITERS, record};
use crate::parcels::Post;
use crate::slabs::{Block, Slabs};
use crate::slots::Slots;
use crate::sys::{Access, Directory, Lock, Locks};
use crate::word::{Actor, State};
use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::{Ordering, fence};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// One for each pool that this process reads without having joined it.
static READERS: Mutex<Vec<Arc<Reader>>> = Mutex::new(Vec::new());
/// Posts whose leases a reader keeps, since one who sends something sends more.
const MOST_POSTS: usize = 16;

/// What all leases of this process in one pool have in common.
pub(crate) struct Reader {
    directory: Directory,
    era: Era,
    slots: Slots,
    slabs: Slabs,
    leases: Mutex<Leases>,
    posts: Mutex<Vec<Arc<Post>>>,
}

/// Locks of one description merge, so they are counted (9.7).
struct Leases {
    locks: Locks,
    counts: HashMap<u64, u64>,
}

impl Leases {
    fn take(&mut self, byte: u64, what: &str) -> Result<()> {
        if !self.counts.contains_key(&byte) {
            self.locks.lock(byte, Lock::Shared, what)?;
        }
        *self.counts.entry(byte).or_insert(0) += 1;
        Ok(())
    }

    fn give_back(&mut self, byte: u64) {
        let Some(count) = self.counts.get_mut(&byte) else { return };
        *count -= 1;
        if *count == 0 {
            self.counts.remove(&byte);
            // A lock that cannot be given back falls with the descriptor.
            let _ = self.locks.unlock(byte);
        }
    }
}

impl Reader {
    /// The reader of the pool in this directory, its own and not that of all pools.
    pub(crate) fn of(path: &Path) -> Result<Arc<Reader>> {
        let find = || {
            let readers = READERS.lock().unwrap_or_else(PoisonError::into_inner);
            readers.iter().find(|reader| !reader.era.is_over() && reader.directory.path() == path).cloned()
        };
        if let Some(reader) = undisturbed(find) {
            return Ok(reader);
        }
        let made = Arc::new(Reader::open(path)?);
        let all = undisturbed(|| std::mem::take(&mut *READERS.lock().unwrap_or_else(PoisonError::into_inner)));
        // What is not read from any more goes with its pool, and what a forked child has found with its parent.
        let (mut kept, gone): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|reader| !reader.era.is_over() && (Arc::strong_count(reader) > 1 || reader.is_there()));
        kept.push(made.clone());
        undisturbed(|| READERS.lock().unwrap_or_else(PoisonError::into_inner).append(&mut kept));
        drop(gone);
        Ok(made)
    }

    fn open(path: &Path) -> Result<Reader> {
        let era = Era::now();
        let (directory, description) = directory::open_at(path)?;
        // It allocates nothing, so it is nobody in particular.
        let slabs = Slabs::open(&directory, description.slots, description.size_bytes, Actor::NO_PARTICIPANT, 0)?;
        let leases = Leases { locks: Locks::open(&directory, layout::LEASES)?, counts: HashMap::new() };
        Ok(Reader {
            era,
            slots: Slots::open(&directory, description.slots)?,
            slabs,
            leases: Mutex::new(leases),
            posts: Mutex::default(),
            directory,
        })
    }

    fn is_there(&self) -> bool {
        matches!(self.directory.look(layout::DESCRIPTION), Ok(Some(_)))
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the readers of this process may read, and write.
    pub(crate) fn all_leased() -> Vec<(Directory, Vec<(u32, bool)>)> {
        let readers: Vec<Arc<Reader>> = undisturbed(|| READERS.lock().unwrap_or_else(PoisonError::into_inner).clone());
        let leased = readers.iter().filter(|reader| !reader.era.is_over()).filter_map(|reader| {
            let leases = reader.leases();
            let slots = leases.counts.keys().filter(|&&byte| byte < WRITERS);
            let slots = slots.map(|&byte| (byte as u32, leases.counts.contains_key(&(WRITERS + byte)))).collect();
            Some((reader.directory.again().ok()?, slots))
        });
        leased.collect()
    }

    /// A lease on what a holder, or who has a lease itself, has told of; with the post of who has.
    pub(crate) fn lease(self: &Arc<Self>, slot: u32, generation: u64, post: Option<Arc<Post>>) -> Result<Lease> {
        if slot >= self.slots.count() || self.slots.generation(slot) != generation {
            return Err(stale(slot, generation));
        }
        let byte = u64::from(slot);
        let mut leases = self.leases();
        leases.take(byte, "the lease of a segment")?;
        let mut leased = Taken { leases, bytes: vec![byte] };
        fence(Ordering::SeqCst);
        if self.slots.generation(slot) != generation {
            return Err(stale(slot, generation));
        }
        let is_shared = self.slots.word(slot).is(State::Mutable);
        if is_shared {
            leased.leases.take(WRITERS + byte, "the right to write a segment, which is being sealed,")?;
            leased.bytes.push(WRITERS + byte);
        }
        let word = self.slots.word(slot);
        // What nobody claims any more is right still, but not for long: it is refused at once, and not by chance.
        if !word.is_readable() {
            return Err(stale(slot, generation));
        }
        let is_writable = is_shared && word.is(State::Mutable) && word.is_lent();
        if is_shared && !is_writable {
            leased.bytes.pop();
            leased.leases.give_back(WRITERS + byte);
        }
        let bytes = self.slots.field(slot, record::LENGTH).load(Ordering::SeqCst);
        let block = self.slabs.block(slot, bytes)?;
        leased.bytes.clear();
        drop(leased);
        let reader = self.clone();
        Ok(Lease(Arc::new(Leased { reader, slot, generation, is_writable, bytes, block, post })))
    }

    /// The post at which it is to be said that something has arrived.
    pub(crate) fn post(self: &Arc<Self>, slot: u32, generation: u64) -> Result<Arc<Post>> {
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(post) = posts.iter().find(|post| post.is(slot, generation)) {
            return Ok(post.clone());
        }
        let post = Arc::new(Post::leased(self.lease(slot, generation, None)?));
        if posts.len() == MOST_POSTS {
            posts.remove(0);
        }
        posts.push(post.clone());
        Ok(post)
    }
}

/// Locks that are given back unless they are to be kept.
struct Taken<'a> {
    leases: MutexGuard<'a, Leases>,
    bytes: Vec<u64>,
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        for &byte in &self.bytes {
            self.leases.give_back(byte);
        }
    }
}

pub(crate) fn stale(slot: u32, generation: u64) -> Error {
    let message = format!(
        "slot {slot}, generation {generation}, is gone: nobody holds it any more. What is sent stays until it has \
         arrived once, as long as who has sent it lives and has the pool open; keep it there for longer, or give it a name"
    );
    Error::new(Kind::Stale, message)
}

struct Leased {
    reader: Arc<Reader>,
    slot: u32,
    generation: u64,
    is_writable: bool,
    bytes: u64,
    block: Block,
    post: Option<Arc<Post>>,
}

// SAFETY: the memory lies in a mapping that lives as long as this, and is read, or written as what is shared is.
unsafe impl Send for Leased {}
// SAFETY: as above.
unsafe impl Sync for Leased {}

impl Drop for Leased {
    fn drop(&mut self) {
        // In a forked child it is the parent's.
        if !self.reader.era.is_over() {
            let byte = u64::from(self.slot);
            let mut leases = self.reader.leases();
            if self.is_writable {
                leases.give_back(WRITERS + byte);
            }
            leases.give_back(byte);
        }
    }
}

/// A segment that this process reads, or writes, without a place among the participants: its memory stays where it is,
/// and, if it was sealed, as it is, until the last clone is dropped.
#[derive(Clone)]
pub struct Lease(Arc<Leased>);

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lease(slot {}, generation {}, {} bytes)", self.0.slot, self.0.generation, self.0.bytes)
    }
}

impl Lease {
    pub fn len(&self) -> u64 {
        self.0.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.0.bytes == 0
    }

    pub fn slot(&self) -> u32 {
        self.0.slot
    }

    pub fn generation(&self) -> u64 {
        self.0.generation
    }

    /// The pool's own directory.
    pub fn directory(&self) -> PathBuf {
        self.0.reader.directory.path().to_owned()
    }

    /// Whether it is shared: nobody seals it while this lives.
    pub fn is_writable(&self) -> bool {
        self.0.is_writable
    }

    /// The address of the first byte, which may be written if it is shared, as others may.
    pub fn as_ptr(&self) -> *mut u8 {
        let access = if self.0.is_writable { Access::Write } else { Access::Read };
        // SAFETY: the block lies in the slab's mapping, which was looked at when it was found.
        unsafe { self.0.block.slab.start(access).add(self.0.block.offset as usize) }
    }

    /// The bytes of what was sealed; nothing if it is shared, as those may change at any time.
    pub fn bytes(&self) -> Option<&[u8]> {
        let is_sealed = self.0.reader.slots.word(self.0.slot).is(State::Sealed) && !self.0.is_writable;
        // SAFETY: what is sealed does not change while this handle lives, and has that many bytes.
        is_sealed.then(|| unsafe { slice::from_raw_parts(self.as_ptr(), self.0.bytes as usize) })
    }

    pub(crate) fn is_of_another_process(&self) -> bool {
        self.0.reader.era.is_over()
    }

    pub(crate) fn post(&self) -> Option<&Arc<Post>> {
        self.0.post.as_ref()
    }
}
