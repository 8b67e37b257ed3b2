//! What one process can do with a pool.

mod support;

use arrow_shm::{Attributes, Change, Kind, Options, Pool, Publication, Watch, What, pools, remove};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

static COUNT: AtomicU32 = AtomicU32::new(0);

/// A directory of pools that is gone after the test.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let name = format!("rust-pools-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new("/dev/shm").join(name);
        fs::create_dir(&path).unwrap();
        Place(path)
    }

    fn options(&self) -> Options {
        Options::named("p").directory(&self.0).size_bytes(8 << 20).slots(256)
    }

    fn open(&self) -> Pool {
        Pool::open(&self.options()).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A dataset of one segment.
fn publish(pool: &Pool, dataset: &str, content: &[u8]) {
    let segment = pool.put(content).unwrap();
    let publication = Publication::new().segment("s", &segment, "", Attributes::new());
    pool.publish(dataset, publication.persistent(true).overwrite(true)).unwrap();
}

fn whole(segment: &arrow_shm::Segment) -> &[u8] {
    segment.bytes().unwrap()
}

#[test]
fn what_is_put_is_published_found_and_freed_with_its_last_reader() {
    let place = Place::new();
    let pool = place.open();
    let segment = pool.put(b"content").unwrap();
    let mut attributes = Attributes::new();
    attributes.insert("operator".to_owned(), "eve".into());
    let publication = Publication::new().attributes(attributes).group("empty", Attributes::new()).segment(
        "camera/frames",
        &segment,
        "|u1 [7]",
        Attributes::new(),
    );
    pool.publish("run 7/größe", publication).unwrap();
    drop(segment);
    assert_eq!(pool.datasets().unwrap(), ["run 7/größe"]);
    let dataset = pool.dataset("run 7/größe").unwrap();
    assert_eq!(dataset.attributes()["operator"], "eve");
    assert!(dataset.groups().contains_key("empty"));
    let frames = dataset.segment("camera/frames").unwrap().clone();
    let (slot, generation) = (frames.slot(), frames.generation());
    assert_eq!(whole(&frames), b"content");
    pool.delete("run 7/größe").unwrap();
    assert_eq!(pool.dataset("run 7/größe").unwrap_err().kind(), Kind::Absent);
    drop(dataset);
    assert_eq!(whole(&frames), b"content");
    drop(frames);
    let again = pool.put(b"another").unwrap();
    assert_eq!((again.slot(), again.generation()), (slot, generation + 1));
}

#[test]
fn what_is_there_is_not_overwritten_unless_that_is_said() {
    let place = Place::new();
    let pool = place.open();
    let publish = |content: &[u8], overwrite| {
        let segment = pool.put(content).unwrap();
        let publication = Publication::new().segment("s", &segment, "", Attributes::new());
        pool.publish("d", publication.overwrite(overwrite))
    };
    publish(b"first", false).unwrap();
    assert_eq!(publish(b"second", false).unwrap_err().kind(), Kind::Exists);
    let first = pool.dataset("d").unwrap();
    publish(b"third", true).unwrap();
    let third = pool.dataset("d").unwrap();
    assert_eq!((first.id(), first.revision(), whole(first.segment("s").unwrap())), (third.id(), 1, &b"first"[..]));
    assert_eq!((third.revision(), whole(third.segment("s").unwrap())), (2, &b"third"[..]));
}

#[test]
fn what_another_has_replaced_renamed_or_deleted_is_read_anew() {
    let place = Place::new();
    let (reader, writer) = (place.open(), place.open());
    let read = |dataset: &str| reader.dataset(dataset).map(|found| whole(found.segment("s").unwrap()).to_vec());
    let overwrite = |dataset: &str, content: &[u8]| {
        let segment = writer.put(content).unwrap();
        let publication = Publication::new().overwrite(true).segment("s", &segment, "", Attributes::new());
        writer.publish(dataset, publication).unwrap();
    };
    for (dataset, content) in [("a", b"one"), ("b", b"two")] {
        publish(&writer, dataset, content);
        assert_eq!(read(dataset).unwrap(), content);
        assert_eq!(read(dataset).unwrap(), content);
    }
    overwrite("a", b"three");
    assert_eq!(read("a").unwrap(), b"three");
    assert_eq!(read("b").unwrap(), b"two");
    writer.rename("b", "a", true).unwrap();
    assert_eq!(read("a").unwrap(), b"two");
    assert_eq!(read("b").unwrap_err().kind(), Kind::Absent);
    let (mine, aside) = (writer.directory().join("names/a.json"), writer.directory().join("names/.a"));
    fs::write(&aside, b"{}").unwrap();
    fs::set_permissions(&aside, fs::Permissions::from_mode(0o600)).unwrap();
    fs::rename(&aside, &mine).unwrap();
    assert_eq!(read("a").unwrap_err().kind(), Kind::Damaged);
    overwrite("a", b"four");
    assert_eq!(read("a").unwrap(), b"four");
    fs::set_permissions(&mine, fs::Permissions::from_mode(0o666)).unwrap();
    assert_eq!(read("a").unwrap_err().kind(), Kind::Untrusted);
    writer.delete("a").unwrap();
    assert_eq!(read("a").unwrap_err().kind(), Kind::Absent);
}

#[test]
fn however_many_datasets_are_read_few_files_stay_open() {
    let place = Place::new();
    let pool = place.open();
    let segment = pool.put(b"data").unwrap();
    for i in 0..200 {
        let publication = Publication::new().segment("s", &segment, "", Attributes::new());
        pool.publish(&format!("d{i}"), publication).unwrap();
    }
    let names = pool.directory().join("names");
    let open = || {
        let descriptors = fs::read_dir("/proc/self/fd").unwrap();
        descriptors
            .filter_map(|fd| fs::read_link(fd.unwrap().path()).ok())
            .filter(|file| file.starts_with(&names) && file.display().to_string().contains(".json"))
            .count()
    };
    for _ in 0..2 {
        for i in 0..200 {
            assert_eq!(whole(pool.dataset(&format!("d{i}")).unwrap().segment("s").unwrap()), b"data");
        }
        assert!((1..=32).contains(&open()), "{}", open());
    }
    drop(segment);
    pool.close().unwrap();
    assert_eq!(open(), 0);
}

#[test]
fn a_segment_may_have_several_names_and_lasts_as_long_as_any() {
    let place = Place::new();
    let pool = place.open();
    let segment = pool.put(b"shared by two").unwrap();
    let twice = Publication::new().segment("a", &segment, "", Attributes::new());
    pool.publish("x", twice.segment("b", &segment, "", Attributes::new())).unwrap();
    pool.publish("y", Publication::new().segment("a", &segment, "", Attributes::new())).unwrap();
    drop(segment);
    pool.delete("x").unwrap();
    assert_eq!(whole(pool.dataset("y").unwrap().segment("a").unwrap()), b"shared by two");
    pool.rename("y", "z", false).unwrap();
    assert_eq!(pool.datasets().unwrap(), ["z"]);
    assert_eq!(pool.rename("y", "z", false).unwrap_err().kind(), Kind::Absent);
}

#[test]
fn segments_stay_readable_after_the_pool_was_closed_and_datasets_end_with_it_unless_they_are_persistent() {
    let place = Place::new();
    let pool = place.open();
    let segment = pool.put(b"outlives").unwrap();
    for (name, persistent) in [("ends", false), ("stays", true)] {
        let publication = Publication::new().segment("s", &segment, "", Attributes::new());
        pool.publish(name, publication.persistent(persistent)).unwrap();
    }
    let watching = place.open();
    pool.close().unwrap();
    assert_eq!(pool.datasets().unwrap_err().kind(), Kind::Closed);
    assert_eq!(pool.allocate(1).err().unwrap().kind(), Kind::Closed);
    assert_eq!(whole(&segment), b"outlives");
    assert_eq!(watching.datasets().unwrap(), ["stays"]);
    assert_eq!(watching.participants().unwrap().len(), 2);
    drop(segment);
    // Also by those who keep the handle that was closed; what the sweep does just now ends first.
    support::eventually("the closed pool was left", || watching.participants().unwrap().len() == 1);
    drop(pool);
}

#[test]
fn what_is_shared_is_written_by_all_and_sealed_by_one_that_alone_holds_it() {
    let place = Place::new();
    let (pool, other) = (place.open(), place.open());
    let shared = pool.allocate(8).unwrap().share().unwrap();
    pool.publish("d", Publication::new().segment("s", &shared, "|u1 [8]", Attributes::new())).unwrap();
    let dataset = other.dataset("d").unwrap();
    let elsewhere = dataset.segment("s").unwrap();
    // SAFETY: the segment has 8 bytes, and only this thread touches them.
    unsafe { elsewhere.as_mut_ptr().unwrap().write_bytes(7, 8) };
    assert_eq!(shared.bytes(), None);
    assert_eq!(shared.seal().unwrap_err().kind(), Kind::InUse);
    drop(dataset);
    shared.seal().unwrap();
    assert_eq!((whole(&shared), shared.as_mut_ptr()), (&[7; 8][..], None));
}

#[test]
fn memory_of_one_size_serves_others_and_a_full_pool_says_so() {
    let place = Place::new();
    let pool = place.open();
    let fill = |bytes: u64| {
        let mut held = Vec::new();
        loop {
            match pool.allocate(bytes) {
                Ok(mut writer) => {
                    writer.bytes_mut().fill(1);
                    held.push(writer);
                }
                Err(e) => {
                    assert_eq!(e.kind(), Kind::Full, "{e}");
                    return held.len();
                }
            }
        }
    };
    for (bytes, least) in [(100_000, 60), (1 << 20, 8), (2_000, 200), (3 << 20, 2), (256, 200), (100_000, 60)] {
        let count = fill(bytes);
        assert!(count >= least, "{count} segments of {bytes} bytes");
        assert!(pool.used_bytes().unwrap() <= pool.size_bytes());
    }
    assert_eq!(pool.allocate((8 << 20) + 1).err().unwrap().kind(), Kind::Full);
}

#[test]
fn of_a_slab_that_all_slots_have_left_nothing_stays() {
    let place = Place::new();
    let pool = Pool::open(&place.options().slots(4)).unwrap();
    for bytes in [200, 100_000, 300_000] {
        let held: Vec<_> = (0..4).map(|_| pool.allocate(bytes).unwrap()).collect();
        assert_eq!(pool.verify(true).unwrap(), Vec::<String>::new());
        drop(held);
    }
}

#[test]
fn more_than_twenty_four_participants_hold_one_segment_and_the_last_of_them_frees_it() {
    let place = Place::new();
    let pools: Vec<Pool> = (0..30).map(|_| place.open()).collect();
    let segment = pools[29].put(b"of many").unwrap();
    let (slot, generation) = (segment.slot(), segment.generation());
    pools[29].publish("d", Publication::new().segment("s", &segment, "", Attributes::new())).unwrap();
    drop(segment);
    let datasets: Vec<_> = pools.iter().map(|pool| pool.dataset("d").unwrap()).collect();
    pools[25].delete("d").unwrap();
    for dataset in datasets {
        assert_eq!(whole(dataset.segment("s").unwrap()), b"of many");
        assert_ne!(pools[0].put(b"elsewhere").unwrap().slot(), slot);
    }
    let again = pools[28].put(b"again").unwrap();
    assert_eq!((again.slot(), again.generation()), (slot, generation + 1));
}

#[test]
fn a_reference_is_received_once() {
    let place = Place::new();
    let (pool, other) = (place.open(), place.open());
    let epoch = pool.open_epoch("e").unwrap();
    let reference = pool.put(b"on its way").unwrap().send(&epoch).unwrap();
    let received = other.receive(reference).unwrap();
    assert_eq!(whole(&received), b"on its way");
    assert_eq!(other.receive(reference).unwrap_err().kind(), Kind::Stale);
    let lost = pool.put(b"never received").unwrap().send(&epoch).unwrap();
    drop(epoch);
    support::eventually("what nobody can receive was taken back", || other.receive(lost).is_err());
}

#[test]
fn a_pool_that_is_open_is_not_removed_and_one_that_is_not_leaves_nothing() {
    let place = Place::new();
    let pool = place.open();
    assert_eq!(pools(Some(&place.0)).unwrap(), ["p"]);
    assert_eq!(remove(&place.options()).unwrap_err().kind(), Kind::InUse);
    drop(pool);
    support::eventually("it can be removed", || remove(&place.options()).is_ok());
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
    assert!(!remove(&place.options()).unwrap());
    let absent = Pool::open(&place.options().create(false)).unwrap_err();
    assert_eq!(absent.kind(), Kind::Absent);
}

#[test]
fn the_last_in_a_pool_removes_it_if_nothing_is_left_in_it_and_what_it_holds_stays_readable() {
    let place = Place::new();
    let (pool, other) = (place.open(), place.open());
    let held = pool.put(b"content").unwrap();
    publish(&other, "d", b"lasts");
    assert!(!other.close_and_remove_unused().unwrap(), "somebody else has it open");
    assert!(!pool.close_and_remove_unused().unwrap(), "a dataset is in it");
    assert_eq!(pool.close_and_remove_unused().unwrap_err().kind(), Kind::Closed);
    drop(held);

    let pool = place.open();
    let held = pool.put(b"content").unwrap();
    pool.delete("d").unwrap();
    assert!(pool.close_and_remove_unused().unwrap());
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
    assert_eq!(whole(&held), b"content");
}

#[test]
fn a_pool_is_opened_while_others_remove_it() {
    let place = Place::new();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for i in 0..100_u32 {
                    let pool = place.open();
                    let held = pool.put(&i.to_le_bytes()).unwrap();
                    pool.close_and_remove_unused().unwrap();
                    assert_eq!(whole(&held), i.to_le_bytes());
                }
            });
        }
    });
    // Two may have seen each other when they left.
    support::eventually("the last one has removed it", || place.open().close_and_remove_unused().unwrap());
    assert_eq!(fs::read_dir(&place.0).unwrap().count(), 0);
}

