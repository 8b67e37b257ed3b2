//! Slots: their records, generations and hints, and what this participant holds (FORMAT.md, sections 3 to 5).

use crate::claims::Claims;
use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::layout::{self, WRITERS, record};
use crate::sys::{Access, Directory, Lock, Locks, Numbers};
use crate::word::{Actor, State, Step, Word};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

const STRIPES: usize = 64;
const SLOTS_A_HINT: u64 = 64;

#[derive(Debug)]
pub(crate) struct Slots {
    registry: Numbers,
    /// Where each slot's record is.
    records: Vec<u64>,
    generations: Numbers,
    hints: Numbers,
    leases: Numbers,
    /// Looks at leases, and has none itself; keeps off who might write under one while something is sealed.
    lease_looks: Locks,
    /// What stands on this process's hold of a slot. A stripe is locked while that is or becomes nothing.
    holds: [Mutex<HashMap<u32, Handles>>; STRIPES],
}

/// Handles of this process on one slot.
#[derive(Clone, Copy, Debug, Default)]
struct Handles {
    count: u64,
    /// The one thread that writes what is being built; nothing once pointers to it were handed out.
    writer: Option<ThreadId>,
}

impl Slots {
    pub(crate) fn open(directory: &Directory, slots: u64) -> Result<Self> {
        let offsets = Numbers::open(directory, layout::RECORDS, Some(8 * (slots + 1)), Access::Read)?;
        let registry = Numbers::open(directory, layout::REGISTRY, None, Access::Write)?;
        let records: Vec<u64> = (0..slots).map(|slot| offsets.at(8 * slot).load(Ordering::Relaxed)).collect();
        let last = registry.bytes() - record::BYTES;
        let sum = records.iter().fold(0, |sum, offset| crc32c::crc32c_append(sum, &offset.to_le_bytes()));
        let is_right = records.iter().all(|&offset| offset.is_multiple_of(8) && offset <= last);
        if !is_right || u64::from(sum) != offsets.at(8 * slots).load(Ordering::Relaxed) {
            let message = format!(
                "{} is damaged: an offset is not in the registry, or the checksum of all is wrong. Remove the pool",
                directory.path_of(layout::RECORDS)
            );
            return Err(Error::new(Kind::Damaged, message));
        }
        Ok(Slots {
            registry,
            records,
            generations: Numbers::open(directory, layout::GENERATIONS, Some(8 * slots), Access::Write)?,
            hints: Numbers::open(directory, layout::HINTS, Some(8 * slots.div_ceil(SLOTS_A_HINT)), Access::Write)?,
            leases: Numbers::open(directory, layout::LEASES, Some(8), Access::Write)?,
            lease_looks: Locks::open(directory, layout::LEASES)?,
            holds: std::array::from_fn(|_| Mutex::new(HashMap::new())),
        })
    }

    pub(crate) fn count(&self) -> u32 {
        self.records.len() as u32
    }

    pub(crate) fn field(&self, slot: u32, offset: u64) -> &AtomicU64 {
        self.registry.at(self.records[slot as usize] + offset)
    }

    pub(crate) fn word(&self, slot: u32) -> Word {
        Word(self.field(slot, record::WORD).load(Ordering::SeqCst))
    }

    pub(crate) fn generation(&self, slot: u32) -> u64 {
        self.generations.at(8 * u64::from(slot)).load(Ordering::SeqCst)
    }

