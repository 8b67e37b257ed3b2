//! What is sent any number of times and may arrive any number of times, as pickles of Python do: a parcel.
//!
//! Whoever sends one keeps the segment until the parcel has arrived for the first time, and then the receiver has it. That
//! is said at the sender's *post*, a shared array of numbers in the same pool: a parcel has one of them, which is its
//! ticket until it arrives and 0 again then. To everybody else the post is an array like any other.

use crate::error::Result;
use crate::fork::{Era, undisturbed};
use crate::leases::{Lease, Reader};
use crate::pool::{Core, Pool, Segment};
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What the post of this process has sent, and what it was sent at.
static SENT: Mutex<Sent> = Mutex::new(Sent { era: None, parcels: Vec::new(), posts: Vec::new(), is_watched: false });

/// How often it is looked whether parcels have arrived, and how often in vain before a post is closed.
const PERIOD: Duration = Duration::from_millis(20);
const IDLE_PERIODS: u32 = 250;

const TICKETS: u64 = 1_024;
/// An .npy file's, of so many `<u8`.
const HEADER_BYTES: u64 = 128;

/// A segment that this process may read: since it holds it, or under a lease.
#[derive(Clone, Debug)]
pub enum Memory {
    Held(Segment),
    Leased(Lease),
}

impl Memory {
    pub fn slot(&self) -> u32 {
        match self {
            Memory::Held(segment) => segment.slot(),
            Memory::Leased(lease) => lease.slot(),
        }
    }

    pub fn generation(&self) -> u64 {
        match self {
            Memory::Held(segment) => segment.generation(),
            Memory::Leased(lease) => lease.generation(),
        }
    }

    fn len(&self) -> u64 {
        match self {
            Memory::Held(segment) => segment.len(),
            Memory::Leased(lease) => lease.len(),
        }
    }

    /// The segment that a parcel in this pool's own directory stands for.
    pub fn open(directory: &Path, parcel: Parcel) -> Result<Memory> {
        let Parcel { slot, generation, ticket } = parcel;
        // A post that is gone is that of a sender which keeps nothing any more.
        let post = ticket.and_then(|ticket| Post::at_which(directory, ticket).ok());
        let memory = match Core::held_in(directory, slot, generation) {
            Some(segment) => Memory::Held(segment?),
            None => Memory::Leased(Reader::of(directory)?.lease(slot, generation, post.clone())?),
        };
        if let (Some(post), Some(ticket)) = (post, ticket) {
            post.arrived(ticket);
        }
        Ok(memory)
    }

    /// A parcel, to be opened by any process of this user in any way, also several times.
    pub fn send(&self) -> Result<Parcel> {
        let post = match self {
            // What was forked has no right to lend, but what it has inherited is lent, and stays until it ends.
            Memory::Held(segment) if segment.is_of_another_process() => None,
            Memory::Leased(lease) if lease.is_of_another_process() => None,
            Memory::Held(segment) => {
                segment.lend()?;
                Some(Post::of_pool(&segment.pool()).ok())
            }
            Memory::Leased(lease) => Some(lease.post().cloned()),
        };
        let ticket = post.and_then(|post| send(self, post));
        Ok(Parcel { slot: self.slot(), generation: self.generation(), ticket })
    }

    /// A parcel of what the caller itself keeps for as long as it may be opened.
    pub fn lend(&self) -> Result<Parcel> {
        match self {
            Memory::Held(segment) if !segment.is_of_another_process() => segment.lend()?,
            _ => {}
        }
        Ok(Parcel { slot: self.slot(), generation: self.generation(), ticket: None })
    }

    fn is_of_pool(&self, core: &Core) -> bool {
        matches!(self, Memory::Held(segment) if segment.is_in(core))
    }
}

/// Stands for a segment that is kept for it until it was opened once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parcel {
    slot: u32,
    generation: u64,
    ticket: Option<Ticket>,
}

/// What is to become 0, and where, if it still is what it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Ticket {
    slot: u32,
    generation: u64,
    place: u32,
    number: u64,
}

