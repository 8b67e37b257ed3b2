//! Datasets: changes under the names lock, reading without it, and repair (FORMAT.md, section 10).

use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::incoming::Incoming;
use crate::inotify::Inotify;
use crate::layout::{self, names_lock, record};
use crate::manifest::{self, Content, Creator, Manifest};
use crate::participants::Participants;
use crate::readings::Readings;
use crate::request::{Answer, Request};
use crate::slots::Slots;
use crate::sys::{self, Access, Directory, Lock, Locks, Numbers};
use crate::word::Word;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

#[derive(Debug)]
pub(crate) struct Names {
    directory: Directory,
    incoming: Incoming,
    numbers: Numbers,
    lock: Mutex<Locks>,
    slots: u64,
    readings: Readings,
}

/// The names lock, given back when this is dropped.
struct Changing<'a> {
    locks: MutexGuard<'a, Locks>,
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        // A lock that cannot be given back falls with the descriptor.
        let _ = self.locks.unlock(0);
    }
}

/// What has a dataset's name.
enum Found {
    Nothing,
    Whole(Arc<Manifest>),
    /// Nobody can tell which names it gives.
    Damaged,
}

/// What is about to be published.
struct Prepared {
    manifest: Arc<Manifest>,
    bytes: Vec<u8>,
    /// Of its file.
    name: String,
    /// What it replaces.
    found: Found,
}

/// Whether a manifest cannot be read for what it is: then it may give any names. Else it could not be looked at.
fn is_damage(error: &Error) -> bool {
    matches!(error.kind(), Kind::Damaged | Kind::Version | Kind::Untrusted)
}

impl Names {
    pub(crate) fn open(pool: &Directory, slots: u64) -> Result<Self> {
        let directory = pool.directory(layout::NAMES)?;
        Ok(Names {
            slots,
            numbers: Numbers::open(&directory, layout::NAMES_LOCK, Some(names_lock::BYTES), Access::Write)?,
            lock: Mutex::new(Locks::open(&directory, layout::NAMES_LOCK)?),
            incoming: Incoming::open(pool)?,
            readings: Readings::default(),
            directory,
        })
    }

    fn number(&self, offset: u64) -> u64 {
        self.numbers.at(offset).load(Ordering::SeqCst)
    }

    fn is_repair_due(&self) -> bool {
        self.number(names_lock::REQUESTED) != self.number(names_lock::DONE)
    }

