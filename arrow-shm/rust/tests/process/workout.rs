//! All that a participant can do in a pool, once: what is to be killed at any step of it begins here.

use crate::support;
use arrow_shm::{Attributes, Error, Kind, Pool, Publication};
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

pub fn run(pool: &Pool) -> Result<(), Error> {
    memory(pool)?;
    datasets(pool)?;
    references(pool)?;
    leases(pool)?;
    requests(pool)?;
    pool.close()
}

/// Of several sizes, each of which takes the memory and the slots of that before.
fn memory(pool: &Pool) -> Result<(), Error> {
    for bytes in [200, 100_000, 3 << 20, 1 << 20, 200, 100_000] {
        let mut held = Vec::new();
        while held.len() < 200 {
            match pool.allocate(bytes) {
                Err(e) if e.kind() == Kind::Full => break,
                other => held.push(other?),
            }
        }
    }
    Ok(())
}

fn datasets(pool: &Pool) -> Result<(), Error> {
    pool.publish("ends", support::publication(pool, 4)?)?;
    for (name, seed) in [("a", 5), ("a", 6), ("b", 7)] {
        pool.publish(name, support::publication(pool, seed)?.persistent(true).overwrite(true))?;
    }
    pool.rename("a", "b", true)?;
    let dataset = pool.dataset("b")?;
    pool.delete("b")?;
    assert_eq!(support::check(&dataset), "seed 6");
    let numbers = support::npy(14);
    let mut writer = pool.allocate(numbers.len() as u64)?;
    writer.bytes_mut().copy_from_slice(&numbers);
    let shared = writer.share()?;
    pool.publish("live", Publication::new().segment("s", &shared, "", Attributes::new()))?;
    shared.lend()?;
    shared.seal()?;
    pool.delete("live")
}

fn references(pool: &Pool) -> Result<(), Error> {
    let lost = {
        let (sender, receiver) = (pool.open_epoch("sends")?, pool.open_epoch("receives")?);
        let mut outgoing = sender.open_channel()?;
        let mut incoming = receiver.join(outgoing.invitation())?;
        let reference = outgoing.send(&support::write(pool, 8)?)?;
        assert!(support::is_right(&incoming.receive(reference)?, 8));
        assert_eq!((outgoing.is_joined(), outgoing.bytes_in_flight()), (true, 0));
        outgoing.send(&support::write(pool, 9)?)?
    };
    support::eventually("what nobody can receive is taken back", || {
        // By then the epochs' indices can be had again, too.
        pool.open_epoch("again").is_ok() && pool.receive(lost).is_err()
    });
    Ok(())
}

/// A reader, which is no participant here, lends a segment to itself, and its slot is allocated meanwhile (9.2, 9.8).
fn leases(pool: &Pool) -> Result<(), Error> {
    let segment = support::write(pool, 10)?;
    let (slot, generation) = (u64::from(segment.slot()), segment.generation());
    let open = |name: &str| File::options().read(true).write(true).open(pool.directory().join(name)).expect(name);
    let (registry, records, leases) = (open("registry.cm3"), open("records"), open("leases"));
    let mut record = [0; 8];
    records.read_exact_at(&mut record, 8 * slot).expect("where the record is");
    registry.write_all_at(&generation.to_le_bytes(), u64::from_le_bytes(record) + 16).expect("the record");
    leases.write_all_at(&1u64.to_le_bytes(), 0).expect("leases");
    assert!(support::lock(&leases, libc::F_RDLCK, slot, 1));
    drop(segment);
    support::eventually("its slot is set aside", || {
        let next = support::write(pool, 11).expect("there is memory");
        u64::from(next.slot()) != slot && next.lend().is_ok()
    });
    drop(leases);
    Ok(())
}

fn requests(pool: &Pool) -> Result<(), Error> {
    let incoming = pool.directory().join("incoming");
    let write = |name: &str, bytes: &[u8]| {
        let aside = incoming.join(format!(".{name}"));
        fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, incoming.join(name))).expect(name);
    };
    write("adopted.npy", &support::npy(12));
    assert!(support::is_right(&pool.adopt("adopted.npy")?, 12));
    write("asked.npy", &support::npy(13));
    let asked = r#"{"formatVersion": 2, "dataset": "asked", "segments": [{"path": "s", "file": "asked.npy"}]}"#;
    write("r.request", asked.as_bytes());
    support::eventually("there is an answer", || incoming.join("r.answer").exists());
    fs::remove_file(incoming.join("r.answer")).expect("the answer");
    pool.delete("asked")
}
