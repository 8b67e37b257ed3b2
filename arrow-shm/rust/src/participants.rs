//! Who has the pool open (FORMAT.md, section 6), and what the dead have left.

use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::layout::{self, participant};
use crate::slots::Slots;
use crate::sys::{self, Access, Directory, Lock, Locks, Numbers};
use crate::word::Actor;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

/// How long a dead participant may still be reaped while all other places are taken.
const REAPED_WITHIN: Duration = Duration::from_secs(2);

/// A process that has the pool open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    /// From 0 to 127.
    pub index: u32,
    pub process_id: u64,
    /// Milliseconds since 1970.
    pub joined_at_ms: u64,
    pub incarnation: u64,
    pub command: String,
}

#[derive(Debug)]
pub(crate) struct Participants {
    records: Numbers,
    /// Has the lock of this participant's byte, and no other one.
    own: Locks,
    /// Looks at the others, and shares their locks while they are reaped.
    others: Locks,
    me: Actor,
    process: u32,
    incarnation: u64,
}

impl Participants {
    /// Takes a place, which is not to be used before it was reaped: [`Participants::clear`].
    pub(crate) fn join(pool: &Directory) -> Result<Self> {
        let bytes = u64::from(participant::COUNT) * participant::BYTES;
        let records = Numbers::open(pool, layout::PARTICIPANTS, Some(bytes), Access::Write)?;
        let own = Locks::open(pool, layout::PARTICIPANTS)?;
        let others = Locks::open(pool, layout::PARTICIPANTS)?;
        let until = Instant::now() + REAPED_WITHIN;
        loop {
            for index in 0..participant::COUNT {
                if own.try_lock(u64::from(index), Lock::Exclusive)? {
                    let incarnation = sys::random()?.max(1);
                    let process = std::process::id();
                    return Ok(Participants { records, own, others, me: Actor(index), process, incarnation });
                }
            }
            // The place of a dead one is taken for as long as somebody reaps it.
            if Instant::now() > until {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let message = format!(
            "{} processes have the pool {} open, which is the most: end one, or let workers read what they are handed",
            participant::COUNT,
            pool.path().display()
        );
        Err(Error::new(Kind::InUse, message))
    }

    pub(crate) fn me(&self) -> Actor {
        self.me
    }

    pub(crate) fn process(&self) -> u32 {
        self.process
    }

    pub(crate) fn incarnation(&self) -> u64 {
        self.incarnation
    }

    fn number(&self, index: u32, offset: u64) -> u64 {
        self.records.at(u64::from(index) * participant::BYTES + offset).load(Ordering::SeqCst)
    }

    /// Of who has a place, or has died there and was not reaped yet.
    pub(crate) fn process_id(&self, index: u32) -> u64 {
        self.number(index, participant::PROCESS)
    }

    fn store(&self, offset: u64, value: u64) {
        self.records.at(u64::from(self.me.0) * participant::BYTES + offset).store(value, Ordering::SeqCst);
    }

    /// Enters this process, and takes back what a predecessor at this place has left; whether there was one.
    pub(crate) fn clear(&self, slots: &Slots) -> bool {
        reached(Point::JoinedWithoutRecord);
        let has_predecessor = self.number(self.me.0, participant::PROCESS) != 0;
        let (length, command) = layout::text_words(&command(), participant::BYTES - participant::COMMAND);
        self.store(participant::JOINED, sys::now_ms());
        self.store(participant::INCARNATION, self.incarnation);
        self.store(participant::COMMAND_LENGTH, length);
        for (i, word) in command.into_iter().enumerate() {
            self.store(participant::COMMAND + 8 * i as u64, word);
        }
        reached(Point::JoinedWithoutProcess);
        self.store(participant::PROCESS, u64::from(self.process));
        reached(Point::JoinedNotReaped);
        slots.reap(self.me.0, self.me);
        has_predecessor
    }

    /// Gives the place back; everything was released.
    pub(crate) fn leave(&self) {
        self.store(participant::PROCESS, 0);
        reached(Point::Leaving);
        // A lock that cannot be given back falls with the descriptor.
        let _ = self.own.unlock(u64::from(self.me.0));
    }

    /// Reaps one participant if it is dead, and does what else is to be done then; whether it was. Its mark goes last: if
    /// this process dies before, others do all of it again.
    pub(crate) fn reap(&self, index: u32, slots: &Slots, and_then: impl FnOnce() -> Result<()>) -> Result<bool> {
        if index == self.me.0 || self.number(index, participant::PROCESS) == 0 {
            return Ok(false);
        }
        if !self.others.try_lock(u64::from(index), Lock::Shared)? {
            return Ok(false);
        }
        let is_dead = self.number(index, participant::PROCESS) != 0;
        let reaped = if is_dead { self.reap_dead(index, slots, and_then) } else { Ok(()) };
        self.others.unlock(u64::from(index))?;
        reaped?;
        Ok(is_dead)
    }

    fn reap_dead(&self, index: u32, slots: &Slots, and_then: impl FnOnce() -> Result<()>) -> Result<()> {
        slots.reap(index, self.me);
        and_then()?;
        reached(Point::ReapedWithMark);
        self.records.at(u64::from(index) * participant::BYTES + participant::PROCESS).store(0, Ordering::SeqCst);
        Ok(())
    }

    /// Whether one of an incarnation has the pool open. Whoever reaps it has a shared lock of its byte, which does not
    /// count.
    pub(crate) fn is_alive(&self, incarnation: u64) -> Result<bool> {
        for index in 0..participant::COUNT {
            if self.number(index, participant::INCARNATION) == incarnation
                && self.number(index, participant::PROCESS) != 0
                && self.others.is_locked_against(u64::from(index), Lock::Shared)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether one of an incarnation has died and was not reaped yet.
    pub(crate) fn is_unswept(&self, incarnation: u64) -> bool {
        (0..participant::COUNT)
            .any(|index| self.number(index, participant::INCARNATION) == incarnation && self.process_id(index) != 0)
    }

    pub(crate) fn list(&self) -> Result<Vec<Participant>> {
        let mut found = Vec::new();
        for index in 0..participant::COUNT {
            let process_id = self.number(index, participant::PROCESS);
            if process_id != 0 && self.others.is_locked_against(u64::from(index), Lock::Shared)? {
                found.push(Participant {
                    index,
                    process_id,
                    joined_at_ms: self.number(index, participant::JOINED),
                    incarnation: self.number(index, participant::INCARNATION),
                    command: self.command_of(index),
                });
            }
        }
        Ok(found)
    }

    fn command_of(&self, index: u32) -> String {
        let most = participant::BYTES - participant::COMMAND;
        let length = self.number(index, participant::COMMAND_LENGTH).min(most);
        let mut bytes: Vec<u8> = (0..length.div_ceil(8))
            .flat_map(|i| self.number(index, participant::COMMAND + 8 * i).to_le_bytes())
            .collect();
        bytes.truncate(length as usize);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// What this process was started as.
fn command() -> String {
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    words.join(" ")
}
