//! Blocks and the memory behind them (FORMAT.md, section 8).

use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::layout::{self, CLASSES, Place, class_bytes, class_for, table};
use crate::slots::Slots;
use crate::sys::{self, Access, Directory, Lock, Locks, Mapping, Numbers};
use crate::word::{Actor, State, Word};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::FileExt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};

/// What one new slab has at most, if its blocks are smaller: enough that making slabs is rare.
const SLAB_BYTES: u64 = 1 << 20;
const MOST_BLOCKS: u64 = 1_024;
/// What there is room for in a place.
const MOST_SLABS: u64 = (1 << 40) - 1;
/// How often an allocation begins again because others took what it has made room for.
const TRIES: u32 = 1_000;

/// A slab's file, mapped for writers and for readers, who cannot write through theirs by mistake.
#[derive(Debug)]
pub(crate) struct Slab {
    writable: Mapping,
    readable: Mapping,
}

impl Slab {
    pub(crate) fn start(&self, access: Access) -> *mut u8 {
        if access == Access::Write { self.writable.start() } else { self.readable.start() }
    }
}

/// A slot's block, which stays where it is while the slot is held.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) slab: Arc<Slab>,
    pub(crate) offset: u64,
}

/// A segment's memory in a mapping of its own, for those who hand out pointers that they cannot take back: when the
/// segment is sealed, whoever still writes there writes for itself. Keep it for as long as any such pointer.
#[derive(Debug)]
pub struct Exposure {
    file: File,
    mapping: Mapping,
    /// Where the mapping begins in the file, and the segment in the mapping.
    offset: u64,
    lead: u64,
    bytes: u64,
}

impl Exposure {
    /// The address of the segment's first byte.
    pub fn as_ptr(&self) -> *mut u8 {
        // SAFETY: the mapping was made long enough for that and the segment.
        unsafe { self.mapping.start().add(self.lead as usize) }
    }

    /// Bytes that the segment has.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// From now on what is written here is seen here only. For what is being sealed and goes on to be held.
    pub fn detach(&self) -> Result<()> {
        self.replace(Some((&self.file, self.offset)))
    }

    /// From now on nothing of the segment is here, but zeros. For what is given up.
    pub fn abandon(&self) -> Result<()> {
        self.replace(None)
    }

    fn replace(&self, by: Option<(&File, u64)>) -> Result<()> {
        self.mapping.replace(by).map_err(|e| Error::io("a segment's memory cannot be mapped anew", e))
    }
}

#[derive(Debug)]
pub(crate) struct Slabs {
    directory: Directory,
    table: Numbers,
    creation: Mutex<Locks>,
    size_bytes: u64,
    page: u64,
    mapped: RwLock<HashMap<u64, Arc<Slab>>>,
    me: Actor,
    process: u32,
}

/// The creation lock, given back when this is dropped.
struct Creation<'a>(MutexGuard<'a, Locks>);

impl Drop for Creation<'_> {
    fn drop(&mut self) {
        // A lock that cannot be given back falls with the descriptor.
        let _ = self.0.unlock(0);
    }
}

/// One slot of a slab, as the creation lock's holder sees it.
#[derive(Clone, Copy)]
struct Seat {
    slot: u32,
    place: Place,
    is_backed: bool,
}

impl Slabs {
    pub(crate) fn open(pool: &Directory, slots: u64, size_bytes: u64, me: Actor, process: u32) -> Result<Self> {
        let directory = pool.directory(layout::SLABS)?;
        let bytes = table::PLACES + 8 * slots;
        Ok(Slabs {
            table: Numbers::open(&directory, layout::SLAB_TABLE, Some(bytes), Access::Write)?,
            creation: Mutex::new(Locks::open(&directory, layout::SLAB_TABLE)?),
            directory,
            size_bytes,
            page: sys::page_bytes(),
            mapped: RwLock::new(HashMap::new()),
            me,
            process,
        })
    }

    pub(crate) fn place(&self, slot: u32) -> Place {
        Place(self.table.at(table::PLACES + 8 * u64::from(slot)).load(Ordering::SeqCst))
    }

