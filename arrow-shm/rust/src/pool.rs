//! An open pool: what users touch.

use crate::content::{self, Array, Content, Refusal};
use crate::directory::{self, Description, Options};
use crate::epochs::{Epoch, Epochs, Open};
use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::fork::{Era, undisturbed};
use crate::heritage;
use crate::layout::{epoch, participant, record};
use crate::manifest::{self, Attributes, Entry, Manifest};
use crate::names::Names;
use crate::parcels;
use crate::participants::{Participant, Participants};
use crate::reference::Reference;
use crate::requests::{self, Requests};
use crate::slabs::{Block, Exposure, Slabs};
use crate::slots::Slots;
use crate::sweep;
use crate::sys::{Access, Directory};
use crate::verify;
use crate::watch::Watch;
use crate::word::{MOST_IN_FLIGHT, State};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// What this process has opened.
static OPENED: Mutex<Vec<Weak<Core>>> = Mutex::new(Vec::new());

/// A pool that this process has joined, until it is closed and the last of its segments dropped.
#[derive(Clone)]
pub struct Pool(pub(crate) Arc<Core>);

pub(crate) struct Core {
    name: String,
    directory: Directory,
    description: Description,
    era: Era,
    pub(crate) participants: Participants,
    pub(crate) epochs: Epochs,
    pub(crate) slots: Slots,
    pub(crate) slabs: Slabs,
    pub(crate) names: Names,
    pub(crate) requests: Requests,
    membership: Mutex<Membership>,
    pub(crate) sweeps: Arc<sweep::Ended>,
}

/// Whether this process may still do something in the pool: the place is given back once nobody can.
struct Membership {
    is_open: bool,
    /// What stands on the place: holds, epochs, and what is being done just now.
    users: u64,
}

impl Core {
    /// Takes a place in a pool. What the dead leave is taken back only once sweeps are started.
    pub(crate) fn join(options: &Options) -> Result<Arc<Core>> {
        loop {
            let before = directory::target(options);
            match Core::join_once(options) {
                Ok(Some(core)) if directory::target(options).as_deref() == core.directory.path().file_name() => {
                    return Ok(core);
                }
                Err(error) if directory::target(options) == before => return Err(error),
                // Somebody has removed the pool meanwhile: there is another one by now, or none, which is made.
                _ => {}
            }
        }
    }

    /// Nothing if the pool was removed while it was opened.
    fn join_once(options: &Options) -> Result<Option<Arc<Core>>> {
        let (directory, description) = directory::open(options)?;
        let pool_id = description.pool_id;
        Core::join_in(options, directory, description)
            .map(Some)
            .or_else(|error| directory::why(options, pool_id, error))
    }

    fn join_in(options: &Options, directory: Directory, description: Description) -> Result<Arc<Core>> {
        let era = Era::now();
        let slots = Slots::open(&directory, description.slots)?;
        let epochs = Epochs::open(&directory)?;
        let names = Names::open(&directory, description.slots)?;
        let participants = Participants::join(&directory)?;
        let (me, process) = (participants.me(), participants.process());
        let slabs = Slabs::open(&directory, description.slots, description.size_bytes, me, process)?;
        if participants.clear(&slots) {
            slabs.finish(&slots)?;
            names.request_repair();
        }
        Ok(Arc::new(Core {
            name: options.name.clone(),
            directory,
            description,
            era,
            participants,
            epochs,
            slots,
            slabs,
            names,
            requests: Requests::default(),
            membership: Mutex::new(Membership { is_open: true, users: 0 }),
            sweeps: sweep::ended(),
        }))
    }

    pub(crate) fn description(&self) -> &Description {
        &self.description
    }

    pub(crate) fn directory(&self) -> &Directory {
        &self.directory
    }

