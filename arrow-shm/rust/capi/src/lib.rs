//! Arrays and tables in shared memory, for C.
//!
//! Each function that can fail returns a code, 0 if it did what it says; `arrow_shm_message` says then, in a sentence,
//! what was wrong. Texts are UTF-8 and end with a zero byte. Handles are used by one thread at a time, each, and freed by
//! their own function, which takes NULL, too; what they give out is good until they are freed. After `fork` a child may
//! only free handles: what it then wants of the pool it opens anew.
#![deny(unsafe_op_in_unsafe_fn)]
#![deny(clippy::undocumented_unsafe_blocks)]
#![allow(clippy::missing_safety_doc, reason = "the module says it of all: pointers are NULL or what the names say")]
#![allow(non_camel_case_types, reason = "these are the names in C")]

use arrow_shm::{Array, Attributes, Dataset, Error, Kind, Options, Pool, Publication, Segment, Value, Writer};
use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::ptr;

/// What a function has come to.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum arrow_shm_code {
    Ok = 0,
    /// There is no such pool, dataset, path or file.
    Absent,
    /// There is a dataset of that name already.
    Exists,
    /// Somebody else works with it.
    InUse,
    /// The pool, its slots or the file system have no room left.
    Full,
    /// What a file says cannot be.
    Damaged,
    /// Somebody else could have prepared it, so nothing of it was read.
    Untrusted,
    /// Another version of the format.
    Version,
    /// What a reference stood for is gone.
    Stale,
    /// The pool was closed, or this process was forked since it was opened.
    Closed,
    /// The caller asked for something that cannot be.
    Invalid,
    /// A lock was not to be had in time.
    Timeout,
    /// The operating system refused.
    System,
    /// This library has a fault: please report the message.
    Fault,
}

fn code_of(kind: Kind) -> arrow_shm_code {
    match kind {
        Kind::Absent => arrow_shm_code::Absent,
        Kind::Exists => arrow_shm_code::Exists,
        Kind::InUse => arrow_shm_code::InUse,
        Kind::Full => arrow_shm_code::Full,
        Kind::Damaged => arrow_shm_code::Damaged,
        Kind::Untrusted => arrow_shm_code::Untrusted,
        Kind::Version => arrow_shm_code::Version,
        Kind::Stale => arrow_shm_code::Stale,
        Kind::Closed => arrow_shm_code::Closed,
        Kind::Invalid => arrow_shm_code::Invalid,
        Kind::Timeout => arrow_shm_code::Timeout,
        _ => arrow_shm_code::System,
    }
}

thread_local! {
    static MESSAGE: RefCell<CString> = RefCell::default();
}

fn say(message: &str) {
    MESSAGE.set(CString::new(message.replace('\0', "\u{FFFD}")).unwrap_or_default());
}

/// What was wrong when a function last failed in this thread. Good until one fails again.
#[unsafe(no_mangle)]
pub extern "C" fn arrow_shm_message() -> *const c_char {
    MESSAGE.with_borrow(|message| message.as_ptr())
}

/// Runs what may fail, also by a fault of this library, of which no caller dies.
fn guarded(work: impl FnOnce() -> Result<(), Error>) -> arrow_shm_code {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => arrow_shm_code::Ok,
        Ok(Err(error)) => {
            say(&error.to_string());
            code_of(error.kind())
        }
        Err(panic) => {
            let what = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            say(what.unwrap_or("a panic without a message"));
            arrow_shm_code::Fault
        }
    }
}

fn invalid(what: &str) -> Error {
    Error::new(Kind::Invalid, what)
}

/// A text of the caller; nothing if it is NULL.
///
/// # Safety
/// It is NULL or ends with a zero byte, and stays as it is until the result is dropped.
unsafe fn text<'a>(text: *const c_char) -> Result<Option<&'a str>, Error> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller has said so.
    let bytes = unsafe { CStr::from_ptr(text) };
    bytes.to_str().map(Some).map_err(|_| invalid("a text is not UTF-8"))
}

/// # Safety
/// As of `text`.
unsafe fn needed<'a>(what: &str, pointer: *const c_char) -> Result<&'a str, Error> {
    // SAFETY: the caller has said so.
    unsafe { text(pointer) }?.ok_or_else(|| invalid(&format!("{what} is NULL")))
}