#[test]
fn what_others_may_have_prepared_is_not_opened() {
    let place = Place::new();
    let directory = place.open().directory();
    let open = || Pool::open(&place.options()).unwrap_err().kind();
    let mode = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for (path, right) in
        [(directory.clone(), 0o700), (directory.join("names"), 0o700), (directory.join("hints"), 0o600)]
    {
        mode(&path, right | 0o022);
        assert_eq!(open(), Kind::Untrusted, "{}", path.display());
        mode(&path, right);
    }
    place.open();
    fs::rename(directory.join("hints"), directory.join("hints2")).unwrap();
    symlink("hints2", directory.join("hints")).unwrap();
    assert_eq!(open(), Kind::Untrusted);
    fs::rename(directory.join("hints2"), directory.join("hints")).unwrap();
    let (link, other) = (place.0.join("p"), place.0.join(".p-0000000000000000"));
    fs::rename(&directory, &other).unwrap();
    fs::remove_file(&link).unwrap();
    symlink(".p-0000000000000000", &link).unwrap();
    assert_eq!(open(), Kind::Untrusted, "the directory of another pool");
    fs::remove_file(&link).unwrap();
    symlink("..", &link).unwrap();
    assert_eq!(open(), Kind::Untrusted, "a link that leads elsewhere");
    fs::remove_file(&link).unwrap();
    fs::create_dir(&link).unwrap();
    assert_eq!(open(), Kind::Untrusted, "no link");
}