    /// What this process itself has opened and still uses.
    fn all() -> Vec<Arc<Core>> {
        let all = undisturbed(|| {
            let mut opened = OPENED.lock().unwrap_or_else(PoisonError::into_inner);
            opened.retain(|core| core.strong_count() > 0);
            opened.iter().filter_map(Weak::upgrade).collect::<Vec<_>>()
        });
        all.into_iter().filter(|core| !core.is_of_another_process()).collect()
    }

    /// What it holds, and may write, in each: all of it is lent, as it is going to be read without a hold.
    pub(crate) fn all_held() -> Vec<(Directory, Vec<(u32, bool)>)> {
        let held = Core::all().into_iter().filter_map(|core| {
            let (held, me) = (core.slots.held(), core.participants.me());
            for &(slot, _) in &held {
                core.slots.mark_lent(slot, core.slots.generation(slot));
                core.slots.step(slot, |word| word.lend(me));
            }
            Some((core.directory.again().ok()?, held))
        });
        held.collect()
    }

    /// A segment that this process holds already in the pool with this directory of its own.
    pub(crate) fn held_in(directory: &Path, slot: u32, generation: u64) -> Option<Result<Segment>> {
        let of_it = Core::all().into_iter().filter(|core| core.directory.path() == directory);
        of_it.filter(|core| slot < core.slots.count()).find_map(|core| {
            let user = core.enter_to_sweep()?;
            user.slots.hold_again(slot, generation).then(|| Segment::of(Hold { core: user, slot, generation }))
        })
    }

    pub(crate) fn is_of_another_process(&self) -> bool {
        self.era.is_over()
    }

    fn membership(&self) -> MutexGuard<'_, Membership> {
        self.membership.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn closed(&self, why: &str) -> Error {
        Error::new(Kind::Closed, format!("the pool {:?} is closed: {why}", self.name))
    }

    /// An error if the pool was closed, here or by a fork.
    pub(crate) fn check(&self) -> Result<()> {
        // A forked child looks no further: another thread may have had the mutex.
        if self.is_of_another_process() {
            return Err(self.closed("this process was forked since: open it anew"));
        }
        if self.membership().is_open { Ok(()) } else { Err(self.closed("it was closed")) }
    }

    /// Keeps the place until the user is dropped.
    fn enter(self: &Arc<Self>) -> Result<User> {
        if self.is_of_another_process() {
            return Err(self.closed("this process was forked since: open it anew"));
        }
        let mut membership = self.membership();
        if !membership.is_open {
            return Err(self.closed("it was closed"));
        }
        membership.users += 1;
        drop(membership);
        Ok(User(self.clone()))
    }

    /// Also when the pool was closed, as long as anything stands on the place; nothing otherwise.
    pub(crate) fn enter_to_sweep(self: &Arc<Self>) -> Option<User> {
        if self.is_of_another_process() {
            return None;
        }
        let mut membership = self.membership();
        (membership.is_open || membership.users > 0).then(|| {
            membership.users += 1;
            User(self.clone())
        })
    }

    fn leave(&self) {
        sweep::stop(&self.sweeps);
        // Perhaps nobody else is there to look for it. Else they do, if this fails.
        let _ = self.slots.return_lent();
        self.names.forget();
        self.participants.leave();
    }

    fn close(&self) -> Result<()> {
        let mut membership = self.membership();
        if !std::mem::replace(&mut membership.is_open, false) {
            return Ok(());
        }
        // So that nobody leaves the pool meanwhile.
        membership.users += 1;
        drop(membership);
        parcels::forget(self);
        let deleted = self.names.delete_own(&self.slots, &self.participants);
        self.exit();
        deleted
    }

    fn exit(&self) {
        let mut membership = self.membership();
        membership.users -= 1;
        if membership.users == 0 && !membership.is_open {
            drop(membership);
            self.leave();
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // In a forked child all of it is the parent's. Nobody else is told if names cannot be deleted: what stays is deleted
        // once this participant is seen to be gone.
        if !self.is_of_another_process() {
            let _ = self.close();
        }
    }
}

/// Something that stands on this process's place.
pub(crate) struct User(Arc<Core>);

impl Clone for User {
    fn clone(&self) -> Self {
        if !self.0.is_of_another_process() {
            self.0.membership().users += 1;
        }
        User(self.0.clone())
    }
}

impl Deref for User {
    type Target = Core;

