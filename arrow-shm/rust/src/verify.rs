//! Whether a pool is what the format says, whatever its processes do and have died of.

use crate::content::{Content, Refusal};
use crate::error::{Kind, Result};
use crate::layout::{MOST_EPOCH, channel, participant, record};
use crate::pool::Core;
use crate::sys;
use crate::word::{IN_WORD, State, Word};

/// What is wrong, one sentence each.
pub(crate) fn verify(core: &Core, deep: bool) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let boot_id = sys::boot_id()?;
    if boot_id != core.description().boot_id {
        found.push(format!("the pool was made in boot {}, this one is {boot_id}", core.description().boot_id));
    }
    check_epochs(core, &mut found);
    for slot in 0..core.slots.count() {
        check_slot(core, slot, deep, &mut found)?;
    }
    found.extend(core.slabs.verify(&core.slots)?);
    found.extend(core.names.verify(&core.slots, &core.participants)?);
    Ok(found)
}

fn check_epochs(core: &Core, found: &mut Vec<String>) {
    let is_used = |epoch: u64| (1..=MOST_EPOCH).contains(&epoch) && core.epochs.state(epoch) == 1;
    for index in 0..channel::COUNT {
        let sender = core.epochs.sender(index);
        let receiver = core.epochs.receiver(index) & channel::RECEIVER_EPOCH;
        let is_joined = receiver != channel::NOT_JOINED && receiver != channel::CLOSED;
        if sender != 0 && (!is_used(sender) || is_joined && !is_used(receiver)) {
            found.push(format!("channel {index} is from epoch {sender} to {receiver}, of which one is not open"));
        }
    }
}

/// What is wrong counts only if the word is the same afterwards: the rest belongs to that word.
fn check_slot(core: &Core, slot: u32, deep: bool, found: &mut Vec<String>) -> Result<()> {
    let (word, generation) = (core.slots.word(slot), core.slots.generation(slot));
    let mut wrong = problems(core, slot, word, generation);
    if deep && wrong.is_empty() && word.is(State::Sealed) {
        wrong.extend(content_problem(core, slot)?);
    }
    if core.slots.word(slot) == word && core.slots.generation(slot) == generation {
        found.extend(wrong.iter().map(|wrong| format!("slot {slot} ({:#018x}): {wrong}", word.0)));
    }
    Ok(())
}

fn problems(core: &Core, slot: u32, word: Word, generation: u64) -> Vec<&'static str> {
    let field = |offset: u64| core.slots.field(slot, offset).load(std::sync::atomic::Ordering::SeqCst);
    let place = core.slabs.place(slot);
    let claims = word.has_claims();
    let is_segment = word.is(State::Sealed) || word.is(State::Mutable) || word.is(State::Orphan);
    let holders = word.holders().count_ones() + u32::from(word.further() != 0);
    let fits = if word.is(State::Building) {
        holders == 1 && !word.is_lent() && !word.is_named() && word.in_flight() == 0
    } else {
        claims == is_segment
    };
    let has_process = |p: u32| core.participants.process_id(p) != 0;
    let further = core.slots.further_holders(slot);
    let is_held_by = |p: u32| match p.checked_sub(IN_WORD) {
        None => word.holders() >> p & 1 == 1,
        Some(bit) => word.further() != 0 && further[bit as usize / 64] >> (bit % 64) & 1 == 1,
    };
    [
        (word.has_known_state(), "it has a state that there is not"),
        (place.slab() != 0 || word == Word(0), "it has no block"),
        (fits, "its claims do not fit its state"),
        ((word.in_flight() == 0) == (word.epoch() == 0), "it is in flight by no epoch"),
        (word.epoch() == 0 || core.epochs.state(word.epoch()) == 1, "its epoch is not open"),
        (word.further() <= 2 + u64::from(participant::COUNT), "it is looked at by a participant that there is not"),
        ((0..participant::COUNT).all(|p| !is_held_by(p) || has_process(p)), "it is held by a place that nobody has"),
        (!is_segment || generation > 0, "it has no generation"),
        (field(record::LENT_GENERATION) <= generation, "a generation was lent that was not yet"),
        (!word.is_lent() || field(record::LENT_GENERATION) != 0, "it is lent, and its record does not say so"),
        (
            !word.is(State::Sealed)
                || field(record::LENT_GENERATION) == 0
                || !matches!(core.slots.has_writers(slot), Ok(true)),
            "it is sealed, and somebody has the right to write it under a lease",
        ),
        (!is_segment || field(record::LENGTH) <= place.block_bytes(), "it is longer than its block"),
    ]
    .into_iter()
    .filter(|(is_right, _)| !is_right)
    .map(|(_, wrong)| wrong)
    .collect()
}

/// Reads a segment, and does not map it: nobody holds it, and its memory may be taken meanwhile.
fn content_problem(core: &Core, slot: u32) -> Result<Option<&'static str>> {
    let field = |offset: u64| core.slots.field(slot, offset).load(std::sync::atomic::Ordering::SeqCst);
    let bytes = match core.slabs.copy(slot, field(record::LENGTH)) {
        // It was given up, and the slab with it.
        Err(e) if e.kind() == Kind::Absent => return Ok(None),
        other => other?,
    };
    let sum = field(record::CHECKSUM);
    if core.description().checksums && sum != record::UNKNOWN && sum != u64::from(crc32c::crc32c(&bytes)) {
        return Ok(Some("its checksum is another than that with which it was sealed"));
    }
    Ok(match Content::of(&bytes) {
        Ok(_) => None,
        Err(Refusal::Damaged(_) | Refusal::Conversion(_)) => Some("it cannot be read in place"),
    })
}
