//! How claims on a slot are taken and given up: steps on its word and, of participants from 24 on, their bits in its
//! record (FORMAT.md, 3.9). Over any atomic numbers, so that a model checker runs the same as shared memory does.

use crate::fault::{Point, reached};
use crate::word::{Actor, IN_WORD, State, Step, Word};
use std::sync::atomic::{AtomicU64, Ordering};

const FURTHER_WORDS: usize = 2;
const NOBODY: [u64; FURTHER_WORDS] = [0; FURTHER_WORDS];

/// 8 bytes that several processes change; everything in one order.
pub(crate) trait Number {
    fn value(&self) -> u64;
    /// Changes it as long as it is changed by others meanwhile, or not at all; what it was, if it was changed.
    fn change(&self, change: impl Fn(u64) -> Option<u64>) -> Option<u64>;
    fn set_bits(&self, bits: u64);
    fn clear_bits(&self, bits: u64);
}

/// The model checker's numbers do the same as those in memory.
macro_rules! number {
    ($atomic:ty) => {
        impl Number for $atomic {
            fn value(&self) -> u64 {
                self.load(Ordering::SeqCst)
            }

            fn change(&self, change: impl Fn(u64) -> Option<u64>) -> Option<u64> {
                self.fetch_update(Ordering::SeqCst, Ordering::SeqCst, change).ok()
            }

            fn set_bits(&self, bits: u64) {
                self.fetch_or(bits, Ordering::SeqCst);
            }

            fn clear_bits(&self, bits: u64) {
                self.fetch_and(!bits, Ordering::SeqCst);
            }
        }
    };
}

number!(AtomicU64);

/// A slot's word and the bits in its record. One thread of a participant at a time takes the steps that have to do with
/// its bit.
pub(crate) struct Claims<'a, N, F> {
    pub(crate) word: &'a N,
    pub(crate) further: [&'a N; FURTHER_WORDS],
    /// What is done when a step has made the slot free.
    pub(crate) freed: F,
}