/// # Safety
/// It is NULL or a handle of that type that was not freed.
unsafe fn handle<'a, T>(handle: *const T) -> Result<&'a T, Error> {
    // SAFETY: the caller has said so.
    unsafe { handle.as_ref() }.ok_or_else(|| invalid("a handle is NULL"))
}

/// # Safety
/// It is NULL or there is room for a value of that type.
unsafe fn give<T>(to: *mut T, value: T) -> Result<(), Error> {
    if to.is_null() {
        return Err(invalid("there is no place for the result: its pointer is NULL"));
    }
    // SAFETY: the caller has said so.
    unsafe { to.write(value) };
    Ok(())
}

/// # Safety
/// As of `give`.
unsafe fn give_handle<T>(to: *mut *mut T, value: T) -> Result<(), Error> {
    if to.is_null() {
        return Err(invalid("there is no place for the result: its pointer is NULL"));
    }
    // SAFETY: the caller has said so.
    unsafe { give(to, Box::into_raw(Box::new(value))) }
}

/// # Safety
/// It is NULL or a handle of that type that was not freed.
unsafe fn free<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: it was made by `give_handle`, and is not used any more.
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(unsafe { Box::from_raw(handle) })));
        if dropped.is_err() {
            say("a handle could not be freed");
        }
    }
}

// ---- Lists of texts ----

/// A list of texts.
pub struct arrow_shm_texts(Vec<CString>);

fn texts(list: impl IntoIterator<Item = String>) -> arrow_shm_texts {
    // No name has a zero byte.
    arrow_shm_texts(list.into_iter().filter_map(|text| CString::new(text).ok()).collect())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_texts_count(list: *const arrow_shm_texts) -> usize {
    // SAFETY: the caller gives a list that was not freed, or NULL.
    unsafe { list.as_ref() }.map_or(0, |list| list.0.len())
}

/// NULL if there are not so many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_texts_at(list: *const arrow_shm_texts, index: usize) -> *const c_char {
    // SAFETY: the caller gives a list that was not freed, or NULL.
    let list = unsafe { list.as_ref() };
    list.and_then(|list| list.0.get(index)).map_or(ptr::null(), |text| text.as_ptr())
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_texts_free(list: *mut arrow_shm_texts) {
    // SAFETY: the caller gives a list that was not freed, or NULL.
    unsafe { free(list) }
}

// ---- Pools ----

/// A pool that this process has joined. Threads may use it at the same time.
pub struct arrow_shm_pool(Pool);

/// Where a pool is, and how it is made if there is none.
#[repr(C)]
pub struct arrow_shm_options {
    /// In which pools are; NULL for `$ARROW_SHM_DIR` or `/dev/shm`.
    pub directory: *const c_char,
    /// Bytes that all segments of a new pool may take; 0 for a quarter of what is free, and at most 4 GiB.
    pub size_bytes: u64,
    /// How many segments a new pool may have; 0 for 65,536.
    pub slots: u32,
    /// Whether sealed segments of a new pool have a checksum.
    pub checksums: bool,
    /// Whether a pool that is not there is an error, and is not made.
    pub must_exist: bool,
}

/// # Safety
/// As of `text`, of all texts.
unsafe fn options(name: *const c_char, options: *const arrow_shm_options) -> Result<Options, Error> {
    // SAFETY: the caller has said so.
    let mut chosen = Options::named(unsafe { needed("the name of the pool", name) }?);
    // SAFETY: the caller gives options, or NULL.
    if let Some(options) = unsafe { options.as_ref() } {
        // SAFETY: the caller has said so.
        if let Some(directory) = unsafe { text(options.directory) }? {
            chosen = chosen.directory(directory);
        }
        if options.size_bytes > 0 {
            chosen = chosen.size_bytes(options.size_bytes);
        }
        if options.slots > 0 {
            chosen = chosen.slots(options.slots);
        }
        chosen = chosen.checksums(options.checksums).create(!options.must_exist);
    }
    Ok(chosen)
}

/// Names of the pools of this user in a directory; NULL for `$ARROW_SHM_DIR` or `/dev/shm`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_pools(directory: *const c_char, list: *mut *mut arrow_shm_texts) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives texts, or NULL.
        let directory = unsafe { text(directory) }?;
        let pools = arrow_shm::pools(directory.map(Path::new))?;
        // SAFETY: the caller gives a place for the result.
        unsafe { give_handle(list, texts(pools)) }
    })
}

