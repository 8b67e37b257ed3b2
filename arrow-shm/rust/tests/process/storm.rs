//! What a participant does as fast as it can until it is killed. It ends the process if anything is wrong.

use crate::support::{self, Random, STORM_NAMES};
use arrow_shm::{Attributes, Error, Kind, Pool, Publication, Watch};
use std::fs;
use std::path::Path;
use std::process::exit;
use std::time::Duration;

pub fn run(pool: &Pool, seed: u64, turn: impl Fn(&Pool, &mut Random) -> Result<(), String>) {
    let mut random = Random::new(seed);
    loop {
        if let Err(problem) = turn(pool, &mut random) {
            println!("{problem}");
            exit(1);
        }
    }
}

pub fn watch(watch: &mut Watch) {
    loop {
        if let Err(e) = watch.next(Duration::from_secs(60)) {
            println!("watching: {e}");
            exit(1);
        }
    }
}

fn any_name(random: &mut Random) -> &'static str {
    STORM_NAMES[random.below(3) as usize]
}

/// Publishes, overwrites, renames, deletes, opens and checks.
pub fn publish_and_read(pool: &Pool, random: &mut Random) -> Result<(), String> {
    let name = any_name(random);
    let seed = random.below(10_000);
    let done = match random.below(10) {
        0 => support::is_allowed(pool.delete(name), &[Kind::Absent]),
        1 => support::is_allowed(pool.rename(name, any_name(random), true), &[Kind::Absent]),
        2 => {
            let published = support::publication(pool, seed).and_then(|publication| pool.publish(name, publication));
            support::is_allowed(published, &[Kind::Exists])
        }
        3 => pool.allocate(random.below(60_000)).map(drop),
        4..=6 => support::publication(pool, seed)
            .and_then(|publication| pool.publish(name, publication.overwrite(true).persistent(true))),
        _ => match pool.dataset(name) {
            Ok(dataset) => {
                let found = support::check(&dataset);
                if found.starts_with("MIXED") {
                    return Err(found);
                }
                Ok(())
            }
            Err(e) => support::is_allowed(Err(e), &[Kind::Absent]),
        },
    };
    done.map_err(|e| format!("error {:?} {e}", e.kind()))
}

/// The same; and segments under several names, shared ones, files that are adopted, and requests.
pub fn everything(pool: &Pool, random: &mut Random) -> Result<(), String> {
    let done = match random.below(16) {
        0 => link(pool, any_name(random), any_name(random)),
        1 => share(pool, random.below(10_000)),
        2 => adopt(pool, random.below(10_000)),
        3 => request(pool, any_name(random), random),
        _ => return publish_and_read(pool, random),
    };
    done.map_err(|e| format!("error {:?} {e}", e.kind()))
}

/// The segments of one dataset as those of another, too.
fn link(pool: &Pool, from: &str, to: &str) -> Result<(), Error> {
    let dataset = match pool.dataset(from) {
        Err(e) => return support::is_allowed(Err(e), &[Kind::Absent]),
        Ok(dataset) => dataset,
    };
    let mut publication = Publication::new().overwrite(true).attributes(dataset.attributes().clone());
    for (entry, segment) in dataset.segments() {
        publication = publication.segment(&entry.path, segment, &entry.description, entry.attributes.clone());
    }
    pool.publish(to, publication)
}

/// Under a name that only this process has, and that ends with it.
fn share(pool: &Pool, seed: u64) -> Result<(), Error> {
    let content = support::npy(seed);
    let mut writer = pool.allocate(content.len() as u64)?;
    writer.bytes_mut().copy_from_slice(&content);
    let shared = writer.share()?;
    let name = format!("shared/{}", std::process::id());
    let publication = Publication::new().overwrite(true).segment("s", &shared, "", Attributes::new());
    pool.publish(&name, publication)?;
    shared.lend()?;
    // Whoever reads all datasets holds it now and then.
    support::is_allowed(shared.seal(), &[Kind::InUse])?;
    pool.delete(&name)
}

fn put_in(incoming: &Path, name: &str, bytes: &[u8]) {
    let aside = incoming.join(format!(".{name}"));
    fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, incoming.join(name))).expect(name);
}

fn adopt(pool: &Pool, seed: u64) -> Result<(), Error> {
    let file = format!("adopted-{}.npy", std::process::id());
    put_in(&pool.directory().join("incoming"), &file, &support::npy(seed));
    let adopted = pool.adopt(&file)?;
    assert!(support::is_right(&adopted, seed), "adopted, and not what was written");
    Ok(())
}

/// Takes the answers to what it has asked before, and asks, unless there is none yet.
fn request(pool: &Pool, dataset: &str, random: &mut Random) -> Result<(), Error> {
    let incoming = pool.directory().join("incoming");
    let own = format!("rust-{}-", std::process::id());
    let files = fs::read_dir(&incoming).expect("incoming").flatten();
    let names: Vec<String> = files.map(|file| file.file_name().into_string().expect("a name")).collect();
    for name in &names {
        if let Some(request) = name.strip_prefix(&own).and_then(|name| name.strip_suffix(".answer")) {
            let answer = fs::read_to_string(incoming.join(name)).expect("an answer");
            let is_done = answer.contains("\"done\":true");
            assert_eq!(is_done, !incoming.join(format!("{own}{request}.npy")).exists(), "{answer}");
            // Those that were refused stay until they are deleted.
            let _ = fs::remove_file(incoming.join(format!("{own}{request}.npy")));
            fs::remove_file(incoming.join(name)).expect("an answer");
        }
    }
    if names.iter().any(|name| name.starts_with(&own) && name.ends_with(".request")) {
        return Ok(());
    }
    // Of one segment, as that is what its seed says.
    let (name, seed) = (format!("{own}{}", random.below(1 << 40)), random.below(2_000) * 5);
    put_in(&incoming, &format!("{name}.npy"), &support::npy(seed));
    let overwrite = random.below(8) > 0;
    let asked = format!(
        r#"{{"formatVersion": 2, "dataset": "{dataset}", "overwrite": {overwrite}, "attributes": {{"seed": {seed}}},
            "segments": [{{"path": "s0", "file": "{name}.npy"}}]}}"#
    );
    put_in(&incoming, &format!("{name}.request"), asked.as_bytes());
    Ok(())
}
