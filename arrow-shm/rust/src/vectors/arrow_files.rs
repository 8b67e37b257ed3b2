//! Arrow files, and what becomes one, that pyarrow wrote: what can be read in place is, what has to be converted is left
//! to others.

use super::{STRIDE, json, list, number, packed, text};
use crate::content::{Content, Refusal};

#[test]
fn every_file_is_looked_at_and_what_is_none_is_refused() {
    let files = packed("arrow-files.zip");
    let mut read = 0;
    for expected in list(&json("arrow-files.json")).iter().step_by(STRIDE) {
        let file = text(&expected["file"]);
        let found = Content::of(&files[file].unpack());
        match (expected["becomes"].as_str(), found) {
            (Some("the same bytes"), Ok(Content::Batches { rows, columns })) => {
                let batches = list(&expected["batches"]);
                assert_eq!(rows, batches.iter().map(|batch| number(&batch["rows"])).sum::<u64>(), "{file}");
                let names = list(&expected["fields"]).iter().map(|field| text(&field["name"]));
                assert!(names.into_iter().all(|name| columns.contains(&format!("{name}: "))), "{file}: {columns}");
                read += 1;
            }
            (Some(other), Err(Refusal::Conversion(_))) => assert_ne!(other, "the same bytes", "{file}"),
            (None, Err(Refusal::Damaged(_))) => {}
            // Whoever could convert it finds what else is wrong with it.
            (None, Err(Refusal::Conversion(_))) => assert!(file.ends_with(".arrows"), "{file}"),
            (becomes, found) => panic!("{file}: expected {becomes:?}, found {found:?}"),
        }
    }
    assert!(read >= 8 / STRIDE);
}
