//! Pools in every state that processes leave: what they show, and what sweeps make of them.

use super::pool::{VectorPool, without_looker, words};
use super::{assert_refused, bits, json, list, number, numbers, tables, text};
use crate::directory;
use crate::layout::{Place, channel, epoch, participant, record, table};
use crate::names::Names;
use crate::pool::{Core, Pool};
use crate::sweep;
use serde_json::{Value, json};

const IN_WORD: u64 = 24;

#[test]
#[cfg_attr(miri, ignore = "files are locked and mapped")]
fn a_pool_shows_what_stands_in_it() {
    for expected in list(&json("pools.json")) {
        let pool = VectorPool::unpack(expected);
        let (directory, description) = directory::open(&pool.options()).unwrap();
        assert_eq!(description.pool_id, bits(&expected["poolId"]));
        assert_eq!(description.size_bytes, number(&expected["sizeBytes"]));
        assert_eq!(description.slots, number(&expected["slotCount"]));
        assert_eq!(Some(description.checksums), expected["checksums"].as_bool());
        let (records, generations, table) = (pool.records(), pool.numbers("generations"), pool.numbers("slabs/table"));
        for slot in list(&expected["slots"]) {
            let at = number(&slot["slot"]) as usize;
            tables::assert_word(slot);
            assert_eq!(records[at][0], bits(&slot["word"]), "{slot}");
            assert_eq!(generations[at], number(&slot["generation"]), "{slot}");
            let place = Place(table[table::PLACES as usize / 8 + at]);
            let fields = [place.slab(), u64::from(place.class()), place.block()];
            assert_eq!(fields.to_vec(), ["slab", "sizeClass", "block"].map(|name| number(&slot[name])), "{slot}");
            if slot.get("length").is_some() {
                assert_record(slot, &records[at]);
            }
        }
        let used = used(&pool, "participants", participant::BYTES);
        let expected_participants = list(&expected["participants"]);
        assert_eq!(used, expected_participants.iter().map(|p| number(&p["participant"])).collect::<Vec<_>>());
        let names = Names::open(&directory, description.slots).unwrap();
        let readable: Vec<String> = names.list().unwrap().into_iter().filter(|name| names.read(name).is_ok()).collect();
        assert_eq!(readable.len(), list(&expected["datasets"]).len(), "{readable:?}");
        for dataset in list(&expected["datasets"]) {
            let mut read: Value =
                serde_json::from_slice(&names.read(text(&dataset["name"])).unwrap().to_bytes().unwrap()).unwrap();
            read["name"] = dataset["name"].clone();
            assert_eq!(&read, dataset);
        }
    }
}

fn assert_record(slot: &Value, record: &[u64]) {
    let at = |offset: u64| record[offset as usize / 8];
    assert_eq!(at(record::LENGTH), number(&slot["length"]), "{slot}");
    assert_eq!(at(record::LENT_GENERATION), number(&slot["lentGeneration"]), "{slot}");
    assert_eq!(Some((at(record::CREATOR) & 0xFFFF_FFFF) as i64 - 1), slot["creator"].as_i64(), "{slot}");
    assert_eq!(at(record::CREATOR) >> 32, number(&slot["creatorProcessId"]), "{slot}");
    assert_eq!(at(record::NAME_COUNT), number(&slot["names"]), "{slot}");
    assert_eq!(further_holders(record), numbers(&slot["furtherHolders"]), "{slot}");
}

fn further_holders(record: &[u64]) -> Vec<u64> {
    let word = record::FURTHER_HOLDERS as usize / 8;
    (0..104).filter(|bit| record[word + bit / 64] >> (bit % 64) & 1 == 1).map(|bit| IN_WORD + bit as u64).collect()
}

/// Which records do not begin with 0.
fn used(pool: &VectorPool, file: &str, bytes: u64) -> Vec<u64> {
    let records = pool.numbers(file);
    (0..).zip(records.chunks(bytes as usize / 8)).filter(|(_, record)| record[0] != 0).map(|(index, _)| index).collect()
}