    fn deref(&self) -> &Core {
        &self.0
    }
}

impl Drop for User {
    fn drop(&mut self) {
        if !self.0.is_of_another_process() {
            self.0.exit();
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({:?}, participant {})", self.name(), self.participant())
    }
}

impl Pool {
    /// Opens a pool, and makes it if there is none and the options do not say otherwise.
    pub fn open(options: &Options) -> Result<Pool> {
        let core = Core::join(options)?;
        sweep::start(&core)?;
        undisturbed(|| OPENED.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::downgrade(&core)));
        Ok(Pool(core))
    }

    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The pool's own directory.
    pub fn directory(&self) -> PathBuf {
        self.0.directory.path().to_owned()
    }

    /// Bytes that all segments may take.
    pub fn size_bytes(&self) -> u64 {
        self.0.description.size_bytes
    }

    /// Bytes that all segments and free blocks take now.
    pub fn used_bytes(&self) -> Result<u64> {
        let _user = self.0.enter()?;
        self.0.slabs.used_bytes()
    }

    /// This process's place, from 0 to 127.
    pub fn participant(&self) -> u32 {
        self.0.participants.me().0
    }

    /// Who has the pool open.
    pub fn participants(&self) -> Result<Vec<Participant>> {
        let _user = self.0.enter()?;
        self.0.participants.list()
    }

    /// What in the pool is not as the format says, each in a sentence; nothing, whatever processes have died of. If deep,
    /// all segments are read. It is looked at while others work, who wait for moments only.
    pub fn verify(&self, deep: bool) -> Result<Vec<String>> {
        let user = self.0.enter()?;
        verify::verify(&user, deep)
    }

    pub fn is_closed(&self) -> bool {
        self.0.check().is_err()
    }

    /// Ends what this process may do with the pool, and its datasets that are not persistent. Segments that are open
    /// stay readable; the process leaves the pool with the last of them.
    pub fn close(&self) -> Result<()> {
        if self.0.is_of_another_process() { Ok(()) } else { self.0.close() }
    }

    /// Closes it, and removes it if nobody else has it open and nothing is in it that lasts; whether it is gone. What this
    /// process has open stays readable all the same.
    pub fn close_and_remove_unused(&self) -> Result<bool> {
        // So that the place is this process's until the pool is gone.
        let user = self.0.enter()?;
        self.0.close()?;
        let core = &self.0;
        directory::remove_unused(&core.directory, &core.name, core.participants.me().0, || drop(user))
    }

    // ---- Segments ----

    /// Memory for a segment of so many bytes, whose content is whatever was there.
    pub fn allocate(&self, bytes: u64) -> Result<Writer> {
        Pool::allocate_for(&self.0.enter()?, bytes)
    }

    pub(crate) fn allocate_for(user: &User, bytes: u64) -> Result<Writer> {
        let allocated = match user.slabs.allocate(&user.slots, bytes) {
            Err(e) if e.kind() == Kind::Full => {
                // What was only lent comes back now, and not in a tenth of a second.
                parcels::settle();
                user.slots.return_lent()?;
                user.slabs.allocate(&user.slots, bytes)
            }
            other => other,
        };
        let (slot, generation, block) = allocated?;
        let hold = Hold { core: user.clone(), slot, generation };
        hold.field(record::LENGTH).store(bytes, Ordering::SeqCst);
        Ok(Writer { hold, block, bytes })
    }