#[test]
fn a_damaged_manifest_is_one_error_and_takes_no_name_from_others() {
    let place = Place::new();
    let pool = place.open();
    let segment = pool.put(b"named twice").unwrap();
    for name in ["a", "b"] {
        let publication = Publication::new().segment("s", &segment, "", Attributes::new());
        pool.publish(name, publication.persistent(true)).unwrap();
    }
    drop(segment);
    fs::write(pool.directory().join("names/a.json"), "{").unwrap();
    assert_eq!(pool.dataset("a").unwrap_err().kind(), Kind::Damaged);
    pool.delete("a").unwrap();
    assert_eq!(whole(pool.dataset("b").unwrap().segment("s").unwrap()), b"named twice");
    assert_eq!(pool.datasets().unwrap(), ["b"]);
}

#[test]
fn what_is_written_through_an_old_pointer_once_it_is_sealed_or_given_up_nobody_sees() {
    let place = Place::new();
    let pool = place.open();
    let mut writer = pool.allocate(5000).unwrap();
    writer.bytes_mut().fill(1);
    let exposure = writer.expose().unwrap();
    // SAFETY: the exposure has 5,000 bytes, and only this thread touches them.
    let old = unsafe { slice::from_raw_parts_mut(exposure.as_ptr(), exposure.len() as usize) };
    old[4999] = 2;
    exposure.detach().unwrap();
    let segment = writer.seal().unwrap();
    old[0] = 3;
    assert_eq!((old[0], old[1], old[4999]), (3, 1, 2));
    assert_eq!((whole(&segment)[0], whole(&segment)[1], whole(&segment)[4999]), (1, 1, 2));
    exposure.abandon().unwrap();
    assert!(old.iter().all(|&byte| byte == 0));
    assert_eq!(whole(&segment)[1], 1);
}