    fn stripe(&self, slot: u32) -> MutexGuard<'_, HashMap<u32, Handles>> {
        self.holds[slot as usize % STRIPES].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn claims(&self, slot: u32) -> Claims<'_, AtomicU64, impl Fn()> {
        let further = |i: u64| self.field(slot, record::FURTHER_HOLDERS + 8 * i);
        let freed = move || {
            reached(Point::FreedWithoutHint);
            self.hint(slot);
        };
        Claims { word: self.field(slot, record::WORD), further: [further(0), further(1)], freed }
    }

    /// Takes a step, again and again while others change the word; whether it was not refused.
    pub(crate) fn step(&self, slot: u32, step: impl Fn(Word) -> Step) -> bool {
        self.claims(slot).step(step)
    }

    pub(crate) fn further_holders(&self, slot: u32) -> [u64; 2] {
        self.claims(slot).further_holders()
    }

    // ---- Hints ----

    pub(crate) fn hint(&self, slot: u32) {
        let slot = u64::from(slot);
        self.hints.at(slot / SLOTS_A_HINT * 8).fetch_or(1 << (slot % SLOTS_A_HINT), Ordering::SeqCst);
    }

    fn clear_hint(&self, slot: u32) {
        let bit = 1 << (u64::from(slot) % SLOTS_A_HINT);
        self.hints.at(u64::from(slot) / SLOTS_A_HINT * 8).fetch_and(!bit, Ordering::SeqCst);
    }

    /// Sets the hints of all slots that are free: hints may be lost, words are not.
    pub(crate) fn restore_hints(&self) {
        (0..self.count()).filter(|&slot| self.word(slot) == Word::FREE).for_each(|slot| self.hint(slot));
    }

    /// Slots that may be free, lowest first.
    pub(crate) fn hinted(&self) -> impl Iterator<Item = u32> + '_ {
        (0..u64::from(self.count()).div_ceil(SLOTS_A_HINT)).flat_map(move |index| {
            let mut bits = self.hints.at(8 * index).load(Ordering::Relaxed);
            std::iter::from_fn(move || {
                let bit = bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
                (bit < 64).then(|| (index * SLOTS_A_HINT) as u32 + bit)
            })
            .filter(|&slot| slot < self.count())
        })
    }

    // ---- Holds of this process ----

    fn opened(
        &self,
        slot: u32,
        generation: u64,
        me: Actor,
        step: impl Fn(Word) -> Step,
        then: impl FnOnce() -> bool,
    ) -> bool {
        let mut holds = self.stripe(slot);
        if self.generation(slot) != generation {
            return false;
        }
        let has_held = holds.contains_key(&slot);
        if !has_held && !self.claims(slot).acquire(me, step) {
            return false;
        }
        reached(Point::Claimed);
        let is_right = self.generation(slot) == generation && then();
        if is_right {
            holds.entry(slot).or_default().count += 1;
        } else if !has_held {
            self.claims(slot).let_go(me);
        }
        is_right
    }

    /// Holds what a name holds; whether it is there still (3.5).
    pub(crate) fn open_by_name(&self, slot: u32, generation: u64, me: Actor) -> bool {
        let step = |word: Word| word.open_by_name(me);
        // A hold of this process that there was before is one that a name may be added to, so nothing is left to do.
        self.opened(slot, generation, me, step, || true)
    }

    /// Receives what an epoch has sent; whether it is there still (3.5).
    pub(crate) fn receive(&self, slot: u32, generation: u64, epoch: u64, me: Actor) -> bool {
        let taken = || {
            let is_taken = self.step(slot, |word| word.take(me, epoch));
            reached(Point::Taken);
            is_taken
        };
        self.opened(slot, generation, me, |word| word.claim(me, epoch), taken)
    }

    /// Holds once more what this process holds; whether it does.
    pub(crate) fn hold_again(&self, slot: u32, generation: u64) -> bool {
        let mut holds = self.stripe(slot);
        match holds.get_mut(&slot) {
            Some(handles) if self.generation(slot) == generation => {
                handles.count += 1;
                true
            }
            _ => false,
        }
    }

    /// Says that pointers to what this process builds are handed out.
    pub(crate) fn expose(&self, slot: u32) {
        self.stripe(slot).get_mut(&slot).expect("a handle stands on a hold").writer = None;
    }

    /// The slots that this process holds, and whether it may write them: those that a child may use which this thread
    /// forks. What another thread builds for itself is none of them, as the child does not have that thread.
    pub(crate) fn held(&self) -> Vec<(u32, bool)> {
        let this_thread = thread::current().id();
        let slots = self.holds.iter().flat_map(|holds| {
            let holds = holds.lock().unwrap_or_else(PoisonError::into_inner);
            holds.iter().map(|(&slot, handles)| (slot, handles.writer)).collect::<Vec<_>>()
        });
        let held = slots.filter_map(|(slot, writer)| {
            let word = self.word(slot);
            let is_of_another_thread = writer.is_some_and(|writer| writer != this_thread);
            let may_be_used = !(word.is(State::Building) && is_of_another_thread);
            may_be_used.then(|| (slot, !word.is(State::Sealed)))
        });
        held.collect()
    }

    pub(crate) fn release(&self, slot: u32, me: Actor) {
        let mut holds = self.stripe(slot);
        let handles = holds.get_mut(&slot).expect("a handle stands on a hold");
        handles.count -= 1;
        if handles.count == 0 {
            holds.remove(&slot);
            self.claims(slot).let_go(me);
        }
    }

    /// Allocates a slot that seems to be free; its generation, if it is this process's now.
    pub(crate) fn allocate(&self, slot: u32, me: Actor, process: u32) -> Result<Option<u64>> {
        let mut holds = self.stripe(slot);
        let generation = self.allocate_alone(slot, me, process)?;
        if generation.is_some() {
            holds.insert(slot, Handles { count: 1, writer: Some(thread::current().id()) });
        }
        Ok(generation)
    }

    fn allocate_alone(&self, slot: u32, me: Actor, process: u32) -> Result<Option<u64>> {
        self.clear_hint(slot);
        if !self.claims(slot).acquire(me, |word| word.allocate(me)) {
            // It may have become free again before the hint was cleared.
            if self.word(slot) == Word::FREE {
                self.hint(slot);
            }
            return Ok(None);
        }
        reached(Point::AllocatedWithoutGeneration);
        let generation = self.generation(slot).wrapping_add(1);
        self.generations.at(8 * u64::from(slot)).store(generation, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        reached(Point::GenerationWithoutLook);
        let lent = self.field(slot, record::LENT_GENERATION);
        if lent.load(Ordering::SeqCst) != 0 {
            let is_leased = self.is_leased(slot);
            if !matches!(is_leased, Ok(false)) {
                reached(Point::SettingAside);
                self.step(slot, |word| word.set_aside(me));
                if !me.is_in_word() {
                    self.claims(slot).let_go(me);
                }
                return is_leased.map(|_| None);
            }
            lent.store(0, Ordering::SeqCst);
        }
        let registry_offset = self.records[slot as usize];
        self.registry.at32(registry_offset + record::CREATOR).store(me.0 + 1, Ordering::Relaxed);
        self.registry.at32(registry_offset + record::CREATOR_PROCESS).store(process, Ordering::Relaxed);
        Ok(Some(generation))
    }

    /// Makes a free slot unbacked, if nobody is faster and nobody reads it; under the creation lock (8.6).
    pub(crate) fn unback(&self, slot: u32, me: Actor, process: u32) -> Result<bool> {
        let _stripe = self.stripe(slot);
        if self.allocate_alone(slot, me, process)?.is_none() {
            return Ok(false);
        }
        reached(Point::Unbacking);
        let is_unbacked = self.step(slot, |word| word.unback(me));
        if !me.is_in_word() || !is_unbacked {
            self.claims(slot).let_go(me);
        }
        Ok(is_unbacked)
    }

    /// Seals what this process alone holds, and nobody writes under a lease.
    pub(crate) fn seal(&self, slot: u32, me: Actor) -> Result<()> {
        let holds = self.stripe(slot);
        let is_alone_here = holds.get(&slot).is_some_and(|handles| handles.count == 1);
        if is_alone_here {
            let is_sealed = if self.word(slot).is(State::Building) {
                self.claims(slot).seal(me)
            } else {
                self.seal_what_was_shared(slot, me)?
            };
            if is_sealed {
                return Ok(());
            }
        }
        let message = format!(
            "slot {slot} is held by others, or was sent or lent to them: it can be sealed once nobody else holds it"
        );
        Err(Error::new(Kind::InUse, message))
    }

    /// Who wants to write under a lease waits meanwhile, and then finds it sealed, or lent as before (9.11). Also if it is
    /// not lent: somebody may have forked while it was, or while it was built.
    fn seal_what_was_shared(&self, slot: u32, me: Actor) -> Result<bool> {
        if !self.lease_looks.try_lock(WRITERS + u64::from(slot), Lock::Exclusive)? {
            return Ok(false);
        }
        reached(Point::KeepingWritersOff);
        let was_lent = self.step(slot, |word| word.recall(me));
        reached(Point::Recalled);
        let is_sealed = self.claims(slot).seal(me);
        reached(Point::SealedNotLent);
        if was_lent {
            self.step(slot, |word| word.lend(me));
        }
        reached(Point::LentAgain);
        self.lease_looks.unlock(WRITERS + u64::from(slot))?;
        Ok(is_sealed)
    }

    /// Whether somebody writes under a lease, or a child may write what its parent had not sealed when it was forked.
    pub(crate) fn is_written_under_a_lease(&self, slot: u32) -> Result<bool> {
        self.lease_looks.is_locked_against(WRITERS + u64::from(slot), Lock::Exclusive)
    }

    /// Whether somebody has the right to write under a lease, or is about to find that it has not.
    pub(crate) fn has_writers(&self, slot: u32) -> Result<bool> {
        let byte = WRITERS + u64::from(slot);
        let is_locked = self.lease_looks.is_locked_against(byte, Lock::Exclusive)?;
        Ok(is_locked && !self.lease_looks.is_locked_against(byte, Lock::Shared)?)
    }

    // ---- What the dead have left ----

    /// Takes the bits of a participant, whose shared lock the caller has, from all slots.
    pub(crate) fn reap(&self, dead: u32, me: Actor) {
        for slot in 0..self.count() {
            let claims = self.claims(slot);
            claims.reap(Actor(dead));
            reached(Point::Reaping);
            // The dead one may have died before it looked, or while it did.
            if self.word(slot).further() != 0 {
                let _stripe = self.stripe(slot);
                claims.look(me);
            }
        }
    }

    pub(crate) fn void(&self, epoch: u64) {
        (0..self.count()).for_each(|slot| {
            self.step(slot, |word| word.void(epoch));
            reached(Point::Voiding);
        });
    }

    fn is_leased(&self, slot: u32) -> Result<bool> {
        self.lease_looks.is_locked_against(u64::from(slot), Lock::Exclusive)
    }

    /// Says that somebody may read a generation under a lease, before anybody is told of it (9.5).
    pub(crate) fn mark_lent(&self, slot: u32, generation: u64) {
        self.field(slot, record::LENT_GENERATION).store(generation, Ordering::SeqCst);
        self.leases.at(0).store(1, Ordering::SeqCst);
        reached(Point::Lending);
    }

    /// Frees slots that waited for a lease which has fallen (9.9).
    pub(crate) fn return_lent(&self) -> Result<()> {
        if self.leases.at(0).load(Ordering::SeqCst) == 0 {
            return Ok(());
        }
        for slot in 0..self.count() {
            if self.word(slot).is_lent_alone() && !self.is_leased(slot)? {
                self.step(slot, |word| word.give_back());
            }
        }
        Ok(())
    }
}