    /// Memory for an array in C's order, of a type as NumPy spells it, such as `<f8`; and where in it the elements begin,
    /// whose content is whatever was there.
    pub fn allocate_array(&self, dtype: &str, shape: &[u64]) -> Result<(Writer, u64)> {
        let (head, data) = content::npy_head(dtype, shape).map_err(|wrong| Error::new(Kind::Invalid, wrong))?;
        let start = head.len() as u64;
        let mut writer = self.allocate(start.saturating_add(data))?;
        writer.bytes_mut()[..head.len()].copy_from_slice(&head);
        Ok((writer, start))
    }

    /// A sealed segment with this content.
    pub fn put(&self, content: &[u8]) -> Result<Segment> {
        let mut writer = self.allocate(content.len() as u64)?;
        writer.bytes_mut().copy_from_slice(content);
        writer.seal()
    }

    /// Makes a file in the pool's directory `incoming` a segment: an Arrow IPC file, an Arrow tensor or an .npy file. It is
    /// gone then. What cannot be read in place stays, with the reason beside it.
    pub fn adopt(&self, file: &str) -> Result<Segment> {
        requests::adopt(&self.0.enter()?, file)
    }

    // ---- References ----

    /// What sends is an epoch: with it ends what it has in flight.
    pub fn open_epoch(&self, name: &str) -> Result<Epoch> {
        let user = self.0.enter()?;
        Ok(Epoch(Arc::new(Open { index: self.0.epochs.open_one(name)?, core: user })))
    }

    /// The segment that a reference stands for, which is good for this once.
    pub fn receive(&self, reference: Reference) -> Result<Segment> {
        Pool::receive_for(&self.0.enter()?, reference)
    }

    pub(crate) fn receive_for(user: &User, reference: Reference) -> Result<Segment> {
        let Reference { pool_id, slot, generation, epoch, .. } = reference;
        let (slots, me) = (&user.slots, user.participants.me());
        if pool_id != user.description.pool_id {
            let message = format!(
                "the reference is of the pool {pool_id:016x}, and this one, {:?}, is {:016x}",
                user.name, user.description.pool_id
            );
            return Err(Error::new(Kind::Stale, message));
        }
        if slot >= slots.count() || !slots.receive(slot, generation, u64::from(epoch), me) {
            let message = format!(
                "the reference to slot {slot}, generation {generation}, is stale: it was received before, or its sender \
                 has ended"
            );
            return Err(Error::new(Kind::Stale, message));
        }
        Segment::opened(Hold { core: user.clone(), slot, generation })
    }

    // ---- Datasets ----

    /// Names of all datasets.
    pub fn datasets(&self) -> Result<Vec<String>> {
        let _user = self.0.enter()?;
        self.0.names.list()
    }

    pub fn publish(&self, dataset: &str, publication: Publication) -> Result<()> {
        let _user = self.0.enter()?;
        for (path, segment) in &publication.segments {
            if !Arc::ptr_eq(&segment.0.hold.core.0, &self.0) {
                let message =
                    format!("the segment {path:?} is not of the pool {:?}, or of another opening of it", self.0.name);
                return Err(Error::new(Kind::Invalid, message));
            }
        }
        let Publication { mut content, segments, overwrite } = publication;
        for (entry, (_, segment)) in content.segments.iter_mut().zip(&segments) {
            entry.slot = segment.0.hold.slot;
            entry.generation = segment.0.hold.generation;
            entry.length = segment.0.bytes;
        }
        let names = &self.0.names;
        names.publish(dataset, content, overwrite, &self.0.slots, &self.0.participants).map(|_| ())
    }

    /// Tells what happens to datasets from now on.
    pub fn watch(&self) -> Result<Watch> {
        let _user = self.0.enter()?;
        Watch::of(self.0.clone())
    }

    /// A dataset with all of its segments held.
    pub fn dataset(&self, name: &str) -> Result<Dataset> {
        let user = self.0.enter()?;
        let mut before: Option<Arc<Manifest>> = None;
        loop {
            let manifest = self.0.names.read(name)?;
            if before.as_ref() == Some(&manifest) {
                let message = format!(
                    "the dataset {name:?} of the pool {:?} names segments that are gone: it is damaged, delete it",
                    self.0.name
                );
                return Err(Error::new(Kind::Damaged, message));
            }
            let segments: Result<Option<Vec<Segment>>> =
                manifest.content.segments.iter().map(|entry| Pool::open_entry(&user, entry)).collect();
            if let Some(segments) = segments? {
                return Ok(Dataset { name: name.to_owned(), manifest, segments });
            }
            // It was overwritten meanwhile, or is damaged.
            before = Some(manifest);
        }
    }

