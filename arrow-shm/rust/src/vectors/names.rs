//! What datasets can be called, how their files are called then, and what stands in these.

use super::pool::VectorPool;
use super::{assert_refused, hex, json, list, text};
use crate::directory;
use crate::error::{Error, Kind};
use crate::manifest::{self, Manifest};
use crate::names::Names;
use crate::pool::Pool;
use serde_json::{Value, json};

fn published() -> (VectorPool, Names) {
    let pools = json("pools.json");
    let pool = VectorPool::unpack(list(&pools).iter().find(|pool| pool["name"] == "published").unwrap());
    let (directory, description) = directory::open(&pool.options()).unwrap();
    let names = Names::open(&directory, description.slots).unwrap();
    (pool, names)
}

#[test]
fn names_are_spelled_as_files_and_read_from_them() {
    let files = json("names.json");
    for dataset in list(&files["datasets"]) {
        let (name, file) = (text(&dataset["name"]), text(&dataset["file"]));
        assert_eq!(manifest::file_name(name).unwrap(), file);
        assert_eq!(manifest::dataset_of(file).as_deref(), Some(name));
    }
    for file in list(&files["strangers"]).iter().chain(list(&files["aside"])) {
        assert_eq!(manifest::dataset_of(text(file)), None, "{file}");
    }
    for refused in list(&files["refused"]) {
        assert_eq!(manifest::file_name(text(&refused["name"])).unwrap_err().kind(), Kind::Invalid, "{refused}");
    }
}

#[test]
#[cfg_attr(miri, ignore = "a pool's files are opened from its directory")]
fn a_file_is_that_of_the_dataset_whose_name_it_spells() {
    let (pool, names) = published();
    let mut expected = names.list().unwrap();
    for dataset in list(&json("names.json")["datasets"]) {
        let name = text(&dataset["name"]);
        pool.write(&format!("names/{}", text(&dataset["file"])), b"");
        assert_eq!(names.read(name).unwrap_err().kind(), Kind::Damaged, "{name}");
        expected.push(name.to_owned());
    }
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(names.list().unwrap(), expected);
}

#[test]
#[cfg_attr(miri, ignore = "a pool's files are opened from its directory")]
fn a_file_that_spells_no_name_is_no_datasets() {
    let (pool, names) = published();
    let (before, files) = (names.list().unwrap(), json("names.json"));
    for file in list(&files["strangers"]).iter().chain(list(&files["aside"])).filter(|file| *file != "lock") {
        pool.write(&format!("names/{}", text(file)), b"");
    }
    assert_eq!(names.list().unwrap(), before);
}

#[test]
#[cfg_attr(miri, ignore = "a pool's files are opened from its directory")]
fn a_name_that_no_dataset_can_have_is_refused() {
    let (_pool, names) = published();
    for refused in list(&json("names.json")["refused"]) {
        assert_eq!(names.read(text(&refused["name"])).unwrap_err().kind(), Kind::Invalid, "{refused}");
    }
}

/// Whether manifests are read, from a pool's files or, where there are none, from memory.
struct Reader(Option<(VectorPool, Names)>);

impl Reader {
    const SLOTS: u64 = 8;

    fn new() -> Reader {
        Reader((!cfg!(miri)).then(published))
    }

    fn read(&self, bytes: &[u8]) -> Result<Manifest, Error> {
        let Some((pool, names)) = &self.0 else { return Manifest::parse("test.json", bytes, Self::SLOTS) };
        pool.write("names/test.json", bytes);
        names.read("test").map(|manifest| (*manifest).clone())
    }
}

#[test]
fn a_path_is_one_or_is_refused() {
    let (reader, manifests) = (Reader::new(), json("manifests.json"));
    for kind in ["right", "refused"] {
        for path in list(&json("names.json")["paths"][kind]) {
            let named = text(&manifests[1]["text"]).replace("\"path\": \"x\"", &format!("\"path\": {path}"));
            assert_eq!(reader.read(named.as_bytes()).is_ok(), kind == "right", "{path}");
        }
    }
}

#[test]
fn a_manifest_is_read_or_refused() {
    let reader = Reader::new();
    let mut read = 0;
    for expected in list(&json("manifests.json")) {
        let bytes = expected["hex"].as_str().map_or_else(|| text(&expected["text"]).as_bytes().to_vec(), hex);
        let result = reader.read(&bytes);
        if expected.get("errors").is_some() {
            assert_refused(expected, result);
            continue;
        }
        let manifest: Value = serde_json::from_slice(&result.unwrap().to_bytes().unwrap()).unwrap();
        assert_eq!(tagged(&manifest), untagged_numbers(&expected["reading"]), "{}", expected["what"]);
        read += 1;
    }
    assert!(read > 10);
}

/// With the values of attributes as the vectors write them.
fn tagged(manifest: &Value) -> Value {
    let mut manifest = manifest.clone();
    let attributes = |value: &mut Value| value.as_object_mut().unwrap().values_mut().for_each(tag);
    let content = &mut manifest["content"];
    attributes(&mut content["attributes"]);
    content["groups"].as_object_mut().unwrap().values_mut().for_each(attributes);
    content["segments"].as_array_mut().unwrap().iter_mut().for_each(|segment| attributes(&mut segment["attributes"]));
    manifest
}

fn tag(value: &mut Value) {
    let tagged = match value {
        Value::Number(number) if number.is_f64() => json!({"double": number}),
        Value::Number(number) => json!({"whole": number.to_string()}),
        Value::Array(list) => {
            list.iter_mut().for_each(tag);
            return;
        }
        Value::Object(object) => {
            object.values_mut().for_each(tag);
            json!({"object": object})
        }
        _ => return,
    };
    *value = tagged;
}

/// With doubles as numbers, which may be spelled in several ways.
fn untagged_numbers(value: &Value) -> Value {
    match value {
        Value::Object(object) if object.len() == 1 && object.contains_key("double") => {
            json!({"double": text(&object["double"]).parse::<f64>().unwrap()})
        }
        Value::Object(object) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), untagged_numbers(value))).collect())
        }
        Value::Array(list) => list.iter().map(untagged_numbers).collect(),
        other => other.clone(),
    }
}

#[test]
#[cfg_attr(miri, ignore = "a pool's files are opened from its directory")]
fn a_publication_is_known_by_its_id_and_its_revision() {
    let (pool, _) = published();
    let participant = Pool::open(&pool.options()).unwrap();
    let known: Vec<(String, u64, u64)> = [".hidden", "nothing", "run 7/größe"]
        .iter()
        .map(|name| participant.dataset(name).unwrap())
        .map(|dataset| (dataset.name().to_owned(), dataset.id(), dataset.revision()))
        .collect();
    assert_eq!(known.iter().map(|(_, id, _)| *id).collect::<Vec<_>>(), [(1 << 53) - 1, 6, 77]);
    assert_eq!(known.iter().map(|(.., revision)| *revision).collect::<Vec<_>>(), [12, 1, 1]);
}