#[test]
fn an_array_is_written_in_place_and_says_where_its_elements_are() {
    let place = Place::new();
    let pool = place.open();
    for (dtype, shape, bytes) in [
        ("<f8", vec![2, 3], 48),
        ("|b1", vec![], 1),
        ("<M8[ns]", vec![5], 40),
        ("<U2", vec![0, 4], 0),
        ("[('größe', '<f4', (2,)), ('', '|V4'), ('b', '|u1')]", vec![3], 39),
    ] {
        let (mut writer, start) = pool.allocate_array(dtype, &shape).unwrap();
        assert_eq!(writer.len() - start, bytes, "{dtype}");
        writer.bytes_mut()[start as usize..].fill(0);
        let array = writer.seal().unwrap().array().unwrap();
        assert_eq!((array.dtype.to_string(), array.shape, array.offset), (dtype.to_owned(), shape, start));
        assert_eq!(array.offset % 64, 0);
    }
    for (dtype, shape) in [(">f8", vec![1]), ("<f3", vec![1]), ("<f8", vec![1; 33]), ("<f8", vec![u64::MAX])] {
        assert_eq!(pool.allocate_array(dtype, &shape).err().unwrap().kind(), Kind::Invalid, "{dtype} {shape:?}");
    }
}

#[test]
fn who_watches_is_told_what_appears_changes_and_is_deleted() {
    let place = Place::new();
    let (pool, watching) = (place.open(), place.open());
    publish(&pool, "before", b"1");
    let mut watch = watching.watch().unwrap();
    assert_eq!(watch.datasets().collect::<Vec<_>>(), ["before"]);
    assert_eq!(watch.next(Duration::ZERO).unwrap(), None);
    let told = |watch: &mut Watch, expected: &[(&str, What)]| {
        for (dataset, what) in expected {
            let change = watch.next(Duration::from_secs(60)).unwrap();
            assert_eq!(change, Some(Change { dataset: (*dataset).to_owned(), what: *what }));
        }
        assert_eq!(watch.next(Duration::ZERO).unwrap(), None);
    };
    publish(&pool, "größe/1", b"1");
    told(&mut watch, &[("größe/1", What::Appeared)]);
    publish(&pool, "größe/1", b"2");
    told(&mut watch, &[("größe/1", What::Changed)]);
    pool.rename("größe/1", "before", true).unwrap();
    told(&mut watch, &[("before", What::Changed), ("größe/1", What::Deleted)]);
    pool.delete("before").unwrap();
    told(&mut watch, &[("before", What::Deleted)]);
    publish(&pool, "at once", b"1");
    pool.delete("at once").unwrap();
    told(&mut watch, &[]);
    let waiting = std::thread::spawn(move || watch.next(Duration::MAX).unwrap_err().kind());
    watching.close().unwrap();
    assert_eq!(waiting.join().unwrap(), Kind::Closed);
}