    /// Nothing if the segment is gone.
    fn open_entry(user: &User, entry: &Entry) -> Result<Option<Segment>> {
        let (slots, me) = (&user.slots, user.participants.me());
        if entry.slot >= slots.count() || !slots.open_by_name(entry.slot, entry.generation, me) {
            return Ok(None);
        }
        let hold = Hold { core: user.clone(), slot: entry.slot, generation: entry.generation };
        Segment::opened(hold).map(Some)
    }

    pub fn delete(&self, dataset: &str) -> Result<()> {
        let _user = self.0.enter()?;
        self.0.names.delete(dataset, &self.0.slots, &self.0.participants)
    }

    pub fn rename(&self, from: &str, to: &str, overwrite: bool) -> Result<()> {
        let _user = self.0.enter()?;
        self.0.names.rename(from, to, overwrite, &self.0.slots, &self.0.participants)
    }
}

/// One handle's share in this process's hold of a slot.
struct Hold {
    core: User,
    slot: u32,
    generation: u64,
}

impl Hold {
    fn field(&self, offset: u64) -> &std::sync::atomic::AtomicU64 {
        self.core.slots.field(self.slot, offset)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // In a forked child it is the parent's.
        if !self.core.is_of_another_process() {
            self.core.slots.release(self.slot, self.core.participants.me());
        }
    }
}

/// A segment that is being written. Dropped, it was never there.
pub struct Writer {
    hold: Hold,
    block: Block,
    bytes: u64,
}

// SAFETY: the memory is this handle's alone until it is sealed, and lies in a mapping that lives as long.
unsafe impl Send for Writer {}
// SAFETY: as above; to write takes the handle exclusively.
unsafe impl Sync for Writer {}

impl Writer {
    fn start(&self) -> *mut u8 {
        // SAFETY: the block lies in the slab's mapping, which was looked at when it was found.
        unsafe { self.block.slab.start(Access::Write).add(self.block.offset as usize) }
    }

    /// Bytes that the segment has.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// The address of the first byte, which may be written until the segment is sealed.
    pub fn as_ptr(&self) -> *mut u8 {
        self.start()
    }

    pub fn bytes_mut(&mut self) -> &mut [u8] {
        assert!(!self.hold.core.is_of_another_process(), "this process was forked since the segment was allocated");
        // SAFETY: the block has that many bytes, all of which have memory, and nobody else touches them (3.8).
        unsafe { slice::from_raw_parts_mut(self.start(), self.bytes as usize) }
    }

    /// The memory once more, for pointers that cannot be taken back when it is sealed. A child that is forked from now on
    /// has them, too ([`crate::Heritage`]).
    pub fn expose(&self) -> Result<Exposure> {
        self.hold.core.check()?;
        self.hold.core.slots.expose(self.hold.slot);
        self.hold.core.slabs.expose(self.hold.slot, self.bytes)
    }

    /// Makes it shorter, before it is sealed or shared.
    pub fn truncate(&mut self, bytes: u64) {
        self.bytes = self.bytes.min(bytes);
        self.hold.field(record::LENGTH).store(self.bytes, Ordering::SeqCst);
    }

    /// Whether a child that was forked since can still write it: it cannot be sealed then.
    pub fn is_inherited(&self) -> Result<bool> {
        Ok(heritage::has_heirs() && self.hold.core.slots.is_written_under_a_lease(self.hold.slot)?)
    }

