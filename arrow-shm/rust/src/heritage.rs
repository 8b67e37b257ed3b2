//! What a forked child goes on reading (FORMAT.md, 13.3). Its parent takes leases for it, through a description of their
//! own that the child has from then on, and that the parent closes: so there is no instant at which there are none.

use crate::error::{Kind, Result};
use crate::fork::undisturbed;
use crate::layout::{self, WRITERS};
use crate::leases::Reader;
use crate::pool::Core;
use crate::sys::{Directory, Lock, Locks};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// Whether there may be children that have something from this process.
static HAS_HEIRS: AtomicBool = AtomicBool::new(false);
/// What this process has from the one that it was forked from.
static INHERITED: Mutex<Vec<Share>> = Mutex::new(Vec::new());

pub(crate) fn has_heirs() -> bool {
    HAS_HEIRS.load(Ordering::SeqCst)
}

/// Leases in one pool.
struct Share {
    pool: Directory,
    /// Each with whether it may be written.
    slots: Vec<(u32, bool)>,
    locks: Locks,
}

impl Share {
    /// Nothing if the pool was removed: nobody uses its memory again.
    fn of(pool: Directory, slots: Vec<(u32, bool)>) -> Result<Option<Share>> {
        let locks = match Locks::for_a_child(&pool, layout::LEASES) {
            Err(e) if e.kind() == Kind::Absent => return Ok(None),
            other => other?,
        };
        for &(slot, is_writable) in &slots {
            locks.lock(u64::from(slot), Lock::Shared, "the lease of a segment")?;
            if is_writable {
                locks.lock(WRITERS + u64::from(slot), Lock::Shared, "the right to write a segment")?;
            }
        }
        Ok(Some(Share { pool, slots, locks }))
    }
}

/// Leases on all that this process may read, and write: what it holds, leases, and has inherited itself. To be made
/// before a fork after which the child goes on without another program, kept by the child ([`Heritage::accept`]) and
/// dropped by the parent. What the child has inherited it keeps until it ends. What another thread has
/// allocated and still writes is no child's, unless it was exposed ([`crate::Writer::expose`]).
#[must_use]
pub struct Heritage(Vec<Share>);

impl Heritage {
    pub fn new() -> Result<Heritage> {
        HAS_HEIRS.store(true, Ordering::SeqCst);
        let mut all = Core::all_held();
        all.extend(Reader::all_leased());
        all.extend(undisturbed(|| {
            let inherited = INHERITED.lock().unwrap_or_else(PoisonError::into_inner);
            inherited
                .iter()
                .filter_map(|share| Some((share.pool.again().ok()?, share.slots.clone())))
                .collect::<Vec<_>>()
        }));
        let shares = all.into_iter().filter(|(_, slots)| !slots.is_empty());
        shares.filter_map(|(pool, slots)| Share::of(pool, slots).transpose()).collect::<Result<_>>().map(Heritage)
    }

    /// By the child.
    pub fn accept(self) {
        let shares = self.0.into_iter().map(|share| Share { locks: share.locks.in_the_child(), ..share }).collect();
        let before =
            undisturbed(|| std::mem::replace(&mut *INHERITED.lock().unwrap_or_else(PoisonError::into_inner), shares));
        // Those of the parent's parent, whose descriptors were closed by the fork.
        drop(before);
    }
}