impl Parcel {
    /// 12 bytes, or 36.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = [&self.slot.to_le_bytes()[..], &self.generation.to_le_bytes()].concat();
        if let Some(Ticket { slot, generation, place, number }) = self.ticket {
            bytes.extend([&slot.to_le_bytes()[..], &generation.to_le_bytes()].concat());
            bytes.extend([&place.to_le_bytes()[..], &number.to_le_bytes()].concat());
        }
        bytes
    }

    /// Nothing if they are no parcel.
    pub fn from_bytes(bytes: &[u8]) -> Option<Parcel> {
        let number = |at: usize, length: usize| {
            let bytes = bytes.get(at..at + length)?;
            Some(bytes.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
        };
        let ticket = match bytes.len() {
            12 => None,
            36 => Some(Ticket {
                slot: number(12, 4)? as u32,
                generation: number(16, 8)?,
                place: number(24, 4)? as u32,
                number: number(28, 8)?,
            }),
            _ => return None,
        };
        Some(Parcel { slot: number(0, 4)? as u32, generation: number(4, 8)?, ticket })
    }
}

/// Where those who send are told that something has arrived.
pub(crate) struct Post(Memory);

impl Post {
    /// Where it is waited for a ticket.
    fn at_which(directory: &Path, ticket: Ticket) -> Result<Arc<Post>> {
        match Core::held_in(directory, ticket.slot, ticket.generation) {
            Some(segment) => Ok(Arc::new(Post(Memory::Held(segment?)))),
            None => Reader::of(directory)?.post(ticket.slot, ticket.generation),
        }
    }

    pub(crate) fn leased(lease: Lease) -> Post {
        Post(Memory::Leased(lease))
    }

    pub(crate) fn is(&self, slot: u32, generation: u64) -> bool {
        (self.0.slot(), self.0.generation()) == (slot, generation)
    }

    /// This process's in a pool, which is made if there is none.
    fn of_pool(pool: &Pool) -> Result<Arc<Post>> {
        let find = |sent: &mut Sent| {
            sent.posts.iter_mut().find(|(post, _)| post.0.is_of_pool(&pool.0)).map(|(post, idle)| {
                *idle = 0;
                post.clone()
            })
        };
        if let Some(post) = with_sent(find) {
            return Ok(post);
        }
        let mut writer = pool.allocate(HEADER_BYTES + 8 * TICKETS)?;
        let text = format!("{{'descr': '<u8', 'fortran_order': False, 'shape': ({TICKETS},), }}");
        let header = format!("{text:<width$}\n", width = HEADER_BYTES as usize - 11);
        let bytes = writer.bytes_mut();
        bytes.fill(0);
        bytes[..10].copy_from_slice(b"\x93NUMPY\x01\x00\x76\x00");
        bytes[10..HEADER_BYTES as usize].copy_from_slice(header.as_bytes());
        let segment = writer.share()?;
        segment.lend()?;
        let post = Arc::new(Post(Memory::Held(segment)));
        with_sent(|sent| sent.posts.push((post.clone(), 0)));
        Ok(post)
    }

    fn at(&self, place: u32) -> Option<&AtomicU64> {
        let offset = HEADER_BYTES + 8 * u64::from(place);
        let start = match &self.0 {
            Memory::Held(segment) => segment.as_mut_ptr()?,
            Memory::Leased(lease) => lease.is_writable().then(|| lease.as_ptr())?,
        };
        let is_inside = offset + 8 <= self.0.len();
        // SAFETY: it is inside a segment that is mapped, shared, and neither sealed nor free while the post lives; it is
        // aligned, as segments are; and whoever writes there does so atomically.
        is_inside.then(|| unsafe { &*start.add(offset as usize).cast::<AtomicU64>() })
    }

    /// A place for a new ticket; nothing if none is free.
    fn take(&self) -> Option<Ticket> {
        let number = RandomState::new().build_hasher().finish().max(1);
        let place = (0..TICKETS as u32).map(|i| (number as u32).wrapping_add(i) % TICKETS as u32).find(|&place| {
            let taken = |at: &AtomicU64| at.compare_exchange(0, number, Ordering::SeqCst, Ordering::SeqCst).is_ok();
            self.at(place).is_some_and(taken)
        })?;
        Some(Ticket { slot: self.0.slot(), generation: self.0.generation(), place, number })
    }

    /// Says so, unless somebody has before.
    fn arrived(&self, ticket: Ticket) {
        if let Some(at) = self.at(ticket.place) {
            let _ = at.compare_exchange(ticket.number, 0, Ordering::SeqCst, Ordering::SeqCst);
        }
    }

    fn has_arrived(&self, ticket: Ticket) -> bool {
        self.at(ticket.place).is_none_or(|at| at.load(Ordering::SeqCst) != ticket.number)
    }
}

/// Something that was sent, and is kept until it has arrived; without a ticket, until the pool is closed.
struct Kept {
    memory: Memory,
    receipt: Option<(Arc<Post>, Ticket)>,
}