#[test]
fn more_changes_than_can_be_told_are_found_all_the_same() {
    let place = Place::new();
    let pool = place.open();
    let mut watch = pool.watch().unwrap();
    let most: usize = fs::read_to_string("/proc/sys/fs/inotify/max_queued_events").unwrap().trim().parse().unwrap();
    let (one, other) = (pool.directory().join("names/stranger"), pool.directory().join("names/other"));
    fs::write(&one, "").unwrap();
    for i in 0..most {
        let (from, to) = if i % 2 == 0 { (&one, &other) } else { (&other, &one) };
        fs::rename(from, to).unwrap();
    }
    publish(&pool, "lost", b"1");
    let change = watch.next(Duration::from_secs(60)).unwrap();
    assert_eq!(change, Some(Change { dataset: "lost".to_owned(), what: What::Appeared }));
}

#[test]
fn a_damaged_manifest_is_overwritten_only_if_that_is_said() {
    let place = Place::new();
    let pool = place.open();
    publish(&pool, "a", b"lost");
    fs::write(pool.directory().join("names/a.json"), "{").unwrap();
    let segment = pool.put(b"new").unwrap();
    let publication = || Publication::new().segment("s", &segment, "", Attributes::new()).persistent(true);
    assert_eq!(pool.publish("a", publication()).unwrap_err().kind(), Kind::Exists);
    pool.publish("a", publication().overwrite(true)).unwrap();
    assert_eq!(whole(pool.dataset("a").unwrap().segment("s").unwrap()), b"new");
    // What the damaged one named nobody names any more.
    support::eventually("its memory can be had again", || pool.put(b"again").unwrap().slot() == 0);
}