/// Opens a pool, and makes it if there is none. Options may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_pool_open(
    name: *const c_char,
    chosen: *const arrow_shm_options,
    pool: *mut *mut arrow_shm_pool,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives texts and options, or NULL.
        let opened = Pool::open(&unsafe { options(name, chosen) }?)?;
        // SAFETY: the caller gives a place for the result.
        unsafe { give_handle(pool, arrow_shm_pool(opened)) }
    })
}

/// Closes a pool, which ends its datasets that are not persistent. Segments that are open stay readable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_pool_close(pool: *mut arrow_shm_pool) -> arrow_shm_code {
    let closed = guarded(|| {
        // SAFETY: the caller gives a pool that was not closed, or NULL.
        unsafe { pool.as_ref() }.map_or(Ok(()), |pool| pool.0.close())
    });
    // SAFETY: as above.
    unsafe { free(pool) };
    closed
}

/// Removes a pool that nobody has open; whether there was one. Options may be NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_pool_remove(
    name: *const c_char,
    chosen: *const arrow_shm_options,
    removed: *mut bool,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives texts and options, or NULL.
        let was_there = arrow_shm::remove(&unsafe { options(name, chosen) }?)?;
        // SAFETY: the caller gives a place for the result.
        unsafe { give(removed, was_there) }
    })
}

// ---- Writing ----

/// A segment that is being written. Freed, it was never there.
pub struct arrow_shm_writer(Writer);

/// Memory for a segment of so many bytes: an Arrow IPC file, an Arrow tensor message or an .npy file is to be written
/// there. It is the caller's alone until it is sealed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_allocate(
    pool: *const arrow_shm_pool,
    bytes: u64,
    writer: *mut *mut arrow_shm_writer,
    memory: *mut *mut u8,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives a pool that was not closed.
        let allocated = unsafe { handle(pool) }?.0.allocate(bytes)?;
        // SAFETY: the caller gives places for the results.
        unsafe {
            give(memory, allocated.as_ptr())?;
            give_handle(writer, arrow_shm_writer(allocated))
        }
    })
}

/// Memory for an array of a type as NumPy spells it, such as `<f8`, in C's order: `memory` is where its elements are to be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_array_allocate(
    pool: *const arrow_shm_pool,
    dtype: *const c_char,
    dimensions: usize,
    shape: *const u64,
    writer: *mut *mut arrow_shm_writer,
    memory: *mut *mut u8,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives as many lengths as there are dimensions.
        let shape = unsafe { list(shape, dimensions) }?;
        // SAFETY: the caller gives a text, and a pool that was not closed.
        let (allocated, offset) =
            unsafe { handle(pool)?.0.allocate_array(needed("the type of the array", dtype)?, shape)? };
        // SAFETY: the elements begin within the segment.
        let elements = unsafe { allocated.as_ptr().add(offset as usize) };
        // SAFETY: the caller gives places for the results.
        unsafe {
            give(memory, elements)?;
            give_handle(writer, arrow_shm_writer(allocated))
        }
    })
}

/// # Safety
/// There are so many values, which stay as they are until the result is dropped.
unsafe fn list<'a, T>(values: *const T, count: usize) -> Result<&'a [T], Error> {
    match count {
        0 => Ok(&[]),
        _ if values.is_null() => Err(invalid("a list is NULL")),
        // SAFETY: the caller has said so.
        _ => Ok(unsafe { std::slice::from_raw_parts(values, count) }),
    }
}