    /// Where a slot's block is; the caller holds the slot (8.7).
    pub(crate) fn block(&self, slot: u32, length: u64) -> Result<Block> {
        let place = self.place(slot);
        let bytes = place.block_bytes();
        let slab = self.slab(place.slab())?;
        let end = place.offset().saturating_add(bytes);
        if place.class() >= CLASSES || end > slab.readable.bytes() || length > bytes {
            let message = format!(
                "slot {slot} of {} with {length} bytes does not fit its place {:#x} in a slab of {} bytes: the pool is \
                 damaged, remove it",
                self.directory.path().display(),
                place.0,
                slab.readable.bytes()
            );
            return Err(Error::new(Kind::Damaged, message));
        }
        Ok(Block { slab, offset: place.offset() })
    }

    /// A mapping of the pages that the first bytes of a block lie on; the caller holds the slot.
    pub(crate) fn expose(&self, slot: u32, bytes: u64) -> Result<Exposure> {
        let place = self.place(slot);
        self.block(slot, bytes)?;
        let name = place.slab().to_string();
        let file = self.directory.open(&name, Access::Write)?;
        let offset = place.offset() / self.page * self.page;
        let lead = place.offset() - offset;
        let mapping = Mapping::of_part(&file, offset, (lead + bytes).max(1), Access::Write)
            .map_err(|e| Error::io(format_args!("{} cannot be mapped", self.directory.path_of(&name)), e))?;
        Ok(Exposure { file, mapping, offset, lead, bytes })
    }

    /// The first bytes of a block, which nobody need hold: what is there may be anything.
    pub(crate) fn copy(&self, slot: u32, bytes: u64) -> Result<Vec<u8>> {
        let place = self.place(slot);
        let name = place.slab().to_string();
        let file = self.directory.open(&name, Access::Read)?;
        let mut copy = vec![0; bytes.min(place.block_bytes()).min(self.size_bytes) as usize];
        let failed = |e| Error::io(self.directory.path_of(&name), e);
        match file.read_exact_at(&mut copy, place.offset()) {
            Err(e) if e.kind() != io::ErrorKind::UnexpectedEof => Err(failed(e)),
            _ => Ok(copy),
        }
    }

    /// What is wrong with the slabs, while nobody makes any or moves slots.
    pub(crate) fn verify(&self, slots: &Slots) -> Result<Vec<String>> {
        let locks = self.creation.lock().unwrap_or_else(PoisonError::into_inner);
        locks.lock(0, Lock::Exclusive, "the creation lock")?;
        let _creation = Creation(locks);
        let (mut found, mut used, seats) = (Vec::new(), 0, self.seats(slots));
        for name in self.directory.names()? {
            let number = name.parse().ok().filter(|number: &u64| number.to_string() == name);
            if name != layout::SLAB_TABLE && number.is_none_or(|number| !seats.contains_key(&number)) {
                found.push(format!("slabs/{name} is a file that no slot lies in"));
            }
        }
        for (number, seats) in seats {
            let wrong = |what: &str| format!("slab {number}: {what}");
            let mut places: Vec<u64> = seats.iter().map(|seat| seat.place.0).collect();
            places.sort_unstable();
            if places.windows(2).any(|two| two[0] == two[1]) {
                found.push(wrong("two slots have one block"));
            }
            let class = seats[0].place.class();
            if class >= CLASSES || seats.iter().any(|seat| seat.place.class() != class) {
                found.push(wrong("it has not one size class"));
                continue;
            }
            let Some(status) = self.directory.look(&number.to_string())? else {
                found.push(wrong("its file is missing"));
                continue;
            };
            let end = seats
                .iter()
                .map(|seat| seat.place.offset().saturating_add(seat.place.block_bytes()))
                .max()
                .unwrap_or(0);
            let backed = seats.iter().filter(|seat| seat.is_backed).map(|seat| seat.place.block_bytes());
            let backed = backed.fold(0, u64::saturating_add);
            if (status.st_size as u64) < end || sys::memory_of(&status) < backed {
                found.push(wrong("its file is shorter than its blocks, or has not memory for all that are backed"));
            }
            used += sys::memory_of(&status);
        }
        if used > self.size_bytes {
            found.push(format!("the slabs take {used} bytes, the pool has {}", self.size_bytes));
        }
        Ok(found)
    }