#[test]
fn a_pool_with_something_else_in_it_is_not_removed_and_keeps_its_link() {
    let place = Place::new();
    let directory = place.open().directory();
    for (path, is_directory) in [("stranger", false), ("slabs/stranger", true), ("incoming/d.request", true)] {
        let path = directory.join(path);
        if is_directory {
            fs::create_dir(&path).unwrap()
        } else {
            fs::write(&path, "").unwrap()
        }
        support::eventually(
            "its participant has left",
            || !matches!(remove(&place.options()), Err(e) if e.kind() == Kind::InUse),
        );
        assert_eq!(remove(&place.options()).unwrap_err().kind(), Kind::Untrusted);
        assert_eq!(pools(Some(&place.0)).unwrap(), ["p"]);
        if is_directory { fs::remove_dir(&path).unwrap() } else { fs::remove_file(&path).unwrap() }
    }
    assert!(remove(&place.options()).unwrap());
}

#[test]
fn what_was_written_over_after_it_was_sealed_is_found_where_the_pool_has_checksums() {
    let place = Place::new();
    let pool = Pool::open(&place.options().checksums(true)).unwrap();
    publish(&pool, "d", b"as it was sealed");
    assert_eq!(whole(pool.dataset("d").unwrap().segment("s").unwrap()), b"as it was sealed");
    let slab = pool.directory().join("slabs/1");
    let mut bytes = fs::read(&slab).unwrap();
    bytes[3] = b'X';
    fs::write(&slab, bytes).unwrap();
    assert_eq!(pool.dataset("d").unwrap_err().kind(), Kind::Damaged);
    let shared = pool.allocate(4).unwrap().share().unwrap();
    shared.seal().unwrap();
    pool.publish("e", Publication::new().segment("s", &shared, "", Attributes::new())).unwrap();
    assert_eq!(pool.dataset("e").unwrap().segment("s").unwrap().len(), 4);
}
