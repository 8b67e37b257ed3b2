//! Datasets: changes under the names lock, reading without it, and repair (FORMAT.md, section 10).

use crate::error::{Error, Kind, Result};
use crate::incoming::Incoming;
use crate::layout::{self, names_lock, record};
use crate::manifest::{self, Content, Creator, Manifest};
use crate::participants::Participants;
use crate::slots::Slots;
use crate::sys::{self, Access, Directory, Lock, Locks, Numbers};
use crate::word::Word;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

#[derive(Debug)]
pub(crate) struct Names {
    directory: Directory,
    incoming: Incoming,
    numbers: Numbers,
    lock: Mutex<Locks>,
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

impl Names {
    pub(crate) fn open(pool: &Directory) -> Result<Self> {
        let directory = pool.directory(layout::NAMES)?;
        Ok(Names {
            numbers: Numbers::open(&directory, layout::NAMES_LOCK, Some(names_lock::BYTES), Access::Write)?,
            lock: Mutex::new(Locks::open(&directory, layout::NAMES_LOCK)?),
            incoming: Incoming::open(pool)?,
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
        locks.lock(0, "the names lock")?;
        self.locked(Changing { locks }, slots, participants)
    }

    fn locked<'a>(
        &'a self,
        changing: Changing<'a>,
        slots: &Slots,
        participants: &Participants,
    ) -> Result<Changing<'a>> {
        self.numbers.at(names_lock::HOLDER).store(u64::from(participants.process()), Ordering::SeqCst);
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

    pub(crate) fn read(&self, dataset: &str) -> Result<Manifest> {
        let name = manifest::file_name(dataset)?;
        match self.directory.read(&name, manifest::MOST_BYTES) {
            Err(e) if e.kind() == Kind::Absent => {
                let pool = self.directory.path().parent().unwrap_or(self.directory.path()).display();
                Err(Error::new(Kind::Absent, format!("there is no dataset {dataset:?} in the pool {pool}")))
            }
            other => Manifest::parse(&self.directory.path_of(&name), &other?),
        }
    }

    /// Nothing if there is none.
    fn read_if_there(&self, dataset: &str) -> Result<Option<Manifest>> {
        match self.read(dataset) {
            Err(e) if e.kind() == Kind::Absent => Ok(None),
            other => other.map(Some),
        }
    }

    // ---- Changing ----

    /// Asks for a repair; what to withdraw.
    pub(crate) fn request_repair(&self) -> u64 {
        self.numbers.at(names_lock::REQUESTED).fetch_add(1, Ordering::SeqCst) + 1
    }

    fn withdraw(&self, _: &Changing<'_>, request: u64) {
        if self.number(names_lock::DONE) == request - 1 {
            self.numbers.at(names_lock::DONE).store(request, Ordering::SeqCst);
        }
    }

    /// Publishes segments that this process holds; the id and the revision.
    pub(crate) fn publish(
        &self,
        dataset: &str,
        content: Content,
        overwrite: bool,
        slots: &Slots,
        participants: &Participants,
    ) -> Result<Manifest> {
        let name = manifest::file_name(dataset)?;
        content.check().map_err(|wrong| Error::new(Kind::Invalid, wrong))?;
        let changing = self.lock(slots, participants)?;
        let before = self.read_if_there(dataset)?;
        if before.is_some() && !overwrite {
            let message =
                format!("there is a dataset {dataset:?} already: delete it, overwrite it, or take another name");
            return Err(Error::new(Kind::Exists, message));
        }
        let (id, revision) = match &before {
            Some(before) if before.revision == crate::json::MOST => {
                return Err(Error::new(Kind::Invalid, format!("{dataset:?} was overwritten too often: delete it")));
            }
            Some(before) => (before.id, before.revision + 1),
            None => (sys::random()? % crate::json::MOST + 1, 1),
        };
        let creator = Creator {
            participant: participants.me().0,
            process_id: u64::from(participants.process()),
            incarnation: participants.incarnation(),
        };
        let manifest = Manifest { id, revision, published_at_ms: sys::now_ms(), creator, content };
        let bytes = manifest.to_bytes()?;
        let request = self.request_repair();
        let aside = format!(".{id}-{revision}");
        self.directory.write(&aside, &bytes)?;
        for entry in &manifest.content.segments {
            if !slots.step(entry.slot, |word| word.name(participants.me())) {
                let message = format!("the segment {:?} is still being written: seal or share it first", entry.path);
                return Err(Error::new(Kind::Invalid, message));
            }
            slots.field(entry.slot, record::NAME_COUNT).fetch_add(1, Ordering::SeqCst);
        }
        self.directory.rename(&aside, &name)?;
        self.remove_names(&changing, before.as_ref(), slots);
        self.withdraw(&changing, request);
        Ok(manifest)
    }

    fn remove_names(&self, _: &Changing<'_>, manifest: Option<&Manifest>, slots: &Slots) {
        for entry in manifest.iter().flat_map(|manifest| &manifest.content.segments) {
            if entry.slot >= slots.count() || slots.generation(entry.slot) != entry.generation {
                continue;
            }
            let names = slots.field(entry.slot, record::NAME_COUNT);
            let left = names.load(Ordering::SeqCst).saturating_sub(1);
            names.store(left, Ordering::SeqCst);
            if left == 0 {
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
                self.remove_names(&changing, Some(&manifest), slots);
                self.withdraw(&changing, request);
                Ok(())
            }
            Err(e) if e.kind() == Kind::Damaged => {
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
        let replaced = self.read_if_there(to)?;
        if replaced.is_some() && !overwrite {
            let message = format!("there is a dataset {to:?} already: delete it, overwrite it, or take another name");
            return Err(Error::new(Kind::Exists, message));
        }
        let request = self.request_repair();
        self.directory.rename(&old, &new)?;
        self.remove_names(&changing, replaced.as_ref(), slots);
        self.withdraw(&changing, request);
        Ok(())
    }

    /// Deletes what ends with this participant, which leaves (10.5).
    pub(crate) fn delete_own(&self, slots: &Slots, participants: &Participants) -> Result<()> {
        let changing = self.lock(slots, participants)?;
        for name in self.directory.names()? {
            let Some(dataset) = manifest::dataset_of(&name) else { continue };
            let Ok(manifest) = self.read(&dataset) else { continue };
            if !manifest.content.persistent && manifest.creator.incarnation == participants.incarnation() {
                let request = self.request_repair();
                self.directory.remove(&name)?;
                self.remove_names(&changing, Some(&manifest), slots);
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
            let Some(dataset) = manifest::dataset_of(&name) else { continue };
            let manifest = match self.read(&dataset) {
                Ok(manifest) => manifest,
                Err(e) if e.kind() == Kind::System => return Err(e),
                Err(_) => {
                    is_whole = false;
                    continue;
                }
            };
            if !manifest.content.persistent && !participants.is_alive(manifest.creator.incarnation)? {
                self.directory.remove(&name)?;
                continue;
            }
            published.insert((manifest.id, manifest.revision));
            for entry in manifest.content.segments {
                if entry.slot < slots.count() && slots.generation(entry.slot) == entry.generation {
                    names.entry(entry.slot).or_insert((entry.generation, 0)).1 += 1;
                }
            }
        }
        self.incoming.finish(&published)?;
        if is_whole {
            self.count_anew(&names, slots);
        }
        self.numbers.at(names_lock::DONE).store(request, Ordering::SeqCst);
        Ok(())
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