impl<N: Number, F: Fn()> Claims<'_, N, F> {
    /// Takes a step, again and again while others change the word; whether it was not refused.
    pub(crate) fn step(&self, step: impl Fn(Word) -> Step) -> bool {
        let before = self.word.change(|before| step(Word(before)).map(|after| after.0));
        if before.is_some_and(|before| step(Word(before)) == Some(Word::FREE)) {
            (self.freed)();
        }
        before.is_some()
    }

    /// Which of the further bits is a participant's.
    fn bit(&self, participant: Actor) -> (&N, u64) {
        let bit = participant.0 - IN_WORD;
        (self.further[bit as usize / 64], 1 << (bit % 64))
    }

    /// Both words, one after the other.
    pub(crate) fn further_holders(&self) -> [u64; FURTHER_WORDS] {
        [self.further[0].value(), self.further[1].value()]
    }

    /// Looks whether a participant has its bit in the record, and says in the word if none has.
    pub(crate) fn look(&self, me: Actor) {
        if self.step(|word| word.look(me)) {
            reached(Point::Looking);
            if self.further_holders() == NOBODY {
                self.step(|word| word.none_left(me));
            }
        }
    }

    /// A step that takes a hold of a participant that has none on the slot.
    pub(crate) fn acquire(&self, me: Actor, step: impl Fn(Word) -> Step) -> bool {
        if me.is_in_word() {
            return self.step(step);
        }
        let (holders, bit) = self.bit(me);
        holders.set_bits(bit);
        reached(Point::Announced);
        if self.step(step) {
            return true;
        }
        self.let_go(me);
        false
    }

    /// The last step of a hold.
    pub(crate) fn let_go(&self, me: Actor) {
        if me.is_in_word() {
            self.step(|word| word.release(me));
        } else {
            let (holders, bit) = self.bit(me);
            holders.clear_bits(bit);
            reached(Point::FurtherHoldGivenUp);
            self.look(me);
        }
    }

    /// Seals what its creator has built, or what one that alone holds it has shared.
    pub(crate) fn seal(&self, me: Actor) -> bool {
        if Word(self.word.value()).is(State::Mutable) {
            if !me.is_in_word() {
                let mut own = NOBODY;
                own[((me.0 - IN_WORD) / 64) as usize] = self.bit(me).1;
                return self.step(|word| word.look(me))
                    && self.further_holders() == own
                    && self.step(|word| word.seal_what_is_looked_at(me));
            }
            if Word(self.word.value()).further() != 0 {
                self.look(me);
            }
        }
        self.step(|word| word.seal(me))
    }

    /// Takes the hold of a dead participant, whose shared lock the caller has.
    pub(crate) fn reap(&self, dead: Actor) {
        if dead.is_in_word() {
            self.step(|word| word.release(dead));
        } else {
            let (holders, bit) = self.bit(dead);
            if holders.value() & bit != 0 {
                holders.clear_bits(bit);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(loom)]
    use loom::{
        sync::{Arc, atomic::AtomicU64 as Atomic},
        thread,
    };
    #[cfg(not(loom))]
    use {
        crate::sys::Numbers,
        std::{
            sync::{Arc, atomic::AtomicU64 as Atomic},
            thread,
        },
    };

    const EPOCH: u64 = 7;
    /// How often threads run side by side where nothing tries every order of their steps.
    #[cfg(not(loom))]
    const ROUNDS: u32 = if cfg!(miri) { 1 } else { 100 };

    #[cfg(loom)]
    number!(Atomic);

    /// A slot's word and the bits of its record: the model checker's numbers, or memory that is mapped as a pool's is.
    #[cfg(loom)]
    struct Slot([Atomic; 1 + FURTHER_WORDS]);

    #[cfg(not(loom))]
    struct Slot(Numbers);

    impl Slot {
        /// One in which the one participant from 24 on has its bit that is said.
        fn new(word: Option<Word>, further: u64) -> Arc<Slot> {
            #[cfg(loom)]
            let slot = Slot(std::array::from_fn(|_| Atomic::new(0)));
            #[cfg(not(loom))]
            let slot = Slot(Numbers::in_memory(8 * (1 + FURTHER_WORDS as u64)));
            slot.number(0).set_bits(word.unwrap().0);
            slot.number(1).set_bits(further);
            Arc::new(slot)
        }

        fn number(&self, index: usize) -> &Atomic {
            #[cfg(loom)]
            return &self.0[index];
            #[cfg(not(loom))]
            self.0.at(8 * index as u64)
        }

        fn claims(&self) -> Claims<'_, Atomic, impl Fn()> {
            Claims { word: self.number(0), further: [self.number(1), self.number(2)], freed: || {} }
        }

        fn word(&self) -> Word {
            Word(self.number(0).value())
        }
    }

    /// What a participant has built and sealed, and sent once.
    fn sent(by: Actor) -> Option<Word> {
        Word::FREE.allocate(by)?.seal(by)?.send(by, EPOCH)
    }

    fn shared(by: Actor) -> Option<Word> {
        Word::FREE.allocate(by)?.share(by)?.name(by)
    }

    /// Claims what was sent, as who receives it does, and gives it up; it stays what it is meanwhile.
    fn receive(slot: &Slot, me: Actor) {
        let claims = slot.claims();
        if claims.acquire(me, |word| word.claim(me, EPOCH)) {
            claims.step(|word| word.take(me, EPOCH));
            assert!(slot.word().is(State::Sealed), "nobody frees what is held");
            claims.let_go(me);
        }
    }

    #[cfg(loom)]
    fn all(participants: [u32; 2], check: fn(Actor, Actor)) {
        let mut model = loom::model::Builder::new();
        model.preemption_bound = Some(3);
        model.check(move || check(Actor(participants[0]), Actor(participants[1])));
    }

    #[cfg(not(loom))]
    fn all(participants: [u32; 2], check: fn(Actor, Actor)) {
        (0..ROUNDS).for_each(|_| check(Actor(participants[0]), Actor(participants[1])));
    }

    fn released_while_received(sender: Actor, receiver: Actor) {
        let slot = Slot::new(sent(sender), if sender.is_in_word() { 0 } else { 1 });
        let other = slot.clone();
        let thread = thread::spawn(move || receive(&other, receiver));
        slot.claims().let_go(sender);
        thread.join().unwrap();
        // Whoever comes last has freed it.
        assert_eq!(slot.word(), Word::FREE);
    }

    #[test]
    fn what_is_received_while_its_sender_lets_go_is_freed_by_the_last() {
        for participants in [[24, 25], [3, 25], [24, 3], [3, 4]] {
            all(participants, released_while_received);
        }
    }

    fn reaped_while_received(dead: Actor, receiver: Actor) {
        let slot = Slot::new(sent(dead), if dead.is_in_word() { 0 } else { 1 });
        let other = slot.clone();
        let thread = thread::spawn(move || receive(&other, receiver));
        // By a third one, and by the receiver's own process.
        let claims = slot.claims();
        claims.reap(dead);
        if slot.word().further() != 0 {
            claims.look(Actor(60));
        }
        thread.join().unwrap();
        assert_eq!(slot.word(), Word::FREE);
    }

    #[test]
    fn what_the_dead_held_is_freed_whoever_receives_it_meanwhile() {
        for participants in [[24, 25], [3, 25], [24, 3]] {
            all(participants, reaped_while_received);
        }
    }

    fn sealed_while_opened(holder: Actor, opener: Actor) {
        let slot = Slot::new(shared(holder), if holder.is_in_word() { 0 } else { 1 });
        let other = slot.clone();
        let thread = thread::spawn(move || {
            let claims = other.claims();
            assert!(claims.acquire(opener, |word| word.open_by_name(opener)));
            let was_sealed = other.word().is(State::Sealed);
            thread::yield_now();
            // What it found shared stays so for as long as it holds it.
            assert_eq!(other.word().is(State::Sealed), was_sealed);
            claims.let_go(opener);
        });
        let is_sealed = slot.claims().seal(holder);
        thread.join().unwrap();
        assert_eq!(slot.word().is(State::Sealed), is_sealed);
    }

    #[test]
    fn nobody_seals_what_another_one_holds() {
        for participants in [[24, 25], [3, 25], [24, 3], [3, 4]] {
            all(participants, sealed_while_opened);
        }
    }
}