    fn check_that_no_child_writes(&self) -> Result<()> {
        if self.is_inherited()? {
            let message = "a child that was forked while the segment was written may still write it: end it first";
            return Err(Error::new(Kind::InUse, message));
        }
        Ok(())
    }

    /// Makes it immutable, and readable by everybody who holds it.
    pub fn seal(mut self) -> Result<Segment> {
        self.hold.core.check()?;
        self.check_that_no_child_writes()?;
        if self.hold.core.description.checksums {
            let sum = u64::from(crc32c::crc32c(self.bytes_mut()));
            self.hold.field(record::CHECKSUM).store(sum, Ordering::SeqCst);
        }
        reached(Point::Sealing);
        // Nobody forks in between: a child of before is seen, and one of later finds it sealed.
        undisturbed(|| {
            self.check_that_no_child_writes()?;
            self.hold.core.slots.seal(self.hold.slot, self.hold.core.participants.me())
        })?;
        Segment::of(self.hold)
    }

    /// Makes it readable and writable by everybody who holds it, until one that alone holds it seals it.
    pub fn share(self) -> Result<Segment> {
        self.hold.core.check()?;
        let me = self.hold.core.participants.me();
        reached(Point::Sharing);
        let is_shared = self.hold.core.slots.step(self.hold.slot, |word| word.share(me));
        assert!(is_shared, "nobody but its creator changes what is being written");
        Segment::of(self.hold)
    }
}

struct Inner {
    hold: Hold,
    block: Block,
    bytes: u64,
}

/// A segment that this process holds, until the last clone is dropped: its memory stays where it is, and, if it is
/// sealed, as it is.
#[derive(Clone)]
pub struct Segment(Arc<Inner>);

// SAFETY: the memory lies in a mapping that lives as long as this, and is read, or written as what is shared is.
unsafe impl Send for Inner {}
// SAFETY: as above.
unsafe impl Sync for Inner {}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Segment(slot {}, generation {}, {} bytes)", self.0.hold.slot, self.0.hold.generation, self.0.bytes)
    }
}

impl Segment {
    fn of(hold: Hold) -> Result<Segment> {
        let bytes = hold.field(record::LENGTH).load(Ordering::SeqCst);
        let block = hold.core.slabs.block(hold.slot, bytes)?;
        Ok(Segment(Arc::new(Inner { hold, block, bytes })))
    }

    /// What another handle has sealed, with its checksum compared if the pool has such.
    fn opened(hold: Hold) -> Result<Segment> {
        let segment = Segment::of(hold)?;
        let hold = &segment.0.hold;
        if hold.core.description.checksums
            && let Some(bytes) = segment.bytes()
        {
            let expected = hold.field(record::CHECKSUM).load(Ordering::SeqCst);
            let found = u64::from(crc32c::crc32c(bytes));
            if expected != record::UNKNOWN && expected != found {
                let message = format!(
                    "{segment:?} of the pool {:?} has the checksum {found:08x} and was sealed with {expected:08x}: a \
                     process has written over it. Publish it again",
                    hold.core.name
                );
                return Err(Error::new(Kind::Damaged, message));
            }
        }
        Ok(segment)
    }

    pub fn len(&self) -> u64 {
        self.0.bytes
    }

    pub fn is_empty(&self) -> bool {
        self.0.bytes == 0
    }

    /// Whether nobody can change it any more.
    pub fn is_sealed(&self) -> bool {
        self.0.hold.core.slots.word(self.0.hold.slot).is(State::Sealed)
    }

    pub fn slot(&self) -> u32 {
        self.0.hold.slot
    }

    /// Which segment of its slot it is.
    pub fn generation(&self) -> u64 {
        self.0.hold.generation
    }

    fn start(&self, access: Access) -> *mut u8 {
        // SAFETY: the block lies in the slab's mapping, which was looked at when it was found.
        unsafe { self.0.block.slab.start(access).add(self.0.block.offset as usize) }
    }

    /// The address of the first byte, in a mapping that cannot be written.
    pub fn as_ptr(&self) -> *const u8 {
        self.start(Access::Read)
    }