/// Makes what was written immutable, and readable by everybody who holds it. The writer is freed, also if this fails.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_seal(
    writer: *mut arrow_shm_writer,
    segment: *mut *mut arrow_shm_segment,
) -> arrow_shm_code {
    guarded(|| {
        if writer.is_null() {
            return Err(invalid("a handle is NULL"));
        }
        // SAFETY: it was made by `give_handle`, and is not used any more.
        let writer = unsafe { Box::from_raw(writer) };
        // SAFETY: the caller gives a place for the result.
        unsafe { give_handle(segment, arrow_shm_segment(writer.0.seal()?)) }
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_writer_free(writer: *mut arrow_shm_writer) {
    // SAFETY: the caller gives a writer that was not freed, or NULL.
    unsafe { free(writer) }
}

// ---- Reading ----

/// A segment that this process holds: its memory stays where it is, and as it is.
pub struct arrow_shm_segment(Segment);

/// Where the bytes of a sealed segment are, and how many.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_segment_bytes(
    segment: *const arrow_shm_segment,
    memory: *mut *const u8,
    bytes: *mut u64,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives a segment that was not freed.
        let segment = unsafe { handle(segment) }?;
        let content = segment.0.bytes().ok_or_else(|| invalid("the segment is shared, and may change at any time"))?;
        // SAFETY: the caller gives places for the results.
        unsafe {
            give(memory, content.as_ptr())?;
            give(bytes, content.len() as u64)
        }
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_segment_free(segment: *mut arrow_shm_segment) {
    // SAFETY: the caller gives a segment that was not freed, or NULL.
    unsafe { free(segment) }
}

/// An array in a segment, which it holds: element (i, j, ...) is at elements + i * strides[0] + j * strides[1] + ...
#[repr(C)]
pub struct arrow_shm_array {
    pub elements: *const u8,
    /// As NumPy spells it, such as `<f8`.
    pub dtype: *const c_char,
    /// Bytes of an element.
    pub item_bytes: u64,
    pub dimensions: usize,
    pub shape: *const u64,
    /// In bytes.
    pub strides: *const u64,
    /// What the fields above point into.
    pub held: *const arrow_shm_array_held,
}

/// What an array points into.
pub struct arrow_shm_array_held {
    _segment: Segment,
    array: Array,
    dtype: CString,
}

/// Where the elements of a sealed array lie, after a look at all that says so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_segment_array(
    segment: *const arrow_shm_segment,
    array: *mut *mut arrow_shm_array,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives a segment that was not freed.
        let segment = unsafe { handle(segment) }?.0.clone();
        let found = segment.array()?;
        let dtype = CString::new(found.dtype.to_string()).map_err(|_| invalid("the type has a zero byte"))?;
        // SAFETY: all elements lie in the segment.
        let elements = unsafe { segment.as_ptr().add(found.offset as usize) };
        let held = Box::new(arrow_shm_array_held { _segment: segment, array: found, dtype });
        let view = arrow_shm_array {
            elements,
            dtype: held.dtype.as_ptr(),
            item_bytes: held.array.dtype.bytes(),
            dimensions: held.array.shape.len(),
            shape: held.array.shape.as_ptr(),
            strides: held.array.strides.as_ptr(),
            held: &*held,
        };
        // SAFETY: the caller gives a place for the result.
        unsafe { give_handle(array, view) }?;
        // From here on the view owns it.
        let _ = Box::into_raw(held);
        Ok(())
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_array_free(array: *mut arrow_shm_array) {
    // SAFETY: the caller gives an array that was not freed, or NULL; it owns what it points into.
    unsafe {
        if let Some(view) = array.as_ref() {
            free(view.held.cast_mut());
        }
        free(array);
    }
}

// ---- Datasets ----

/// A dataset as it was when it was opened, with holds on all of its segments.
pub struct arrow_shm_dataset {
    dataset: Dataset,
    attributes: CString,
}

/// A segment that is to be published.
#[repr(C)]
pub struct arrow_shm_part {
    /// In the dataset, such as `camera/frames`.
    pub path: *const c_char,
    pub segment: *const arrow_shm_segment,
    /// For people: an array's type and shape, a table's rows and columns. NULL for none.
    pub description: *const c_char,
    /// An object of JSON; NULL for none.
    pub attributes: *const c_char,
}

/// Names of all datasets.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_datasets(
    pool: *const arrow_shm_pool,
    list: *mut *mut arrow_shm_texts,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives a pool that was not closed.
        let datasets = unsafe { handle(pool) }?.0.datasets()?;
        // SAFETY: the caller gives a place for the result.
        unsafe { give_handle(list, texts(datasets)) }
    })
}

