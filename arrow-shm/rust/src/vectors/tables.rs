//! What every language computes: size classes, places, words and references.

use super::{bits, hex, json, list, number, numbers, text};
use crate::layout::{CLASSES, Place, class_bytes, class_for};
use crate::reference::Reference;
use crate::word::{IN_WORD, State, Word};
use serde_json::Value;

const STATES: [(&str, State); 6] = [
    ("unbacked", State::Unbacked),
    ("free", State::Free),
    ("building", State::Building),
    ("sealed", State::Sealed),
    ("mutable", State::Mutable),
    ("orphan", State::Orphan),
];

/// Whether a word has the fields that are said.
pub(super) fn assert_word(expected: &Value) {
    let word = Word(bits(&expected["word"]));
    let state = STATES.iter().find(|(_, state)| word.is(*state)).map(|(name, _)| *name);
    assert_eq!(state, expected["state"].as_str(), "{expected}");
    let holders: Vec<u64> = (0..u64::from(IN_WORD)).filter(|p| word.holders() >> p & 1 == 1).collect();
    assert_eq!(holders, numbers(&expected["holders"]), "{expected}");
    assert_eq!(Some(word.is_lent()), expected["lent"].as_bool(), "{expected}");
    assert_eq!(Some(word.is_named()), expected["named"].as_bool(), "{expected}");
    let fields = [("inFlight", word.in_flight()), ("epoch", word.epoch()), ("further", word.further())];
    fields.iter().for_each(|(name, value)| assert_eq!(*value, number(&expected[name]), "{name} of {expected}"));
}

#[test]
fn size_classes_have_their_blocks() {
    let tables = json("tables.json");
    let classes: Vec<u64> = (0..CLASSES).map(class_bytes).collect();
    assert_eq!(classes, numbers(&tables["sizeClasses"]));
    for size in list(&tables["classesOfSizes"]) {
        assert_eq!(class_for(number(&size["bytes"])).map(u64::from), size["sizeClass"].as_u64(), "{size}");
    }
}

#[test]
fn places_have_their_fields() {
    for expected in list(&json("tables.json")["places"]) {
        let (slab, class) = (number(&expected["slab"]), number(&expected["sizeClass"]) as u32);
        let place = Place::new(slab, class, number(&expected["block"]));
        assert_eq!(place, Place(bits(&expected["place"])));
        assert_eq!((place.slab(), place.class(), place.block()), (slab, class, number(&expected["block"])));
    }
}

#[test]
fn words_have_their_fields() {
    list(&json("tables.json")["words"]).iter().for_each(assert_word);
}

#[test]
fn references_have_their_bytes() {
    for expected in list(&json("tables.json")["references"]) {
        let bytes = hex(text(&expected["bytes"]));
        let reference = Reference::from_bytes(&bytes);
        if number(&expected["offset"]) != 0 {
            assert_eq!(reference, None, "no piece of a block in this version");
            continue;
        }
        let expected = Reference {
            pool_id: bits(&expected["poolId"]),
            slot: number(&expected["slot"]) as u32,
            generation: number(&expected["generation"]),
            length: number(&expected["length"]),
            epoch: number(&expected["epoch"]) as u16,
        };
        assert_eq!(reference, Some(expected));
        assert_eq!(expected.to_bytes(), bytes[..]);
    }
}