impl Kept {
    fn has_arrived(&self) -> bool {
        self.receipt.as_ref().is_some_and(|(post, ticket)| post.has_arrived(*ticket))
    }

    fn is_of_pool(&self, core: &Core) -> bool {
        self.memory.is_of_pool(core)
    }
}

struct Sent {
    era: Option<Era>,
    parcels: Vec<Kept>,
    /// Of this process, and for how many periods nothing was on its way.
    posts: Vec<(Arc<Post>, u32)>,
    is_watched: bool,
}

/// Nobody forks meanwhile, as children have it, too: what it says there is their parent's, and is forgotten.
fn with_sent<T>(work: impl FnOnce(&mut Sent) -> T) -> T {
    let (result, forgotten) = undisturbed(|| {
        let mut sent = SENT.lock().unwrap_or_else(PoisonError::into_inner);
        let is_anew = sent.era.is_none_or(Era::is_over);
        let forgotten = is_anew.then(|| {
            let fresh = Sent { era: Some(Era::now()), parcels: Vec::new(), posts: Vec::new(), is_watched: false };
            std::mem::replace(&mut *sent, fresh)
        });
        (work(&mut sent), forgotten)
    });
    drop(forgotten);
    result
}

/// Keeps what is sent.
fn send(memory: &Memory, post: Option<Arc<Post>>) -> Option<Ticket> {
    let receipt = post.and_then(|post| post.take().map(|ticket| (post, ticket)));
    let ticket = receipt.as_ref().map(|(_, ticket)| *ticket);
    let kept = Kept { memory: memory.clone(), receipt };
    let is_to_be_watched = with_sent(|sent| {
        let is_kept_already = ticket.is_none()
            && sent.parcels.iter().any(|other| {
                other.receipt.is_none()
                    && (other.memory.slot(), other.memory.generation()) == (memory.slot(), memory.generation())
            });
        if is_kept_already {
            return false;
        }
        sent.parcels.push(kept);
        ticket.is_some() && !std::mem::replace(&mut sent.is_watched, true)
    });
    if is_to_be_watched {
        let thread = thread::Builder::new().name("arrow-shm parcels".to_owned()).spawn(watch);
        if thread.is_err() {
            with_sent(|sent| sent.is_watched = false);
        }
    }
    ticket
}

/// Lets go of what has arrived, until nothing is on its way for long enough.
fn watch() {
    loop {
        thread::sleep(PERIOD);
        settle();
        let idle = with_sent(|sent| {
            let is_idle = |post: &Arc<Post>, parcels: &[Kept]| {
                !parcels.iter().any(|kept| kept.receipt.as_ref().is_some_and(|(other, _)| Arc::ptr_eq(other, post)))
            };
            for (post, idle) in &mut sent.posts {
                *idle = if is_idle(post, &sent.parcels) { *idle + 1 } else { 0 };
            }
            let (closed, open): (Vec<_>, Vec<_>) =
                std::mem::take(&mut sent.posts).into_iter().partition(|(_, idle)| *idle > IDLE_PERIODS);
            sent.posts = open;
            sent.is_watched = !sent.posts.is_empty() || sent.parcels.iter().any(|kept| kept.receipt.is_some());
            (closed, sent.is_watched)
        });
        if !idle.1 {
            return;
        }
    }
}

/// Lets go of what has arrived; whether there was any.
pub(crate) fn settle() -> bool {
    let arrived = with_sent(|sent| {
        let (arrived, on_their_way): (Vec<_>, Vec<_>) =
            std::mem::take(&mut sent.parcels).into_iter().partition(Kept::has_arrived);
        sent.parcels = on_their_way;
        arrived
    });
    !arrived.is_empty()
}

/// Whether nothing that this process has sent is on its way, as far as that can be known.
pub fn all_arrived() -> bool {
    settle();
    with_sent(|sent| sent.parcels.iter().all(|kept| kept.receipt.is_none()))
}

/// Lets go of what is on its way in a pool, which is being closed.
pub(crate) fn forget(core: &Core) {
    let forgotten = with_sent(|sent| {
        let (of_it, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut sent.parcels).into_iter().partition(|kept| kept.is_of_pool(core));
        sent.parcels = others;
        let (posts, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut sent.posts).into_iter().partition(|(post, _)| post.0.is_of_pool(core));
        sent.posts = others;
        (of_it, posts)
    });
    drop(forgotten);
}