    /// The address of the first byte of what is shared, which may be written as others may; nothing if it is sealed.
    pub fn as_mut_ptr(&self) -> Option<*mut u8> {
        (!self.is_sealed()).then(|| self.start(Access::Write))
    }

    /// The memory of what is shared once more, for pointers that cannot be taken back when it is sealed.
    pub fn expose(&self) -> Result<Exposure> {
        self.0.hold.core.check()?;
        if self.is_sealed() {
            return Err(Error::new(Kind::Invalid, "the segment is sealed: it can be read only"));
        }
        self.0.hold.core.slabs.expose(self.0.hold.slot, self.0.bytes)
    }

    /// The bytes of a sealed segment; nothing if it is shared, as those may change at any time.
    pub fn bytes(&self) -> Option<&[u8]> {
        // SAFETY: what is sealed does not change while this handle lives, and has that many bytes.
        self.is_sealed().then(|| unsafe { slice::from_raw_parts(self.as_ptr(), self.0.bytes as usize) })
    }

    /// Where the elements of a sealed array lie, after a look at all that says so.
    pub fn array(&self) -> Result<Array> {
        let bytes = self.bytes().ok_or_else(|| {
            Error::new(Kind::Invalid, "what is shared may change while it is looked at: seal it, or copy it")
        })?;
        match Content::of(bytes) {
            Ok(Content::Array(array)) => Ok(array),
            Ok(Content::Batches { .. }) => {
                Err(Error::new(Kind::Invalid, format!("{self:?} is an Arrow file, no array")))
            }
            Err(Refusal::Damaged(wrong) | Refusal::Conversion(wrong)) => {
                Err(Error::new(Kind::Damaged, format!("{self:?} cannot be read: {wrong}")))
            }
        }
    }

    /// Seals what is shared; an error if anybody else holds it, in any process.
    pub fn seal(&self) -> Result<()> {
        let Inner { hold, bytes, .. } = &*self.0;
        hold.core.check()?;
        if self.is_sealed() {
            return Ok(());
        }
        hold.field(record::CHECKSUM).store(record::UNKNOWN, Ordering::SeqCst);
        hold.core.slots.seal(hold.slot, hold.core.participants.me())?;
        reached(Point::SealedWithoutChecksum);
        if hold.core.description.checksums {
            // SAFETY: it is sealed now, so it does not change while this handle lives.
            let sum = crc32c::crc32c(unsafe { slice::from_raw_parts(self.as_ptr(), *bytes as usize) });
            hold.field(record::CHECKSUM).store(u64::from(sum), Ordering::SeqCst);
        }
        Ok(())
    }

    /// Puts a reference to it in flight. Other epochs cannot while it is; nor can anybody send more than 4,095.
    pub fn send(&self, epoch: &Epoch) -> Result<Reference> {
        let Inner { hold, bytes, .. } = &*self.0;
        hold.core.check()?;
        if !Arc::ptr_eq(&hold.core.0, &epoch.0.core.0) {
            return Err(Error::new(Kind::Invalid, "the segment and the epoch are not of the same opening of a pool"));
        }
        let me = hold.core.participants.me();
        if !hold.core.slots.step(hold.slot, |word| word.send(me, epoch.0.index)) {
            let message = format!(
                "slot {} is in flight by another epoch, or {MOST_IN_FLIGHT} times: wait until it was received, or send a \
                 copy",
                hold.slot
            );
            return Err(Error::new(Kind::InUse, message));
        }
        reached(Point::Sent);
        Ok(Reference {
            pool_id: hold.core.description.pool_id,
            slot: hold.slot,
            generation: hold.generation,
            length: *bytes,
            epoch: epoch.0.index as u16,
        })
    }

