//! Everything that is read, with random bytes changed: it is read or refused, and nobody dies of it. What is changed
//! follows from a seed, which is printed; `ARROW_SHM_SEED` sets it, and `ARROW_SHM_DAMAGE_S` for how many seconds.

use super::pool::VectorPool;
use super::{STRIDE, json, list, packed};
use crate::content::Content;
use crate::manifest::Manifest;
use crate::pool::{Core, Pool};
use crate::request::{Answer, Request};
use crate::sweep;
use std::fs;
use std::time::{Duration, Instant, SystemTime};

struct Damage {
    state: u64,
    until: Instant,
    /// Where each takes long the time is over before anything was seen.
    rounds: u32,
}

impl Damage {
    fn begin(what: &str) -> Self {
        let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect(name));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
        let seed = number("ARROW_SHM_SEED").unwrap_or(now);
        println!("{what}: ARROW_SHM_SEED={seed}");
        let seconds = number("ARROW_SHM_DAMAGE_S").unwrap_or(1);
        Damage { state: seed, until: Instant::now() + Duration::from_secs(seconds), rounds: 0 }
    }

    fn is_over(&mut self) -> bool {
        self.rounds += 1;
        self.rounds > 50 && Instant::now() > self.until
    }

    /// A number below `bound`, or 0.
    fn below(&mut self, bound: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.state;
        bits = (bits ^ bits >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((bits ^ bits >> 31) as usize).checked_rem(bound).unwrap_or(0)
    }

    /// Changes some bytes: single bits, numbers at the edge of something, pieces of it elsewhere, and its end.
    fn change(&mut self, bytes: &mut Vec<u8>) {
        const EDGES: [u64; 8] = [0, 1, 0x7F, 0x80, 0xFFFF_FFFF, 0x7FFF_FFFF, u64::MAX, u64::MAX >> 1];
        for _ in 0..=self.below(4) {
            let at = self.below(bytes.len());
            match self.below(6) {
                _ if bytes.is_empty() => {}
                0 => bytes[at] ^= 1 << self.below(8),
                1 => bytes[at] = self.below(256) as u8,
                2 => {
                    let edge = EDGES[self.below(EDGES.len())].to_le_bytes();
                    let length = [1, 2, 4, 8][self.below(4)].min(bytes.len() - at);
                    bytes[at..at + length].copy_from_slice(&edge[..length]);
                }
                3 => {
                    let (from, length) = (self.below(bytes.len()), 1 + self.below(16));
                    let piece: Vec<u8> = bytes[from..].iter().take(length).copied().collect();
                    let end = (at + piece.len()).min(bytes.len());
                    bytes[at..end].copy_from_slice(&piece[..end - at]);
                }
                4 => bytes.truncate(at),
                _ => {
                    let byte = bytes[at];
                    bytes.insert(at, byte);
                }
            }
        }
    }
}

#[test]
fn damaged_files_and_manifests_are_read_or_refused() {
    let mut damage = Damage::begin("files");
    let files = [packed("arrays.zip"), packed("arrow-files.zip")].into_iter().flatten().step_by(STRIDE);
    let files: Vec<Vec<u8>> = files.map(|(_, one)| one.unpack()).collect();
    let manifests = json("manifests.json");
    let texts: Vec<&str> = list(&manifests).iter().filter_map(|manifest| manifest["text"].as_str()).collect();
    let request = r#"{"formatVersion": 2, "dataset": "d", "segments": [{"path": "s", "file": "f.npy"}]}"#;
    let answer = r#"{"formatVersion": 2, "done": true, "dataset": "d", "id": 1, "revision": 1, "files": ["f.npy"]}"#;
    let (mut read, mut refused) = (0, 0);
    while !damage.is_over() {
        let mut bytes = files[damage.below(files.len())].clone();
        damage.change(&mut bytes);
        if Content::of(&bytes).is_ok() {
            read += 1
        } else {
            refused += 1
        }
        for text in [texts[damage.below(texts.len())], request, answer] {
            let mut bytes = text.as_bytes().to_vec();
            damage.change(&mut bytes);
            let _ = Manifest::parse("m", &bytes, 8);
            let _ = Request::parse(&bytes);
            let _ = Answer::parse(&bytes);
        }
    }
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
}

#[test]
#[cfg_attr(miri, ignore = "files are locked and mapped")]
fn in_a_damaged_pool_everything_is_an_error_or_works() {
    let mut damage = Damage::begin("pools");
    let pools = json("pools.json");
    let files = ["records", "registry.cm3", "generations", "hints", "leases", "participants", "epochs", "channels"];
    let files = files.iter().chain(&["slabs/table", "slabs/1", "names/lock", "pool.json"]);
    let files: Vec<&str> = files.copied().collect();
    let mut opened = 0;
    while !damage.is_over() {
        let pool = VectorPool::unpack(&pools[damage.below(list(&pools).len())]);
        let manifests = fs::read_dir(pool.directory().join("names")).unwrap();
        let mut names: Vec<String> =
            manifests.map(|file| format!("names/{}", file.unwrap().file_name().display())).collect();
        names.extend(files.iter().map(|name| (*name).to_owned()));
        for _ in 0..=damage.below(3) {
            let name = &names[damage.below(names.len())];
            let Ok(mut bytes) = fs::read(pool.directory().join(name)) else { continue };
            let length = bytes.len();
            damage.change(&mut bytes);
            // Of another length most files are refused at once.
            if damage.below(8) > 0 {
                bytes.resize(length, 0);
            }
            pool.write(name, &bytes);
        }
        let Ok(core) = Core::join(&pool.options()) else { continue };
        opened += 1;
        let _ = sweep::round(&core, &mut sweep::Turn::default());
        use_all(&Pool(core));
    }
    assert!(opened > 0);
}

/// Does what users do; every error is one.
fn use_all(pool: &Pool) {
    let _ = pool.verify(true);
    let _ = pool.participants();
    for dataset in pool.datasets().unwrap_or_default() {
        if let Ok(dataset) = pool.dataset(&dataset) {
            dataset.segments().for_each(|(_, segment)| drop(segment.array()));
        }
        let _ = pool.delete(&dataset);
    }
    for bytes in [10, 5_000, 100_000] {
        if let Ok(segment) = pool.put(&vec![1; bytes]) {
            assert_eq!(segment.bytes().map(<[u8]>::len), Some(bytes));
        }
    }
    if let Ok(epoch) = pool.open_epoch("damage") {
        let _ = epoch.open_channel();
        let sent = pool.put(b"sent").and_then(|segment| segment.send(&epoch));
        let _ = sent.and_then(|reference| pool.receive(reference));
    }
}
