//! Channels from a sending to a receiving epoch (FORMAT.md, 7.2 and 7.3): a sender opens one and invites, a receiver that
//! has this very pool open joins it, and from then on two counts say how many bytes are on their way.

use crate::epochs::{Epoch, Open};
use crate::error::{Error, Kind, Result};
use crate::fault::{Point, reached};
use crate::layout::channel;
use crate::pool::{Pool, Segment};
use crate::reference::Reference;
use crate::sys;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What a receiver joins by. Good for one receiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub channel: u32,
    pub nonce: u64,
}

/// The sender's side.
pub struct Outgoing {
    epoch: Epoch,
    invitation: Invitation,
}

/// The receiver's side.
pub struct Incoming {
    epoch: Arc<Open>,
    channel: u64,
}

fn receiver_field(nonce: u64, receiver: u64) -> u64 {
    nonce & !channel::RECEIVER_EPOCH | receiver
}

impl Epoch {
    /// A channel that one receiver may join, for as long as this epoch is open.
    pub fn open_channel(&self) -> Result<Outgoing> {
        let Open { core, index: sender } = &*self.0;
        core.check()?;
        let nonce = sys::random()?.max(1);
        let free = (0..channel::COUNT).find(|&index| {
            let taken = core.epochs.channel(index, channel::SENDER);
            taken.compare_exchange(0, *sender, Ordering::SeqCst, Ordering::SeqCst).is_ok()
        });
        let index = free.ok_or_else(|| {
            let message = format!("all {} channels of the pool are in use: end some epochs", channel::COUNT);
            Error::new(Kind::InUse, message)
        })?;
        reached(Point::ChannelWithoutNonce);
        // The nonce last: before it nobody can join.
        for (field, value) in [
            (channel::BYTES_SENT, 0),
            (channel::BYTES_RECEIVED, 0),
            (channel::RECEIVER, receiver_field(nonce, channel::NOT_JOINED)),
            (channel::NONCE, nonce),
        ] {
            core.epochs.channel(index, field).store(value, Ordering::SeqCst);
        }
        let invitation = Invitation { channel: index as u32, nonce };
        Ok(Outgoing { epoch: Epoch(self.0.clone()), invitation })
    }

    /// Accepts an invitation. It is stale if it was accepted before, or its sender has ended.
    pub fn join(&self, invitation: Invitation) -> Result<Incoming> {
        let Open { core, index: receiver } = &*self.0;
        core.check()?;
        let (index, nonce) = (u64::from(invitation.channel), invitation.nonce);
        // The nonce once more in the compare-and-set: the record may become another channel's in between.
        let is_joined = index < channel::COUNT
            && nonce != 0
            && core.epochs.channel(index, channel::NONCE).load(Ordering::SeqCst) == nonce
            && core
                .epochs
                .channel(index, channel::RECEIVER)
                .compare_exchange(
                    receiver_field(nonce, channel::NOT_JOINED),
                    receiver_field(nonce, *receiver),
                    Ordering::SeqCst,
                    Ordering::SeqCst,
                )
                .is_ok();
        if is_joined {
            return Ok(Incoming { epoch: self.0.clone(), channel: index });
        }
        let message =
            format!("the invitation to channel {index} is stale: it was accepted before, or its sender has ended");
        Err(Error::new(Kind::Stale, message))
    }
}

impl Outgoing {
    pub fn invitation(&self) -> Invitation {
        self.invitation
    }

    /// Whether a receiver has this very pool open and takes references.
    pub fn is_joined(&self) -> bool {
        let receiver = self.count(channel::RECEIVER) & channel::RECEIVER_EPOCH;
        receiver != channel::NOT_JOINED && receiver != channel::CLOSED
    }

    /// Bytes that were sent and not received yet. Who sends decides how many it lets be on their way.
    pub fn bytes_in_flight(&self) -> u64 {
        self.count(channel::BYTES_SENT).saturating_sub(self.count(channel::BYTES_RECEIVED))
    }

    /// Puts a reference in flight, and counts its bytes.
    pub fn send(&mut self, segment: &Segment) -> Result<Reference> {
        let reference = segment.send(&self.epoch)?;
        let sent = self.count(channel::BYTES_SENT).wrapping_add(segment.len());
        self.field(channel::BYTES_SENT).store(sent, Ordering::SeqCst);
        Ok(reference)
    }

    fn count(&self, field: u64) -> u64 {
        self.field(field).load(Ordering::SeqCst)
    }

    fn field(&self, field: u64) -> &std::sync::atomic::AtomicU64 {
        self.epoch.0.core.epochs.channel(u64::from(self.invitation.channel), field)
    }
}

impl Incoming {
    /// Receives what a reference stands for, and gives the sender credit for its bytes.
    pub fn receive(&mut self, reference: Reference) -> Result<Segment> {
        let Open { core, .. } = &*self.epoch;
        core.check()?;
        let segment = Pool::receive_for(core, reference)?;
        // This side alone writes the count.
        let received = core.epochs.channel(self.channel, channel::BYTES_RECEIVED);
        received.store(received.load(Ordering::SeqCst).wrapping_add(segment.len()), Ordering::SeqCst);
        Ok(segment)
    }
}