    /// A slab's mapping, which is made once and kept while any place names the slab, or anybody uses it.
    fn slab(&self, number: u64) -> Result<Arc<Slab>> {
        if let Some(slab) = self.mapped.read().unwrap_or_else(PoisonError::into_inner).get(&number) {
            return Ok(slab.clone());
        }
        let mut mapped = self.mapped.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(slab) = mapped.get(&number) {
            return Ok(slab.clone());
        }
        let name = number.to_string();
        let failed = |e| Error::io(format_args!("{} cannot be mapped", self.directory.path_of(&name)), e);
        let file = self.directory.open(&name, Access::Write)?;
        let bytes = sys::status(file.as_fd()).map_err(failed)?.st_size as u64;
        if bytes == 0 || !bytes.is_multiple_of(self.page) {
            let message = format!("{} has {bytes} bytes, not whole pages", self.directory.path_of(&name));
            return Err(Error::new(Kind::Damaged, message));
        }
        let slab = Arc::new(Slab {
            writable: Mapping::of(&file, bytes, Access::Write).map_err(failed)?,
            readable: Mapping::of(&file, bytes, Access::Read).map_err(failed)?,
        });
        let named: HashSet<u64> = self.slots_with_places().map(|slot| self.place(slot).slab()).collect();
        mapped.retain(|number, _| named.contains(number));
        mapped.insert(number, slab.clone());
        Ok(slab)
    }

    fn slots_with_places(&self) -> std::ops::Range<u32> {
        let most = (self.table.bytes() - table::PLACES) / 8;
        0..self.table.at(table::SLOTS).load(Ordering::SeqCst).min(most) as u32
    }

    /// A block with room for so many bytes, its slot and its generation.
    pub(crate) fn allocate(&self, slots: &Slots, bytes: u64) -> Result<(u32, u64, Block)> {
        let class = if bytes > self.size_bytes { None } else { class_for(bytes) };
        let class = class.filter(|&class| class_bytes(class).next_multiple_of(self.page) <= self.size_bytes);
        let class = class.ok_or_else(|| self.full(bytes, "with what a block has more than that, it never fits"))?;
        for tries in 0..TRIES {
            if let Some(found) = self.find_free(slots, |other| other == class)? {
                return Ok(found);
            }
            if tries == 0 {
                // What was only lent is warm, and new memory is not: it comes back now, and not in a tenth of a second.
                slots.return_lent()?;
                if let Some(found) = self.find_free(slots, |other| other == class)? {
                    return Ok(found);
                }
            }
            if self.make_room(slots, class)? {
                continue;
            }
            slots.restore_hints();
            if let Some(found) = self.find_free(slots, |other| other == class)? {
                return Ok(found);
            }
            let larger = slots.hinted().filter(|&slot| slots.word(slot) == Word::FREE).map(|slot| self.place(slot));
            let Some(larger) = larger.map(Place::class).filter(|&other| other > class && other < CLASSES).min() else {
                return Err(self.full(bytes, "what is there is held"));
            };
            if let Some(found) = self.find_free(slots, |other| other == larger)? {
                return Ok(found);
            }
        }
        Err(self.full(bytes, "others take what becomes free"))
    }

    fn full(&self, bytes: u64, why: &str) -> Error {
        let message = format!(
            "the pool {} of {} bytes has no room for {bytes} bytes: {why}. Close or delete what is not needed, or make a \
             larger pool",
            self.directory.path().parent().unwrap_or(self.directory.path()).display(),
            self.size_bytes
        );
        Error::new(Kind::Full, message)
    }

    fn find_free(&self, slots: &Slots, wanted: impl Fn(u32) -> bool) -> Result<Option<(u32, u64, Block)>> {
        for slot in slots.hinted() {
            let place = self.place(slot);
            if place.slab() == 0 || !wanted(place.class()) {
                continue;
            }
            let Some(generation) = slots.allocate(slot, self.me, self.process)? else { continue };
            // Only now it stays where it is.
            if wanted(self.place(slot).class()) {
                match self.block(slot, 0) {
                    Ok(block) => return Ok(Some((slot, generation, block))),
                    Err(e) => {
                        slots.release(slot, self.me);
                        return Err(e);
                    }
                }
            }
            slots.release(slot, self.me);
        }
        Ok(None)
    }

    // ---- Under the creation lock ----