    /// Lets runtimes that are no participants read it, each under a lease, for as long as anybody holds it.
    pub fn lend(&self) -> Result<()> {
        let Inner { hold, .. } = &*self.0;
        hold.core.check()?;
        hold.core.slots.mark_lent(hold.slot, hold.generation);
        let me = hold.core.participants.me();
        hold.core.slots.step(hold.slot, |word| word.lend(me));
        Ok(())
    }

    pub(crate) fn is_of_another_process(&self) -> bool {
        self.0.hold.core.is_of_another_process()
    }

    /// Whether it is held through this opening of a pool.
    pub fn is_of(&self, pool: &Pool) -> bool {
        self.is_in(&pool.0)
    }

    pub(crate) fn is_in(&self, core: &Core) -> bool {
        std::ptr::eq(&*self.0.hold.core.0, core)
    }

    /// The pool that it lies in.
    pub fn pool(&self) -> Pool {
        Pool(self.0.hold.core.0.clone())
    }

    /// Whether it is the same memory.
    pub fn is_same(&self, other: &Segment) -> bool {
        Arc::ptr_eq(&self.0.hold.core.0, &other.0.hold.core.0) && self.0.hold.slot == other.0.hold.slot
    }
}

/// What is to be published.
#[derive(Default)]
pub struct Publication {
    content: manifest::Content,
    segments: Vec<(String, Segment)>,
    overwrite: bool,
}

impl Publication {
    /// Nothing yet, which ends with this process's opening of the pool.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it stays until it is deleted or overwritten.
    pub fn persistent(mut self, persistent: bool) -> Self {
        self.content.persistent = persistent;
        self
    }

    /// Whether a dataset of the same name is replaced.
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    pub fn attributes(mut self, attributes: Attributes) -> Self {
        self.content.attributes = attributes;
        self
    }

    pub fn group(mut self, path: impl Into<String>, attributes: Attributes) -> Self {
        self.content.groups.insert(path.into(), attributes);
        self
    }

    /// Adds a segment. The description is for people: an array's type and shape, a table's rows and columns.
    pub fn segment(
        mut self,
        path: impl Into<String>,
        segment: &Segment,
        description: impl Into<String>,
        attributes: Attributes,
    ) -> Self {
        let path = path.into();
        self.content.segments.push(Entry {
            path: path.clone(),
            slot: 0,
            generation: 0,
            length: 0,
            description: description.into(),
            attributes,
        });
        self.segments.push((path, segment.clone()));
        self
    }
}

/// A dataset as it was when it was opened, with holds on all of its segments.
#[derive(Debug)]
pub struct Dataset {
    name: String,
    manifest: Arc<Manifest>,
    segments: Vec<Segment>,
}

impl Dataset {
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn is_persistent(&self) -> bool {
        self.manifest.content.persistent
    }

    /// With the revision, which publication it is.
    pub fn id(&self) -> u64 {
        self.manifest.id
    }

    pub fn revision(&self) -> u64 {
        self.manifest.revision
    }

    pub fn published_at_ms(&self) -> u64 {
        self.manifest.published_at_ms
    }

    pub fn attributes(&self) -> &Attributes {
        &self.manifest.content.attributes
    }

    /// Groups that have attributes, or nothing in them, by path.
    pub fn groups(&self) -> &BTreeMap<String, Attributes> {
        &self.manifest.content.groups
    }

    /// All segments, with what the dataset says of them.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = (&Entry, &Segment)> {
        self.manifest.content.segments.iter().zip(&self.segments)
    }

    pub fn segment(&self, path: &str) -> Option<&Segment> {
        self.segments().find(|(entry, _)| entry.path == path).map(|(_, segment)| segment)
    }
}

/// Names of the pools of this user in `$ARROW_SHM_DIR` or `/dev/shm`, or in the directory that is said.
pub fn pools(directory: Option<&Path>) -> Result<Vec<String>> {
    directory::pools(directory.unwrap_or(&Options::named("x").directory))
}

pub(crate) const PARTICIPANTS: u32 = participant::COUNT;
pub(crate) const EPOCHS: u64 = epoch::COUNT;
