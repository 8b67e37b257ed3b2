//! What runtimes that are no participants put into a pool, and what becomes of it.

mod support;

use arrow_shm::{Kind, Options, Pool, Value};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A pool of its own, and its directory `incoming`.
struct Place {
    parent: PathBuf,
    pool: Pool,
    incoming: PathBuf,
}

impl Place {
    fn new() -> Self {
        let name = format!("rust-requests-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let parent = Path::new("/dev/shm").join(name);
        fs::create_dir(&parent).unwrap();
        let pool = Pool::open(&Options::named("p").directory(&parent).size_bytes(8 << 20).slots(256)).unwrap();
        let incoming = pool.directory().join("incoming");
        Place { parent, pool, incoming }
    }

    /// Writes a file as others do: aside, and then it is renamed.
    fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.incoming.join(format!(".{name}")), bytes).unwrap();
        fs::rename(self.incoming.join(format!(".{name}")), self.incoming.join(name)).unwrap();
    }

    fn ask(&self, request: &str, asked: &Value) -> Value {
        self.write(&format!("{request}.request"), asked.to_string().as_bytes());
        self.answer(request)
    }

    fn answer(&self, request: &str) -> Value {
        let answer = self.incoming.join(format!("{request}.answer"));
        support::eventually("there is an answer", || answer.exists());
        let value = serde_json::from_slice(&fs::read(&answer).unwrap()).unwrap();
        fs::remove_file(answer).unwrap();
        value
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(&self.incoming)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort_unstable();
        names
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.parent);
    }
}

#[test]
fn what_is_asked_for_is_published_and_its_files_are_gone() {
    let place = Place::new();
    place.write("frames.npy", &support::npy(5));
    place.write("more.npy", &support::npy(77));
    let asked = json!({
        "formatVersion": 2,
        "dataset": "run 7/größe",
        "attributes": {"operator": "eve"},
        "groups": {"camera": {"unit": "m"}},
        "segments": [
            {"path": "camera/frames", "file": "frames.npy", "attributes": {"n": 1}},
            {"path": "camera/again", "file": "frames.npy"},
            {"path": "more", "file": "more.npy"},
        ],
    });
    let answer = place.ask("r", &asked);
    let dataset = place.pool.dataset("run 7/größe").unwrap();
    let expected = json!({
        "formatVersion": 2,
        "done": true,
        "dataset": "run 7/größe",
        "id": dataset.id(),
        "revision": 1,
        "files": ["frames.npy", "more.npy"],
    });
    assert_eq!(answer, expected);
    assert_eq!(place.files(), [""; 0]);
    assert!(dataset.is_persistent());
    assert_eq!(dataset.attributes()["operator"], "eve");
    assert_eq!(dataset.groups()["camera"]["unit"], "m");
    let frames = dataset.segment("camera/frames").unwrap();
    assert!(support::is_right(frames, 5) && support::is_right(dataset.segment("more").unwrap(), 77));
    assert!(frames.is_same(dataset.segment("camera/again").unwrap()));
    let (entry, _) = dataset.segments().find(|(entry, _)| entry.path == "more").unwrap();
    assert_eq!(entry.description, format!("<i8 [{}]", support::rows(77)));
    let array = frames.array().unwrap();
    assert_eq!((array.dtype.to_string(), array.shape), ("<i8".to_owned(), vec![support::rows(5)]));
}

#[test]
fn what_cannot_be_done_is_refused_with_the_reason_and_the_files_stay() {
    let place = Place::new();
    place.write("right.npy", &support::npy(5));
    let whole = support::npy(5);
    place.write("wrong.npy", &whole[..whole.len() - 8]);
    let of = |file: &str| json!({"formatVersion": 2, "dataset": "d", "segments": [{"path": "s", "file": file}]});
    for (asked, reason) in [
        (of("wrong.npy"), "its data has"),
        (of("absent.npy"), "absent.npy"),
        (of("../names/lock"), "is the name of no file"),
        (json!({"formatVersion": 3}), "format version 3"),
        (json!([]), "not an object"),
    ] {
        let answer = place.ask("r", &asked);
        assert_eq!(answer["done"], false);
        assert!(answer["reason"].as_str().unwrap().contains(reason), "{answer}");
    }
    assert_eq!(place.ask("r", &of("right.npy"))["done"], true);
    place.write("right.npy", &support::npy(6));
    let answer = place.ask("again", &of("right.npy"));
    assert!(answer["reason"].as_str().unwrap().contains("already"), "{answer}");
    let mut asked = of("right.npy");
    asked["overwrite"] = true.into();
    assert_eq!(place.ask("again", &asked)["revision"], 2);
    assert!(support::is_right(place.pool.dataset("d").unwrap().segment("s").unwrap(), 6));
    assert_eq!(place.files(), ["wrong.npy"]);
}

#[test]
fn a_request_that_is_a_link_is_refused_and_one_that_is_a_directory_is_none() {
    let place = Place::new();
    fs::create_dir(place.incoming.join("d.request")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", place.incoming.join("link.request")).unwrap();
    let answer = place.answer("link");
    assert!(answer["reason"].as_str().unwrap().contains("it must be a file"), "{answer}");
    assert_eq!(place.files(), ["d.request"]);
}

#[test]
fn what_needs_a_conversion_is_left_to_those_who_can_and_then_refused_with_the_remedy() {
    let place = Place::new();
    // An encapsulated message of an Arrow schema: what a stream begins with.
    let mut stream = vec![0xFF, 0xFF, 0xFF, 0xFF, 40, 0, 0, 0];
    stream.extend([16, 0, 0, 0, 10, 0, 12, 0, 8, 0, 10, 0, 4, 0, 0, 0]);
    stream.extend([12, 0, 0, 0, 8, 0, 0, 0, 4, 0, 1, 0, 252, 255, 255, 255, 4, 0, 4, 0, 0, 0, 0, 0]);
    place.write("a.arrows", &stream);
    let asked = json!({"formatVersion": 2, "dataset": "d", "segments": [{"path": "s", "file": "a.arrows"}]});
    let answer = place.ask("r", &asked);
    assert!(answer["reason"].as_str().unwrap().contains("write it as an Arrow IPC file"), "{answer}");
    assert_eq!(place.files(), ["a.arrows"]);
}

#[test]
fn a_file_is_adopted_or_stays_with_the_reason_beside_it() {
    let place = Place::new();
    place.write("a.npy", &support::npy(5));
    assert!(support::is_right(&place.pool.adopt("a.npy").unwrap(), 5));
    place.write("b.npy", b"no array");
    assert_eq!(place.pool.adopt("b.npy").unwrap_err().kind(), Kind::Damaged);
    assert_eq!(place.files(), ["b.npy", "b.npy.refused"]);
    let why = fs::read_to_string(place.incoming.join("b.npy.refused")).unwrap();
    assert!(why.contains("begins as no Arrow file"), "{why}");
    place.write("b.npy", &support::npy(6));
    assert!(support::is_right(&place.pool.adopt("b.npy").unwrap(), 6));
    assert_eq!(place.files(), [""; 0]);
    assert_eq!(place.pool.adopt("b.npy").unwrap_err().kind(), Kind::Absent);
    assert_eq!(place.pool.adopt("../pool.json").unwrap_err().kind(), Kind::Invalid);
}