fn attributes(json: Option<&str>) -> Result<Attributes, Error> {
    match json.map(serde_json::from_str) {
        None => Ok(Attributes::new()),
        Some(Ok(Value::Object(attributes))) => Ok(attributes),
        Some(_) => Err(invalid("attributes are an object of JSON")),
    }
}

/// Publishes segments under a name. Attributes are an object of JSON, or NULL. What is not persistent ends with this
/// process's opening of the pool; there is no other dataset of the name, unless it may be replaced.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_publish(
    pool: *const arrow_shm_pool,
    dataset: *const c_char,
    parts: *const arrow_shm_part,
    count: usize,
    of_dataset: *const c_char,
    persistent: bool,
    overwrite: bool,
) -> arrow_shm_code {
    guarded(|| {
        let mut publication = Publication::new().persistent(persistent).overwrite(overwrite);
        // SAFETY: the caller gives texts, or NULL.
        publication = publication.attributes(attributes(unsafe { text(of_dataset) }?)?);
        // SAFETY: the caller gives so many parts.
        for part in unsafe { list(parts, count) }? {
            // SAFETY: the caller gives texts, or NULL, and segments that were not freed.
            let (path, segment, description, json) = unsafe {
                (needed("a path", part.path)?, handle(part.segment)?, text(part.description)?, text(part.attributes)?)
            };
            publication = publication.segment(path, &segment.0, description.unwrap_or_default(), attributes(json)?);
        }
        // SAFETY: the caller gives a pool that was not closed, and a text.
        unsafe { handle(pool)?.0.publish(needed("the name of the dataset", dataset)?, publication) }
    })
}

/// Opens a dataset, with all of its segments held.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_dataset_open(
    pool: *const arrow_shm_pool,
    name: *const c_char,
    dataset: *mut *mut arrow_shm_dataset,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives a pool that was not closed, and a text.
        let opened = unsafe { handle(pool)?.0.dataset(needed("the name of the dataset", name)?) }?;
        let json = serde_json::to_string(opened.attributes()).unwrap_or_default();
        // JSON has a zero byte only as an escape.
        let attributes = CString::new(json).unwrap_or_default();
        // SAFETY: the caller gives a place for the result.
        unsafe { give_handle(dataset, arrow_shm_dataset { dataset: opened, attributes }) }
    })
}

/// Its attributes, as an object of JSON.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_dataset_attributes(dataset: *const arrow_shm_dataset) -> *const c_char {
    // SAFETY: the caller gives a dataset that was not freed, or NULL.
    unsafe { dataset.as_ref() }.map_or(ptr::null(), |dataset| dataset.attributes.as_ptr())
}

/// Paths of all segments.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_dataset_paths(
    dataset: *const arrow_shm_dataset,
    list: *mut *mut arrow_shm_texts,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives a dataset that was not freed.
        let dataset = &unsafe { handle(dataset) }?.dataset;
        let paths = dataset.segments().map(|(entry, _)| entry.path.clone());
        // SAFETY: the caller gives a place for the result.
        unsafe { give_handle(list, texts(paths)) }
    })
}

/// A segment of a dataset, which lives on its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_dataset_segment(
    dataset: *const arrow_shm_dataset,
    path: *const c_char,
    segment: *mut *mut arrow_shm_segment,
) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives a dataset that was not freed, and a text.
        let (dataset, path) = unsafe { (&handle(dataset)?.dataset, needed("the path", path)?) };
        let found = dataset.segment(path).ok_or_else(|| {
            Error::new(Kind::Absent, format!("the dataset {:?} has no segment {path:?}", dataset.name()))
        })?;
        // SAFETY: the caller gives a place for the result.
        unsafe { give_handle(segment, arrow_shm_segment(found.clone())) }
    })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_dataset_free(dataset: *mut arrow_shm_dataset) {
    // SAFETY: the caller gives a dataset that was not freed, or NULL.
    unsafe { free(dataset) }
}

/// Deletes a dataset. Its segments stay for as long as anybody holds them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn arrow_shm_dataset_delete(pool: *const arrow_shm_pool, name: *const c_char) -> arrow_shm_code {
    guarded(|| {
        // SAFETY: the caller gives a pool that was not closed, and a text.
        unsafe { handle(pool)?.0.delete(needed("the name of the dataset", name)?) }
    })
}
