//! What ended senders have left in flight (FORMAT.md, section 7).

use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::layout::{self, channel, epoch};
use crate::pool::User;
use crate::slots::Slots;
use crate::sys::{Access, Directory, Lock, Locks, Numbers};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// One execution that sends or receives: what it has in flight when it and its channels are dropped, or its process dies,
/// is taken back.
pub struct Epoch(pub(crate) Arc<Open>);

pub(crate) struct Open {
    pub(crate) core: User,
    pub(crate) index: u64,
}

impl Drop for Open {
    fn drop(&mut self) {
        // In a forked child it is the parent's. A lock that cannot be given back falls with the descriptor.
        if !self.core.is_of_another_process() {
            let _ = self.core.epochs.own.lock().unwrap_or_else(PoisonError::into_inner).unlock(self.index);
        }
    }
}

#[derive(Debug)]
pub(crate) struct Epochs {
    records: Numbers,
    channels: Numbers,
    /// Has the locks of this process's epochs.
    own: Mutex<Locks>,
    /// Looks at epochs of others, and shares their locks while they are voided.
    others: Locks,
}

impl Epochs {
    pub(crate) fn open(pool: &Directory) -> Result<Self> {
        Ok(Epochs {
            records: Numbers::open(pool, layout::EPOCHS, Some(epoch::COUNT * epoch::BYTES), Access::Write)?,
            channels: Numbers::open(pool, layout::CHANNELS, Some(channel::COUNT * channel::BYTES), Access::Write)?,
            own: Mutex::new(Locks::open(pool, layout::EPOCHS)?),
            others: Locks::open(pool, layout::EPOCHS)?,
        })
    }

    pub(crate) fn state(&self, index: u64) -> u64 {
        self.records.at(index * epoch::BYTES + epoch::STATE).load(Ordering::SeqCst)
    }

    /// Takes an index that nobody has, and of which nothing is in flight any more.
    pub(crate) fn open_one(&self, name: &str) -> Result<u64> {
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |index: u64, offset: u64| self.records.at(index * epoch::BYTES + offset);
        for index in (1..epoch::COUNT).filter(|&index| self.state(index) == 0) {
            if !self.others.is_locked_against(index, Lock::Shared)? && own.try_lock(index, Lock::Exclusive)? {
                // Another one may have opened it and died since it was looked at.
                if self.state(index) != 0 {
                    own.unlock(index)?;
                    continue;
                }
                reached(Point::EpochWithoutRecord);
                let (length, words) = layout::text_words(name, epoch::BYTES - epoch::NAME);
                at(index, epoch::NAME_LENGTH).store(0, Ordering::SeqCst);
                for (i, word) in words.into_iter().enumerate() {
                    at(index, epoch::NAME + 8 * i as u64).store(word, Ordering::SeqCst);
                }
                at(index, epoch::NAME_LENGTH).store(length, Ordering::SeqCst);
                at(index, epoch::STATE).store(1, Ordering::SeqCst);
                return Ok(index);
            }
        }
        let message = format!("all {} epochs of the pool are in use: close some", epoch::COUNT - 1);
        Err(Error::new(Kind::InUse, message))
    }

    /// Voids one epoch if it has ended and so has whoever received from it (7.4).
    pub(crate) fn void(&self, index: u64, slots: &Slots) -> Result<()> {
        if self.state(index) == 0 || !self.others.try_lock(index, Lock::Shared)? {
            return Ok(());
        }
        let done = self.void_ended(index, slots);
        self.others.unlock(index)?;
        done
    }

    fn void_ended(&self, index: u64, slots: &Slots) -> Result<()> {
        if self.state(index) == 0 || !self.close_channels(index)? {
            return Ok(());
        }
        slots.void(index);
        if self.others.try_lock(index, Lock::Exclusive)? {
            self.free(index);
        }
        Ok(())
    }

    pub(crate) fn receiver(&self, index: u64) -> u64 {
        self.channel(index, channel::RECEIVER).load(Ordering::SeqCst)
    }

    pub(crate) fn sender(&self, index: u64) -> u64 {
        self.channel(index, channel::SENDER).load(Ordering::SeqCst)
    }

    /// A field of a channel's record.
    pub(crate) fn channel(&self, index: u64, field: u64) -> &AtomicU64 {
        self.channels.at(index * channel::BYTES + field)
    }

    /// Closes all of an ended epoch's channels to receivers; whether none that had joined is open.
    fn close_channels(&self, sender: u64) -> Result<bool> {
        let mut are_ended = true;
        for index in (0..channel::COUNT).filter(|&index| self.sender(index) == sender) {
            let at = self.channel(index, channel::RECEIVER);
            // Who joins at the same time does so by the same compare-and-set, so it is seen here or refused.
            let closed = at.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |field| {
                (field & channel::RECEIVER_EPOCH == channel::NOT_JOINED).then_some(field | channel::CLOSED)
            });
            let receiver = closed.map_or_else(|field| field & channel::RECEIVER_EPOCH, |_| channel::CLOSED);
            if receiver != channel::CLOSED && self.others.is_locked_against(receiver, Lock::Shared)? {
                are_ended = false;
            }
        }
        Ok(are_ended)
    }

    /// With the epoch's lock, exclusive.
    fn free(&self, epoch: u64) {
        for index in (0..channel::COUNT).filter(|&index| self.sender(index) == epoch) {
            let at = |field: u64| self.channel(index, field);
            // Its next sender may die before it has written anything: nobody is its receiver then.
            at(channel::RECEIVER).store(channel::CLOSED, Ordering::SeqCst);
            at(channel::NONCE).store(0, Ordering::SeqCst);
            reached(Point::FreeingChannel);
            at(channel::SENDER).store(0, Ordering::SeqCst);
        }
        let is_named = (0..channel::COUNT)
            .any(|index| self.sender(index) != 0 && self.receiver(index) & channel::RECEIVER_EPOCH == epoch);
        if !is_named {
            reached(Point::VoidWithIndex);
            self.records.at(epoch * layout::epoch::BYTES + layout::epoch::STATE).store(0, Ordering::SeqCst);
        }
    }
}