    /// The names lock, with what a killed one has left made good.
    fn lock(&self, slots: &Slots, participants: &Participants) -> Result<Changing<'_>> {
        let locks = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        locks.lock(0, Lock::Exclusive, "the names lock")?;
        self.locked(Changing { locks }, slots, participants)
    }

    fn locked<'a>(
        &'a self,
        changing: Changing<'a>,
        slots: &Slots,
        participants: &Participants,
    ) -> Result<Changing<'a>> {
        self.numbers.at(names_lock::HOLDER).store(u64::from(participants.process()), Ordering::SeqCst);
        reached(Point::HoldingNamesLock);
        if self.is_repair_due() {
            self.repair(&changing, slots, participants)?;
        }
        Ok(changing)
    }

    // ---- Reading ----

    pub(crate) fn list(&self) -> Result<Vec<String>> {
        let mut datasets: Vec<String> =
            self.directory.names()?.iter().filter_map(|name| manifest::dataset_of(name)).collect();
        datasets.sort_unstable();
        Ok(datasets)
    }

    pub(crate) fn read(&self, dataset: &str) -> Result<Arc<Manifest>> {
        let name = manifest::file_name(dataset)?;
        self.readings.read(&self.directory, &name, self.slots).map_err(|e| match e.kind() {
            Kind::Absent => {
                let pool = self.directory.path().parent().unwrap_or(self.directory.path()).display();
                Error::new(Kind::Absent, format!("there is no dataset {dataset:?} in the pool {pool}"))
            }
            _ => e,
        })
    }

    /// For those who go through all of them, once.
    fn read_anew(&self, name: &str) -> Result<Manifest> {
        let bytes = self.directory.read(name, manifest::MOST_BYTES)?;
        Manifest::parse(&self.directory.path_of(name), &bytes, self.slots)
    }

    /// Tells of files that get and lose names.
    pub(crate) fn watch(&self) -> Result<Inotify> {
        Inotify::of(&self.directory)
    }

    /// Keeps nothing open that was read.
    pub(crate) fn forget(&self) {
        self.readings.forget_all();
    }

    fn look(&self, dataset: &str) -> Result<Found> {
        match self.read(dataset) {
            Ok(manifest) => Ok(Found::Whole(manifest)),
            Err(e) if e.kind() == Kind::Absent => Ok(Found::Nothing),
            Err(e) if is_damage(&e) => Ok(Found::Damaged),
            Err(e) => Err(e),
        }
    }

    pub(crate) fn incoming(&self) -> &Incoming {
        &self.incoming
    }

    // ---- Changing ----

    /// Asks for a repair; what to withdraw.
    pub(crate) fn request_repair(&self) -> u64 {
        self.numbers.at(names_lock::REQUESTED).fetch_add(1, Ordering::SeqCst).wrapping_add(1)
    }

    fn withdraw(&self, _: &Changing<'_>, request: u64) {
        if self.number(names_lock::DONE) == request.wrapping_sub(1) {
            self.numbers.at(names_lock::DONE).store(request, Ordering::SeqCst);
        }
    }

    /// Publishes segments that this process holds.
    pub(crate) fn publish(
        &self,
        dataset: &str,
        content: Content,
        overwrite: bool,
        slots: &Slots,
        participants: &Participants,
    ) -> Result<()> {
        content.check().map_err(|wrong| Error::new(Kind::Invalid, wrong))?;
        let changing = self.lock(slots, participants)?;
        let prepared = self.prepare(dataset, content, overwrite, participants)?;
        let request = self.request_repair();
        self.publish_prepared(&changing, &prepared, slots, participants)?;
        self.withdraw(&changing, request);
        Ok(())
    }

    /// What is about to be published, if it may be.
    fn prepare(
        &self,
        dataset: &str,
        content: Content,
        overwrite: bool,
        participants: &Participants,
    ) -> Result<Prepared> {
        let name = manifest::file_name(dataset)?;
        let found = self.look(dataset)?;
        self.may_replace(dataset, &found, overwrite, participants)?;
        let (id, revision) = match &found {
            Found::Whole(before) if before.revision == crate::json::MOST => {
                return Err(Error::new(Kind::Invalid, format!("{dataset:?} was overwritten too often: delete it")));
            }
            Found::Whole(before) => (before.id, before.revision + 1),
            _ => (sys::random()? % crate::json::MOST + 1, 1),
        };
        let creator = Creator {
            participant: participants.me().0,
            process_id: u64::from(participants.process()),
            incarnation: participants.incarnation(),
        };
        let manifest = Manifest { id, revision, published_at_ms: sys::now_ms(), creator, content };
        Ok(Prepared { bytes: manifest.to_bytes()?, manifest: Arc::new(manifest), name, found })
    }

    /// A repair was requested.
    fn publish_prepared(
        &self,
        changing: &Changing<'_>,
        prepared: &Prepared,
        slots: &Slots,
        participants: &Participants,
    ) -> Result<()> {
        let Manifest { id, revision, content, .. } = &*prepared.manifest;
        let aside = format!(".{id}-{revision}");
        let file = self.directory.write(&aside, &prepared.bytes)?;
        reached(Point::ManifestWritten);
        for entry in &content.segments {
            if !slots.step(entry.slot, |word| word.name(participants.me())) {
                let message = format!("the segment {:?} is still being written: seal or share it first", entry.path);
                return Err(Error::new(Kind::Invalid, message));
            }
            reached(Point::NamedNotCounted);
            slots.field(entry.slot, record::NAME_COUNT).fetch_add(1, Ordering::SeqCst);
            reached(Point::SegmentNamed);
        }
        self.directory.rename(&aside, &prepared.name)?;
        reached(Point::ManifestRenamed);
        self.readings.written(&prepared.name, file, &prepared.manifest);
        self.remove_names_of(changing, &prepared.found, slots);
        Ok(())
    }

    /// Publishes what a request asks for, all of whose segments this process holds, unless the request is not there any
    /// more (11.6).
    pub(crate) fn carry_out(
        &self,
        request: &str,
        found: &libc::stat,
        asked: &Request,
        slots: &Slots,
        participants: &Participants,
    ) -> Result<()> {
        let changing = self.lock(slots, participants)?;
        let repair = self.request_repair();
        let prepared = match self.incoming.is_still(request, found) {
            Ok(true) => self.prepare(&asked.dataset, asked.content.clone(), asked.overwrite, participants).map(Some),
            other => other.map(|_| None),
        };
        // Nothing is changed yet.
        let Ok(Some(prepared)) = prepared else {
            self.withdraw(&changing, repair);
            return prepared.map(|_| ());
        };
        let answer = Answer::done(asked, &prepared.manifest);
        self.incoming.decide(request, &answer)?;
        self.publish_prepared(&changing, &prepared, slots, participants)?;
        self.incoming.complete(request, &answer);
        self.withdraw(&changing, repair);
        Ok(())
    }

    /// Answers a request that cannot be carried out, unless it is not there any more; its files stay.
    pub(crate) fn refuse(
        &self,
        request: &str,
        found: &libc::stat,
        reason: &str,
        retry: bool,
        slots: &Slots,
        participants: &Participants,
    ) -> Result<()> {
        let changing = self.lock(slots, participants)?;
        let repair = self.request_repair();
        if self.incoming.is_still(request, found)? {
            let answer = Answer::Refused { reason: reason.to_owned(), retry };
            self.incoming.decide(request, &answer)?;
            self.incoming.complete(request, &answer);
        }
        self.withdraw(&changing, repair);
        Ok(())
    }

    /// An error if there is something that is not to be replaced. What was to end with a creator who has ended is as good
    /// as gone.
    fn may_replace(&self, dataset: &str, found: &Found, overwrite: bool, participants: &Participants) -> Result<()> {
        if overwrite {
            return Ok(());
        }
        let is_there = match found {
            Found::Nothing => false,
            Found::Damaged => true,
            Found::Whole(manifest) => {
                manifest.content.persistent || participants.is_alive(manifest.creator.incarnation)?
            }
        };
        if is_there {
            let message =
                format!("there is a dataset {dataset:?} already: delete it, overwrite it, or take another name");
            return Err(Error::new(Kind::Exists, message));
        }
        Ok(())
    }

    /// Takes the names of what was replaced away; if nobody knows which these are, a repair will find out.
    fn remove_names_of(&self, changing: &Changing<'_>, found: &Found, slots: &Slots) {
        match found {
            Found::Nothing => {}
            Found::Whole(manifest) => self.remove_names(changing, manifest, slots),
            Found::Damaged => {
                self.request_repair();
            }
        }
    }

    fn remove_names(&self, _: &Changing<'_>, manifest: &Manifest, slots: &Slots) {
        for entry in &manifest.content.segments {
            if slots.generation(entry.slot) != entry.generation {
                continue;
            }
            let names = slots.field(entry.slot, record::NAME_COUNT);
            let left = names.load(Ordering::SeqCst).saturating_sub(1);
            names.store(left, Ordering::SeqCst);
            if left == 0 {
                reached(Point::UncountedStillNamed);
                slots.step(entry.slot, Word::unname);
            }
        }
    }

    pub(crate) fn delete(&self, dataset: &str, slots: &Slots, participants: &Participants) -> Result<()> {
        let name = manifest::file_name(dataset)?;
        let changing = self.lock(slots, participants)?;
        match self.read(dataset) {
            Ok(manifest) => {
                let request = self.request_repair();
                self.directory.remove(&name)?;
                reached(Point::ManifestRemoved);
                self.readings.forget(&name);
                self.remove_names(&changing, &manifest, slots);
                self.withdraw(&changing, request);
                Ok(())
            }
            Err(e) if is_damage(&e) => {
                // Nobody knows what it named: a repair counts what the others name.
                self.request_repair();
                self.directory.remove(&name)?;
                self.repair(&changing, slots, participants)
            }
            Err(e) => Err(e),
        }
    }

    pub(crate) fn rename(
        &self,
        from: &str,
        to: &str,
        overwrite: bool,
        slots: &Slots,
        participants: &Participants,
    ) -> Result<()> {
        let (old, new) = (manifest::file_name(from)?, manifest::file_name(to)?);
        let changing = self.lock(slots, participants)?;
        self.read(from)?;
        if from == to {
            return Ok(());
        }
        let replaced = self.look(to)?;
        self.may_replace(to, &replaced, overwrite, participants)?;
        let request = self.request_repair();
        self.directory.rename(&old, &new)?;
        self.readings.forget(&old);
        self.remove_names_of(&changing, &replaced, slots);
        self.withdraw(&changing, request);
        Ok(())
    }

    /// Deletes what ends with this participant, which leaves (10.5).
    pub(crate) fn delete_own(&self, slots: &Slots, participants: &Participants) -> Result<()> {
        let changing = self.lock(slots, participants)?;
        for name in self.directory.names()? {
            let Some(_) = manifest::dataset_of(&name) else { continue };
            let Ok(manifest) = self.read_anew(&name) else { continue };
            if !manifest.content.persistent && manifest.creator.incarnation == participants.incarnation() {
                let request = self.request_repair();
                self.directory.remove(&name)?;
                self.remove_names(&changing, &manifest, slots);
                self.withdraw(&changing, request);
            }
        }
        Ok(())
    }

    // ---- Repair ----

    /// Repairs if that is due and nobody changes names just now.
    pub(crate) fn repair_if_due(&self, slots: &Slots, participants: &Participants) -> Result<()> {
        if !self.is_repair_due() {
            return Ok(());
        }
        let locks = match self.lock.try_lock() {
            Ok(locks) => locks,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        if locks.try_lock(0, Lock::Exclusive)? {
            self.locked(Changing { locks }, slots, participants)?;
        }
        Ok(())
    }

    fn repair(&self, _: &Changing<'_>, slots: &Slots, participants: &Participants) -> Result<()> {
        let request = self.number(names_lock::REQUESTED);
        let mut names: HashMap<u32, (u64, u64)> = HashMap::new();
        let mut published = HashSet::new();
        let mut is_whole = true;
        for name in self.directory.names()? {
            if name.starts_with('.') {
                // The names lock's holder has written it, and there is none now.
                self.directory.remove(&name)?;
                continue;
            }
            let Some(_) = manifest::dataset_of(&name) else { continue };
            let manifest = match self.read_anew(&name) {
                Ok(manifest) => manifest,
                Err(e) if is_damage(&e) => {
                    is_whole = false;
                    continue;
                }
                Err(e) => return Err(e),
            };
            if !manifest.content.persistent && !participants.is_alive(manifest.creator.incarnation)? {
                self.directory.remove(&name)?;
                continue;
            }
            published.insert((manifest.id, manifest.revision));
            for entry in manifest.content.segments {
                if slots.generation(entry.slot) == entry.generation {
                    names.entry(entry.slot).or_insert((entry.generation, 0)).1 += 1;
                }
            }
        }
        self.incoming.finish(&published)?;
        reached(Point::RepairingNames);
        if is_whole {
            self.count_anew(&names, slots);
        }
        self.numbers.at(names_lock::DONE).store(request, Ordering::SeqCst);
        Ok(())
    }

    /// What is wrong with the names, while nobody changes them. What is due to be repaired is not wrong.
    pub(crate) fn verify(&self, slots: &Slots, participants: &Participants) -> Result<Vec<String>> {
        let locks = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        locks.lock(0, Lock::Exclusive, "the names lock")?;
        let _changing = Changing { locks };
        let (mut found, is_due) = (Vec::new(), self.is_repair_due());
        let mut names: HashMap<u32, u64> = HashMap::new();
        for dataset in self.list()? {
            let manifest = match self.read_anew(&manifest::file_name(&dataset)?) {
                Err(e) if is_damage(&e) => {
                    found.push(e.to_string());
                    continue;
                }
                other => other?,
            };
            let is_over = !manifest.content.persistent && !participants.is_alive(manifest.creator.incarnation)?;
            if is_over && !is_due && !participants.is_unswept(manifest.creator.incarnation) {
                found.push(format!("the dataset {dataset:?} has outlived its creator"));
            }
            for entry in &manifest.content.segments {
                let word = slots.word(entry.slot);
                if slots.generation(entry.slot) != entry.generation || !word.is_named() || !word.is_readable() {
                    found.push(format!("slot {} is not what the dataset {dataset:?} names", entry.slot));
                }
                *names.entry(entry.slot).or_insert(0) += 1;
            }
        }
        for slot in (0..slots.count()).filter(|&slot| slots.word(slot).is_named() && !is_due) {
            let (given, counted) =
                (names.get(&slot).copied(), slots.field(slot, record::NAME_COUNT).load(Ordering::SeqCst));
            if given != Some(counted) {
                let given = given.unwrap_or(0);
                found.push(format!("slot {slot} has {counted} names, and manifests that can be read give it {given}"));
            }
        }
        Ok(found)
    }

    fn count_anew(&self, names: &HashMap<u32, (u64, u64)>, slots: &Slots) {
        for slot in 0..slots.count() {
            if !slots.word(slot).is_named() {
                continue;
            }
            // While it is named its generation does not change.
            let count = names.get(&slot).map_or(0, |(_, count)| *count);
            let at = slots.field(slot, record::NAME_COUNT);
            if at.load(Ordering::SeqCst) != count {
                at.store(count, Ordering::SeqCst);
            }
            if count == 0 {
                slots.step(slot, Word::unname);
            }
        }
    }
}
