//! A slot's ownership word and its steps, which are functions of the word alone (FORMAT.md, 3.2 to 3.4). Nothing here
//! touches memory: [`crate::slots`] does, by compare-and-set.

/// Participants that have a bit in the word; the others have theirs in the record.
pub(crate) const IN_WORD: u32 = 24;
pub(crate) const MOST_IN_FLIGHT: u64 = (1 << 12) - 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum State {
    Unbacked,
    Free,
    Building,
    Sealed,
    Mutable,
    Orphan,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Word(pub(crate) u64);

#[derive(Clone, Copy)]
struct Field {
    shift: u32,
    bits: u32,
}

const HOLDERS: Field = Field { shift: 0, bits: 24 };
const LENT: Field = Field { shift: 24, bits: 1 };
const NAMED: Field = Field { shift: 25, bits: 1 };
const IN_FLIGHT: Field = Field { shift: 26, bits: 12 };
const EPOCH: Field = Field { shift: 38, bits: 11 };
const FURTHER: Field = Field { shift: 49, bits: 12 };
const STATE: Field = Field { shift: 61, bits: 3 };

impl Field {
    const fn mask(self) -> u64 {
        ((1 << self.bits) - 1) << self.shift
    }
}

/// Who takes a step: a participant, or 128, a process that is none but has the lock of all such (6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Actor(pub(crate) u32);

impl Actor {
    pub(crate) const NO_PARTICIPANT: Actor = Actor(128);

    pub(crate) fn is_in_word(self) -> bool {
        self.0 < IN_WORD
    }

    /// What stands in "further" while it looks.
    pub(crate) fn looking(self) -> u64 {
        u64::from(self.0) + 2
    }
}

/// What a step makes of a word; nothing if it is refused.
pub(crate) type Step = Option<Word>;

impl Word {
    pub(crate) const FREE: Word = Word::of(State::Free);

    pub(crate) const fn of(state: State) -> Word {
        Word((state as u64) << STATE.shift)
    }

    fn get(self, field: Field) -> u64 {
        (self.0 & field.mask()) >> field.shift
    }

    fn with(self, field: Field, value: u64) -> Word {
        Word(self.0 & !field.mask() | value << field.shift)
    }

    pub(crate) fn is(self, state: State) -> bool {
        self.get(STATE) == state as u64
    }

    pub(crate) fn is_readable(self) -> bool {
        self.is(State::Sealed) || self.is(State::Mutable)
    }

    pub(crate) fn holders(self) -> u64 {
        self.get(HOLDERS)
    }

    pub(crate) fn further(self) -> u64 {
        self.get(FURTHER)
    }

    pub(crate) fn is_named(self) -> bool {
        self.get(NAMED) == 1
    }

    pub(crate) fn is_lent(self) -> bool {
        self.get(LENT) == 1
    }

    pub(crate) fn in_flight(self) -> u64 {
        self.get(IN_FLIGHT)
    }

    pub(crate) fn epoch(self) -> u64 {
        self.get(EPOCH)
    }

    fn bit(actor: Actor) -> u64 {
        if actor.is_in_word() { 1 << actor.0 } else { 0 }
    }

    fn is_own(self, actor: Actor) -> bool {
        if actor.is_in_word() { self.holders() & Word::bit(actor) != 0 } else { self.further() != 0 }
    }

    fn has_other_holders(self, actor: Actor) -> bool {
        self.holders() & !Word::bit(actor) != 0
    }

    fn owned(self, actor: Actor) -> Word {
        if actor.is_in_word() { self.with(HOLDERS, self.holders() | Word::bit(actor)) } else { self.with(FURTHER, 1) }
    }

    fn with_in_flight(self, count: u64, epoch: u64) -> Word {
        self.with(IN_FLIGHT, count).with(EPOCH, if count == 0 { 0 } else { epoch })
    }

    pub(crate) fn has_known_state(self) -> bool {
        self.get(STATE) <= State::Orphan as u64
    }

    pub(crate) fn has_claims(self) -> bool {
        self.holders() != 0 || self.further() != 0 || self.is_lent() || self.is_named() || self.in_flight() != 0
    }

    /// Without its last claim a slot is free, in the same step (3.3).
    fn freed_if_unclaimed(self) -> Word {
        if self.has_claims() { self } else { Word::FREE }
    }

    pub(crate) fn back(self) -> Step {
        self.is(State::Unbacked).then_some(Word::FREE)
    }

    pub(crate) fn unback(self, actor: Actor) -> Step {
        self.is_building_alone(actor).then_some(Word::of(State::Unbacked))
    }

    fn is_building_alone(self, actor: Actor) -> bool {
        self.is(State::Building)
            && self.is_own(actor)
            && !self.has_other_holders(actor)
            && !self.is_lent()
            && !self.is_named()
    }

    pub(crate) fn allocate(self, actor: Actor) -> Step {
        self.is(State::Free).then_some(Word::of(State::Building).owned(actor))
    }

    /// A file that is to be a segment is copied here, which is allowed; so nothing is adopted in place.
    #[cfg(test)]
    pub(crate) fn adopt(self, actor: Actor) -> Step {
        self.is(State::Unbacked).then_some(Word::of(State::Building).owned(actor))
    }

    pub(crate) fn share(self, actor: Actor) -> Step {
        (self.is(State::Building) && self.is_own(actor)).then_some(self.with(STATE, State::Mutable as u64))
    }

    pub(crate) fn seal(self, actor: Actor) -> Step {
        let alone = self.is(State::Mutable)
            && actor.is_in_word()
            && !self.has_other_holders(actor)
            && self.further() == 0
            && !self.is_lent()
            && self.in_flight() == 0;
        let may = self.is_own(actor) && (self.is(State::Building) || alone);
        may.then_some(self.with(STATE, State::Sealed as u64))
    }

    /// The last step of sealing what is shared, by a participant whose bit is in the record: it looks, and has found no
    /// other bit.
    pub(crate) fn seal_what_is_looked_at(self, actor: Actor) -> Step {
        let may = self.is(State::Mutable)
            && !actor.is_in_word()
            && !self.has_other_holders(actor)
            && self.further() == actor.looking()
            && !self.is_lent()
            && self.in_flight() == 0;
        may.then_some(self.with(STATE, State::Sealed as u64).with(FURTHER, 1))
    }

    pub(crate) fn send(self, actor: Actor, epoch: u64) -> Step {
        let may = self.is_readable()
            && self.is_own(actor)
            && (self.in_flight() == 0 || self.epoch() == epoch)
            && self.in_flight() < MOST_IN_FLIGHT;
        may.then(|| self.with_in_flight(self.in_flight() + 1, epoch))
    }

    fn is_in_flight_by(self, epoch: u64) -> bool {
        self.in_flight() != 0 && self.epoch() == epoch
    }

    pub(crate) fn claim(self, actor: Actor, epoch: u64) -> Step {
        (self.is_readable() && self.is_in_flight_by(epoch)).then_some(self.owned(actor))
    }

    pub(crate) fn take(self, actor: Actor, epoch: u64) -> Step {
        let may = self.is_readable() && self.is_own(actor) && self.is_in_flight_by(epoch);
        may.then(|| self.with_in_flight(self.in_flight() - 1, epoch))
    }

    pub(crate) fn name(self, actor: Actor) -> Step {
        (self.is_readable() && self.is_own(actor)).then_some(self.with(NAMED, 1))
    }

    pub(crate) fn unname(self) -> Step {
        self.is_named().then(|| self.with(NAMED, 0).freed_if_unclaimed())
    }

    pub(crate) fn open_by_name(self, actor: Actor) -> Step {
        (self.is_readable() && self.is_named()).then_some(self.owned(actor))
    }

    pub(crate) fn lend(self, actor: Actor) -> Step {
        (self.is_readable() && self.is_own(actor)).then_some(self.with(LENT, 1))
    }

    /// The caller keeps off who might write it under a lease.
    pub(crate) fn recall(self, actor: Actor) -> Step {
        (self.is(State::Mutable) && self.is_own(actor) && self.is_lent()).then_some(self.with(LENT, 0))
    }

    pub(crate) fn set_aside(self, actor: Actor) -> Step {
        let aside = Word::of(State::Orphan).with(LENT, 1).with(FURTHER, self.further());
        self.is_building_alone(actor).then_some(aside)
    }

    /// Whether it waits for nothing but a lease.
    pub(crate) fn is_lent_alone(self) -> bool {
        self.is_lent() && !self.with(LENT, 0).has_claims()
    }

    pub(crate) fn give_back(self) -> Step {
        self.is_lent_alone().then_some(Word::FREE)
    }

    pub(crate) fn release(self, actor: Actor) -> Step {
        let may = actor.is_in_word() && self.is_own(actor);
        may.then(|| self.with(HOLDERS, self.holders() & !Word::bit(actor)).freed_if_unclaimed())
    }

    pub(crate) fn look(self, actor: Actor) -> Step {
        (self.further() != 0).then_some(self.with(FURTHER, actor.looking()))
    }

    pub(crate) fn none_left(self, actor: Actor) -> Step {
        (self.further() == actor.looking()).then(|| self.with(FURTHER, 0).freed_if_unclaimed())
    }

    pub(crate) fn void(self, epoch: u64) -> Step {
        self.is_in_flight_by(epoch).then(|| self.with_in_flight(0, 0).freed_if_unclaimed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../format/transitions.json");

    /// The table's rows, over fields by name: it knows nothing of the functions above.
    struct Table(Value);

    impl Table {
        fn field(&self, word: u64, name: &str) -> u64 {
            let at = &self.0["word"][name];
            word >> at[0].as_u64().unwrap() & ((1 << at[1].as_u64().unwrap()) - 1)
        }

        fn with(&self, word: u64, name: &str, value: u64) -> u64 {
            let at = &self.0["word"][name];
            let mask = ((1u64 << at[1].as_u64().unwrap()) - 1) << at[0].as_u64().unwrap();
            word & !mask | value << at[0].as_u64().unwrap()
        }

        fn state(&self, name: &Value) -> u64 {
            self.0["states"].as_array().unwrap().iter().position(|state| state == name).unwrap() as u64
        }

        fn allows(&self, row: &Value, word: u64, p: u64, e: u64) -> bool {
            let in_word = p < self.0["inWord"].as_u64().unwrap();
            let bit = if in_word { 1 << p } else { 0 };
            let (holders, further) = (self.field(word, "holders"), self.field(word, "further"));
            let in_flight = self.field(word, "inFlight");
            let by_e = in_flight != 0 && self.field(word, "epoch") == e;
            row["requires"].as_object().unwrap().iter().all(|(what, wanted)| match (what.as_str(), wanted.as_str()) {
                ("state", _) => {
                    let state = self.field(word, "state");
                    wanted.as_array().unwrap().iter().any(|name| self.state(name) == state)
                }
                ("own", _) => wanted == &Value::Bool(if in_word { holders & bit != 0 } else { further != 0 }),
                ("otherHolders", _) => wanted == &Value::Bool(holders & !bit != 0),
                ("holders", _) => wanted == &Value::Bool(holders != 0),
                ("lent" | "named", _) => wanted == &Value::Bool(self.field(word, what) != 0),
                ("place", Some("in word")) => in_word,
                ("place", Some("further")) => !in_word,
                ("further", Some("0")) => further == 0,
                ("further", Some("not 0")) => further != 0,
                ("further", Some("2 + p")) => further == 2 + p,
                ("inFlight", Some("0")) => in_flight == 0,
                ("inFlight", Some("by e")) => by_e,
                ("inFlight", Some("0 or by e")) => in_flight == 0 || by_e,
                ("inFlightBelow", _) => in_flight < wanted.as_u64().unwrap(),
                ("inFlightAbove", _) => in_flight > wanted.as_u64().unwrap(),
                other => panic!("the table requires {other:?}, which this test does not know"),
            })
        }

        fn changed(&self, row: &Value, before: u64, p: u64, e: u64) -> u64 {
            let changes = row["changes"].as_object().unwrap();
            let mut word = match changes.get("clear") {
                None => before,
                Some(Value::Bool(true)) => 0,
                Some(_) => self.with(0, "further", self.field(before, "further")),
            };
            let in_word = p < self.0["inWord"].as_u64().unwrap();
            for (what, to) in changes {
                let count = self.field(before, "inFlight");
                word = match (what.as_str(), to.as_str()) {
                    ("clear" | "frees", _) => word,
                    ("state", _) => self.with(word, "state", self.state(to)),
                    ("own", _) if !in_word => self.with(word, "further", 1),
                    ("own", _) => {
                        let holders = self.field(word, "holders");
                        let bit = 1 << p;
                        let changed = if to == &Value::Bool(true) { holders | bit } else { holders & !bit };
                        self.with(word, "holders", changed)
                    }
                    ("lent" | "named", _) => self.with(word, what, u64::from(to == &Value::Bool(true))),
                    ("further", Some("0")) => self.with(word, "further", 0),
                    ("further", Some("1")) => self.with(word, "further", 1),
                    ("further", Some("2 + p")) => self.with(word, "further", 2 + p),
                    ("inFlight", Some("+ 1")) => self.with(word, "inFlight", count + 1),
                    ("inFlight", Some("- 1")) => self.with(word, "inFlight", count - 1),
                    ("inFlight", Some("0")) => self.with(word, "inFlight", 0),
                    ("epoch", Some("e")) => self.with(word, "epoch", e),
                    other => panic!("the table changes {other:?}, which this test does not know"),
                };
            }
            if self.field(word, "inFlight") == 0 {
                word = self.with(word, "epoch", 0);
            }
            let claims = ["holders", "further", "lent", "named", "inFlight"];
            if changes.contains_key("frees") && claims.iter().all(|claim| self.field(word, claim) == 0) {
                word = self.with(0, "state", self.state(&Value::from("free")));
            }
            word
        }

        fn step(&self, name: &str, word: u64, p: u64, e: u64) -> Option<u64> {
            let rows = self.0["steps"][name].as_array().unwrap();
            rows.iter().find(|row| self.allows(row, word, p, e)).map(|row| self.changed(row, word, p, e))
        }
    }

    fn step(name: &str, word: Word, actor: Actor, epoch: u64) -> Option<Step> {
        Some(match name {
            "back" => word.back(),
            "unback" => word.unback(actor),
            "allocate" => word.allocate(actor),
            "adopt" => word.adopt(actor),
            "share" => word.share(actor),
            "seal" => word.seal(actor),
            "seal what is looked at" => word.seal_what_is_looked_at(actor),
            "send" => word.send(actor, epoch),
            "claim" => word.claim(actor, epoch),
            "take" => word.take(actor, epoch),
            "name" => word.name(actor),
            "unname" => word.unname(),
            "open by name" => word.open_by_name(actor),
            "lend" => word.lend(actor),
            "recall" => word.recall(actor),
            "set aside" => word.set_aside(actor),
            "return" => word.give_back(),
            "release" => word.release(actor),
            "look" => word.look(actor),
            "none left" => word.none_left(actor),
            "void" => word.void(epoch),
            _ => return None,
        })
    }

    /// Words that differ in what the steps look at, and are in no order.
    fn words(p: u64) -> Vec<u64> {
        let bit = if p < u64::from(IN_WORD) { 1 << p } else { 0 };
        let mut words = Vec::new();
        for state in 0..6 {
            for holders in [0, bit, 1 << ((p + 1) % 24), bit | 1 << ((p + 1) % 24), (1 << 24) - 1] {
                for flags in 0..4 {
                    for (in_flight, epoch) in [(0, 0), (1, 7), (2, 7), (4094, 7), (4095, 7), (1, 8)] {
                        for further in [0, 1, 2 + p, 2 + (p + 1) % 128, 130] {
                            words.push(
                                state << 61 | further << 49 | epoch << 38 | in_flight << 26 | flags << 24 | holders,
                            );
                        }
                    }
                }
            }
        }
        words
    }

    /// Each so many words only where each takes long.
    const STRIDE: usize = if cfg!(miri) { 397 } else { 1 };

    #[test]
    fn every_step_is_that_of_the_table() {
        let table = Table(serde_json::from_slice(&std::fs::read(FILE).expect(FILE)).unwrap());
        let (mut taken, mut refused) = (0, 0);
        for name in table.0["steps"].as_object().unwrap().keys() {
            for p in [0, 5, 23, 24, 100, 127, 128] {
                for word in words(p).into_iter().step_by(STRIDE) {
                    let expected = table.step(name, word, p, 7);
                    let actual = step(name, Word(word), Actor(p as u32), 7)
                        .unwrap_or_else(|| panic!("the table has a step that this library lacks: {name}"));
                    assert_eq!(actual.map(|word| word.0), expected, "{name} by {p} of {word:#x}");
                    if expected.is_some() { taken += 1 } else { refused += 1 }
                }
            }
        }
        assert!(taken > 1000 / STRIDE && refused > 1000 / STRIDE, "{taken} taken, {refused} refused");
    }
}