    /// Finishes what dead holders of the creation lock have begun, unless somebody has it, who has done so.
    pub(crate) fn finish(&self, slots: &Slots) -> Result<()> {
        let locks = match self.creation.try_lock() {
            Ok(locks) => locks,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        if locks.try_lock(0, Lock::Exclusive)? {
            self.tidy(&Creation(locks), slots)?;
        }
        Ok(())
    }

    /// Gives memory to blocks of a class, of other blocks if the budget is used up; whether there may be one now.
    fn make_room(&self, slots: &Slots, class: u32) -> Result<bool> {
        let locks = self.creation.lock().unwrap_or_else(PoisonError::into_inner);
        locks.lock(0, Lock::Exclusive, "the creation lock")?;
        let creation = Creation(locks);
        loop {
            let left = self.size_bytes.saturating_sub(self.tidy(&creation, slots)?);
            let is_full = match self.back_some(&creation, slots, class, left) {
                Ok(true) => return Ok(true),
                Ok(false) => None,
                // The file system is full before the budget is used up: what is free here serves, if anything does.
                Err(e) if e.kind() == Kind::Full => Some(e),
                Err(e) => return Err(e),
            };
            if !self.trim(&creation, slots, class)? {
                return is_full.map_or(Ok(false), Err);
            }
        }
    }

    /// Which slots each slab has.
    fn seats(&self, slots: &Slots) -> BTreeMap<u64, Vec<Seat>> {
        let mut seats: BTreeMap<u64, Vec<Seat>> = BTreeMap::new();
        for slot in self.slots_with_places() {
            let place = self.place(slot);
            if place.slab() != 0 {
                let is_backed = !slots.word(slot).is(State::Unbacked);
                seats.entry(place.slab()).or_default().push(Seat { slot, place, is_backed });
            }
        }
        seats
    }

    /// Finishes what a killed holder of the lock has begun (8.5); bytes that all slabs take.
    fn tidy(&self, _: &Creation<'_>, slots: &Slots) -> Result<u64> {
        let seats = self.seats(slots);
        let mut used = 0;
        for name in self.directory.names()? {
            if name == layout::SLAB_TABLE {
                continue;
            }
            let number = name.parse().ok().filter(|number: &u64| number.to_string() == name);
            let Some(seats) = number.and_then(|number| seats.get(&number)) else {
                reached(Point::SlabLeft);
                self.directory.remove(&name)?;
                continue;
            };
            let file = self.directory.open(&name, Access::Write)?;
            used += self.take_what_is_unused(&file, seats).map_err(|e| Error::io(self.directory.path_of(&name), e))?;
        }
        Ok(used)
    }

    /// Takes the pages on which there is no backed block; bytes that are left.
    fn take_what_is_unused(&self, file: &File, seats: &[Seat]) -> io::Result<u64> {
        let status = sys::status(file.as_fd())?;
        let size = status.st_size as u64;
        // Of a damaged pool a place may lead beyond the file.
        let pages = |seat: &Seat| {
            let (start, end) = self.pages(seat.place);
            (start.min(size), end.min(size))
        };
        let mut needed: Vec<(u64, u64)> = seats.iter().filter(|seat| seat.is_backed).map(pages).collect();
        needed.sort_unstable();
        needed.push((size, size));
        let mut unused = Vec::new();
        let mut from = 0;
        for (start, end) in needed {
            if start > from {
                unused.push((from, start - from));
            }
            from = from.max(end);
        }
        let most = size - unused.iter().map(|(_, bytes)| bytes).sum::<u64>();
        if sys::memory_of(&status) <= most {
            return Ok(sys::memory_of(&status));
        }
        for (start, bytes) in unused {
            sys::take_memory(file, start, bytes)?;
            reached(Point::MemoryTaken);
        }
        Ok(sys::memory_of(&sys::status(file.as_fd())?))
    }

    /// The pages that a block lies on.
    fn pages(&self, place: Place) -> (u64, u64) {
        let start = place.offset() / self.page * self.page;
        let end = place.offset().saturating_add(place.block_bytes());
        (start, end.checked_next_multiple_of(self.page).unwrap_or(u64::MAX))
    }

    /// Backs blocks of a class that have a place already, or else a new slab's; whether there are any.
    fn back_some(&self, creation: &Creation<'_>, slots: &Slots, class: u32, left: u64) -> Result<bool> {
        let mut given = 0;
        for (number, seats) in self.seats(slots) {
            let seats = seats.iter().filter(|seat| !seat.is_backed && seat.place.class() == class);
            let name = number.to_string();
            let mut file = None;
            for seat in seats {
                let (start, end) = self.pages(seat.place);
                // Neighbours share pages, so this is more than is really needed, by less than two pages.
                if (end - start) > left.saturating_sub(given) || given >= SLAB_BYTES {
                    return Ok(given > 0);
                }
                let file = match &file {
                    Some(file) => file,
                    None => file.insert(self.directory.open(&name, Access::Write)?),
                };
                sys::give_memory(file, start, end - start).map_err(|e| self.no_memory(&name, e))?;
                given += end - start;
                reached(Point::BackedNotFree);
                slots.step(seat.slot, Word::back);
            }
        }
        if given > 0 { Ok(true) } else { self.make_slab(creation, slots, class, left) }
    }

    fn no_memory(&self, name: &str, error: io::Error) -> Error {
        let free = self.directory.free_bytes().unwrap_or(0);
        let what = format!("no memory for {}, its file system has {free} bytes left", self.directory.path_of(name));
        Error::io(what, error)
    }

    /// File, memory, highest number, number of slots, places, then back: so each prefix is harmless (8.6).
    fn make_slab(&self, creation: &Creation<'_>, slots: &Slots, class: u32, left: u64) -> Result<bool> {
        let block = class_bytes(class);
        let first_new = self.slots_with_places().end;
        let wanted = (SLAB_BYTES / block).clamp(1, MOST_BLOCKS).min(left / block);
        let unbacked = (0..first_new).filter(|&slot| slots.word(slot).is(State::Unbacked));
        let chosen: Vec<u32> = (first_new..slots.count()).chain(unbacked).take(wanted as usize).collect();
        let bytes = (chosen.len() as u64 * block).next_multiple_of(self.page);
        if chosen.is_empty() || bytes > left {
            return Ok(false);
        }
        let number = self.table.at(table::HIGHEST).load(Ordering::SeqCst).wrapping_add(1);
        if !(1..=MOST_SLABS).contains(&number) {
            let message = format!("{} has no number left for a slab: remove the pool", self.directory.path().display());
            return Err(Error::new(Kind::Damaged, message));
        }
        let name = number.to_string();
        let file = self.directory.create(&name)?;
        if let Err(e) = sys::give_memory(&file, 0, bytes) {
            self.directory.remove(&name)?;
            return Err(self.no_memory(&name, e));
        }
        reached(Point::SlabWithoutPlace);
        self.table.at(table::HIGHEST).store(number, Ordering::SeqCst);
        let end = chosen.iter().map(|slot| slot + 1).max().unwrap_or(0).max(first_new);
        self.table.at(table::SLOTS).store(u64::from(end), Ordering::SeqCst);
        for (i, &slot) in chosen.iter().enumerate() {
            let place = Place::new(number, class, i as u64);
            self.table.at(table::PLACES + 8 * u64::from(slot)).store(place.0, Ordering::SeqCst);
            reached(Point::SlabPartlyNamed);
        }
        reached(Point::SlabNotBacked);
        for &slot in &chosen {
            slots.step(slot, Word::back);
        }
        if chosen.iter().any(|&slot| slot < first_new) {
            // Of those that they have left some may have no slot any more.
            self.tidy(creation, slots)?;
        }
        Ok(true)
    }

    /// Makes free blocks of other sizes unbacked, whose memory is taken next: those of slabs in which nothing is used
    /// first, as these give all of theirs. Whether there were any.
    fn trim(&self, _: &Creation<'_>, slots: &Slots, class: u32) -> Result<bool> {
        let is_used = |seat: &Seat| seat.is_backed && slots.word(seat.slot) != Word::FREE;
        let mut slabs: Vec<Vec<Seat>> = self.seats(slots).into_values().collect();
        // The words change meanwhile, so each is read once.
        slabs.sort_by_cached_key(|seats| (seats.iter().any(is_used), Reverse(seats[0].place.block_bytes())));
        let wanted = class_bytes(class).next_multiple_of(self.page).max(SLAB_BYTES);
        let mut taken = 0;
        for seat in slabs.into_iter().flatten() {
            if taken >= wanted {
                break;
            }
            let may = seat.is_backed && seat.place.class() != class && slots.word(seat.slot) == Word::FREE;
            if may && slots.unback(seat.slot, self.me, self.process)? {
                taken = seat.place.block_bytes().saturating_add(taken);
            }
        }
        reached(Point::UnbackedWithMemory);
        Ok(taken > 0)
    }

    /// Bytes that all slabs take now.
    pub(crate) fn used_bytes(&self) -> Result<u64> {
        let mut used = 0;
        for name in self.directory.names()? {
            if name != layout::SLAB_TABLE {
                used += self.directory.look(&name)?.as_ref().map_or(0, sys::memory_of);
            }
        }
        Ok(used)
    }
}