#[test]
#[cfg_attr(miri, ignore = "files are locked and mapped")]
fn a_participant_takes_back_what_the_dead_have_left() {
    for expected in list(&json("pools.json")) {
        for run in list(&expected["runs"]) {
            let mut pool = VectorPool::unpack(expected);
            pool.lock(&run["locked"]);
            let core = Core::join(&pool.options()).unwrap();
            // An epoch may be void only once those that it sent to are.
            let mut next = sweep::Turn::default();
            sweep::round(&core, &mut next).unwrap();
            sweep::round(&core, &mut next).unwrap();
            assert_swept(&pool, run, text(&expected["name"]));
            let participant = Pool(core);
            let violations = participant.verify(false).unwrap();
            assert_eq!(violations.len(), list(&run["after"]["violations"]).len(), "{violations:?}");
            assert_allocations(&participant, &expected["allocates"]);
            assert_arrays(&participant, run, expected);
        }
    }
}

fn assert_swept(pool: &VectorPool, run: &Value, name: &str) {
    let (after, what) = (&run["after"], format!("{name}, {}", run["what"]));
    let records = pool.records();
    // Whoever joins looks for further holders, also where somebody is just looking who lives.
    let looked = after.get("wordsAfterJoining").unwrap_or(&after["words"]);
    assert_eq!(records.iter().map(|record| without_looker(record[0])).collect::<Vec<_>>(), words(looked), "{what}");
    let by_slot = |value: &dyn Fn(&[u64]) -> Option<Value>| -> Value {
        let of_slots = records.iter().enumerate().filter_map(|(slot, record)| Some((slot.to_string(), value(record)?)));
        Value::Object(of_slots.collect())
    };
    let names = by_slot(&|record| (record[0] >> 25 & 1 == 1).then(|| json!(record[record::NAME_COUNT as usize / 8])));
    assert_eq!(names, after["names"], "{what}");
    let further =
        by_slot(&|record| Some(further_holders(record)).filter(|list| !list.is_empty()).map(|list| json!(list)));
    assert_eq!(further, after["furtherHolders"], "{what}");
    let mut participants = numbers(&after["participants"]);
    participants.insert(0, 0);
    assert_eq!(used(pool, "participants", participant::BYTES), participants, "{what}");
    assert_eq!(used(pool, "epochs", epoch::BYTES), numbers(&after["epochs"]), "{what}");
    let channels = pool.numbers("channels");
    let channels: Vec<Value> = used(pool, "channels", channel::BYTES)
        .into_iter()
        .map(|index| {
            let record = &channels[(index * channel::BYTES / 8) as usize..];
            let receiver = record[channel::RECEIVER as usize / 8] & channel::RECEIVER_EPOCH;
            json!({"channel": index, "sender": record[0], "receiver": receiver})
        })
        .collect();
    assert_eq!(Value::Array(channels), after["channels"], "{what}");
    let repairs = pool.numbers("names/lock");
    assert_eq!(Some(repairs[0] != repairs[1]), after["repairIsDue"].as_bool(), "{what}");
    let exists = |file: &Value| pool.directory().join(text(file)).exists();
    assert!(!list(&after["files"]["gone"]).iter().any(exists), "{what}: {}", after["files"]);
    assert!(list(&after["files"]["new"]).iter().all(exists), "{what}: {}", after["files"]);
}

fn assert_allocations(pool: &Pool, allocates: &Value) {
    let count = allocates["arrays"].as_u64().unwrap_or(0);
    let all: Vec<_> = (0..count).map(|_| pool.put(&vec![1; number(&allocates["uint8"]) as usize])).collect();
    all.into_iter().for_each(|segment| drop(segment.unwrap()));
}

/// Reads the arrays that datasets name.
fn assert_arrays(pool: &Pool, run: &Value, expected: &Value) {
    let Some(arrays) = expected["arrays"].as_object() else { return };
    for name in list(&run["after"]["datasets"]) {
        let dataset = pool.dataset(text(name)).unwrap();
        for (entry, segment) in dataset.segments() {
            let bytes = segment.bytes().unwrap();
            let values: Vec<u64> = bytes[bytes.len() - 8..]
                .chunks(4)
                .map(|four| u64::from(u32::from_le_bytes(four.try_into().unwrap())))
                .collect();
            assert_eq!(values, numbers(&arrays[&entry.slot.to_string()]["values"]), "{entry:?}");
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "files are locked and mapped")]
fn what_is_no_pool_is_refused_with_one_kind_of_error() {
    let pools = json("pools.json");
    let fresh = list(&pools).iter().find(|pool| pool["name"] == "fresh").unwrap();
    for change in list(&json("refused-pools.json")) {
        let pool = VectorPool::unpack(fresh);
        pool.change(change);
        assert_refused(change, Core::join(&pool.options()));
    }
}
