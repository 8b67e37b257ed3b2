//! The crate for Python: pools, memory that NumPy makes arrays over, and manifests as JSON. What users see is Python.
#![deny(unsafe_op_in_unsafe_fn)]
#![forbid(clippy::undocumented_unsafe_blocks)]

use arrow_shm::{
    Attributes, Dataset, Entry, Epoch, Error, Exposure, Heritage, Kind, Memory, Options, Parcel, Publication, Segment,
    Value, What, Writer,
};
use pyo3::exceptions::{PyIndexError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

mod table;

/// An exception of `arrow_shm._errors`, by kind.
fn raised(py: Python<'_>, error: &Error) -> PyErr {
    let kind = format!("{:?}", error.kind());
    let made =
        py.import("arrow_shm._errors").and_then(|module| module.getattr("by_kind")?.call1((kind, error.to_string())));
    made.map_or_else(|e| e, |exception| PyErr::from_value(exception))
}

/// Runs what may wait or copy while other threads of Python go on.
fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T, Error> + Send) -> PyResult<T> {
    py.detach(work).map_err(|e| raised(py, &e))
}

fn attributes(json: &str) -> PyResult<Attributes> {
    match serde_json::from_str(json) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(PyValueError::new_err("attributes are a dict")),
        Err(e) => Err(PyValueError::new_err(format!("attributes that JSON cannot say: {e}"))),
    }
}

fn json(attributes: &Attributes) -> String {
    serde_json::to_string(attributes).expect("attributes are JSON")
}

/// What NumPy makes an array of bytes over, which keeps the object that has this.
fn array_interface(py: Python<'_>, address: usize, bytes: u64, read_only: bool) -> PyResult<Bound<'_, PyDict>> {
    let interface = PyDict::new(py);
    interface.set_item("version", 3)?;
    interface.set_item("typestr", "|u1")?;
    interface.set_item("shape", (bytes,))?;
    interface.set_item("data", (address, read_only))?;
    Ok(interface)
}

/// A parcel with a segment, which is kept until it arrives or which the caller keeps itself, and the directory of the pool
/// that it lies in.
fn sent<'py>(py: Python<'py>, memory: &Memory, keep: bool) -> PyResult<(String, Bound<'py, PyBytes>)> {
    let parcel = detached(py, || if keep { memory.send() } else { memory.lend() })?;
    let directory = match memory {
        Memory::Held(segment) => segment.pool().directory(),
        Memory::Leased(lease) => lease.directory(),
    };
    Ok((directory.display().to_string(), PyBytes::new(py, &parcel.to_bytes())))
}

/// Memory of a segment that is sealed, or of one that is shared.
#[pyclass(frozen, name = "Segment", module = "arrow_shm._core")]
struct PySegment(Memory);

impl PySegment {
    fn of(segment: Segment) -> Self {
        PySegment(Memory::Held(segment))
    }

    fn segment(&self) -> PyResult<&Segment> {
        match &self.0 {
            Memory::Held(segment) => Ok(segment),
            Memory::Leased(_) => Err(PyValueError::new_err("the segment is leased, and not held by this process")),
        }
    }
}

#[pymethods]
impl PySegment {
    #[getter(__array_interface__)]
    fn array_interface<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match &self.0 {
            Memory::Held(segment) => array_interface(py, segment.as_ptr() as usize, segment.len(), true),
            Memory::Leased(lease) => array_interface(py, lease.as_ptr() as usize, lease.len(), !lease.is_writable()),
        }
    }

    /// Whether there is nothing to write, for this process at least.
    #[getter]
    fn sealed(&self) -> bool {
        match &self.0 {
            Memory::Held(segment) => segment.is_sealed(),
            Memory::Leased(lease) => !lease.is_writable(),
        }
    }

    /// Whether this process is the one that holds it, as a participant.
    #[getter]
    fn held(&self) -> bool {
        matches!(self.0, Memory::Held(_))
    }

    #[getter]
    fn slot(&self) -> u32 {
        self.0.slot()
    }

    #[getter]
    fn generation(&self) -> u64 {
        self.0.generation()
    }

    /// Memory through which it is written while it is shared, by one who holds it.
    fn writable(&self, py: Python<'_>) -> PyResult<Writable> {
        let segment = self.segment()?;
        let exposure = segment.expose().map_err(|e| raised(py, &e))?;
        Ok(Writable { exposure, stage: Mutex::new(Stage::Shared(segment.clone())) })
    }

    #[pyo3(signature = (keep = true))]
    fn send<'py>(&self, py: Python<'py>, keep: bool) -> PyResult<(String, Bound<'py, PyBytes>)> {
        sent(py, &self.0, keep)
    }

    /// What stands for it until a participant has received it once, or the epoch has ended.
    fn reference<'py>(&self, py: Python<'py>, epoch: &PyEpoch) -> PyResult<Bound<'py, PyBytes>> {
        let segment = self.segment()?;
        let reference = detached(py, || segment.send(&epoch.0))?;
        Ok(PyBytes::new(py, &reference.to_bytes()))
    }
}

/// What has references in flight: until it is garbage, or the pool is closed, or this process ends.
#[pyclass(frozen, name = "Epoch", module = "arrow_shm._core")]
struct PyEpoch(Epoch);

fn given_up() -> Error {
    Error::new(Kind::Closed, "the array was given up, as the block that wrote it has raised: build another one")
}

fn inherited() -> Error {
    let message = "a child that was forked while the array was written may still write it: end it, then seal the array";
    Error::new(Kind::InUse, message)
}

fn being_written() -> Error {
    let message = "the array is still being written by this process alone: pickle it when it is sealed, or make it by \
                   `empty`, so that others may write it as well";
    Error::new(Kind::Invalid, message)
}

enum Stage {
    Building(Writer),
    Shared(Segment),
    Sealed(Segment),
    Gone,
}

/// Memory that is written, by this process alone or by all that share it, until it is sealed: from then on what is
/// written through this is seen by nobody else.
#[pyclass(frozen, module = "arrow_shm._core")]
struct Writable {
    exposure: Exposure,
    stage: Mutex<Stage>,
}

impl Writable {
    fn change<T: Send>(
        &self,
        py: Python<'_>,
        change: impl FnOnce(Stage) -> (Stage, Result<T, Error>) + Send,
    ) -> PyResult<T> {
        detached(py, || {
            let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
            let (after, result) = change(std::mem::replace(&mut *stage, Stage::Gone));
            *stage = after;
            result
        })
    }
}

impl Writable {
    /// The memory, once others may have it, too.
    fn segment(&self) -> Result<Segment, Error> {
        match &*self.stage.lock().unwrap_or_else(PoisonError::into_inner) {
            Stage::Building(_) => Err(being_written()),
            Stage::Shared(segment) | Stage::Sealed(segment) => Ok(segment.clone()),
            Stage::Gone => Err(given_up()),
        }
    }
}

#[pymethods]
impl Writable {
    #[getter(__array_interface__)]
    fn array_interface<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        array_interface(py, self.exposure.as_ptr() as usize, self.exposure.len(), false)
    }

    fn seal(&self, py: Python<'_>) -> PyResult<PySegment> {
        let exposure = &self.exposure;
        self.change(py, |stage| match stage {
            Stage::Building(writer) => match writer.is_inherited() {
                Ok(true) => (Stage::Building(writer), Err(inherited())),
                Err(e) => (Stage::Building(writer), Err(e)),
                Ok(false) => match exposure.detach().and_then(|()| writer.seal()) {
                    Ok(segment) => (Stage::Sealed(segment.clone()), Ok(PySegment::of(segment))),
                    Err(e) => (Stage::Gone, Err(e)),
                },
            },
            Stage::Shared(segment) => match segment.seal().and_then(|()| exposure.detach()) {
                Ok(()) => (Stage::Sealed(segment.clone()), Ok(PySegment::of(segment))),
                Err(e) => (Stage::Shared(segment), Err(e)),
            },
            Stage::Sealed(segment) => (Stage::Sealed(segment.clone()), Ok(PySegment::of(segment))),
            Stage::Gone => (Stage::Gone, Err(given_up())),
        })
    }

    #[getter]
    fn sealed(&self, py: Python<'_>) -> PyResult<bool> {
        match &*self.stage.lock().unwrap_or_else(PoisonError::into_inner) {
            Stage::Sealed(_) => Ok(true),
            Stage::Gone => Err(raised(py, &given_up())),
            Stage::Building(_) | Stage::Shared(_) => Ok(false),
        }
    }

    fn share(&self, py: Python<'_>) -> PyResult<PySegment> {
        self.change(py, |stage| match stage {
            Stage::Building(writer) => match writer.share() {
                Ok(segment) => (Stage::Shared(segment.clone()), Ok(PySegment::of(segment))),
                Err(e) => (Stage::Gone, Err(e)),
            },
            Stage::Shared(segment) => (Stage::Shared(segment.clone()), Ok(PySegment::of(segment))),
            Stage::Sealed(segment) => (Stage::Sealed(segment.clone()), Ok(PySegment::of(segment))),
            Stage::Gone => (Stage::Gone, Err(given_up())),
        })
    }

    #[pyo3(signature = (keep = true))]
    fn send<'py>(&self, py: Python<'py>, keep: bool) -> PyResult<(String, Bound<'py, PyBytes>)> {
        sent(py, &Memory::Held(detached(py, || self.segment())?), keep)
    }

    /// What was written is not kept; views of it stay readable, and are zeros.
    fn abandon(&self, py: Python<'_>) -> PyResult<()> {
        let exposure = &self.exposure;
        self.change(py, |stage| {
            let abandoned = exposure.abandon();
            // Only now may others have the memory.
            drop(stage);
            (Stage::Gone, abandoned)
        })
    }
}

/// Memory of a segment that is written once and sealed, by this package, which keeps nothing that it has made over it.
#[pyclass(frozen, module = "arrow_shm._core")]
struct Draft {
    stage: Mutex<Stage>,
    address: usize,
    bytes: u64,
}

#[pymethods]
impl Draft {
    #[getter(__array_interface__)]
    fn array_interface<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        array_interface(py, self.address, self.bytes, false)
    }

    fn seal(&self, py: Python<'_>) -> PyResult<PySegment> {
        detached(py, || {
            let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
            let Stage::Building(writer) = std::mem::replace(&mut *stage, Stage::Gone) else { return Err(given_up()) };
            let segment = writer.seal()?;
            // The memory stays for as long as there may be something over it.
            *stage = Stage::Sealed(segment.clone());
            Ok(PySegment::of(segment))
        })
    }
}

/// What happens to a pool's datasets.
#[pyclass(frozen, module = "arrow_shm._core")]
struct Watch(Mutex<arrow_shm::Watch>);

#[pymethods]
impl Watch {
    /// The next change, as a name and what has become of it; nothing if there is none within so many seconds.
    fn next(&self, py: Python<'_>, at_most: f64) -> PyResult<Option<(String, &'static str)>> {
        let at_most = Duration::try_from_secs_f64(at_most.max(0.0)).unwrap_or(Duration::MAX);
        let change = detached(py, || self.0.lock().unwrap_or_else(PoisonError::into_inner).next(at_most))?;
        Ok(change.map(|change| {
            let what = match change.what {
                What::Appeared => "appeared",
                What::Deleted => "deleted",
                _ => "changed",
            };
            (change.dataset, what)
        }))
    }
}

/// A dataset, with all of its segments held. What Python does not ask for it is not told.
#[pyclass(frozen, name = "Dataset", module = "arrow_shm._core")]
struct PyDataset(Dataset);

impl PyDataset {
    fn at(&self, index: usize) -> PyResult<(&Entry, &Segment)> {
        self.0.segments().nth(index).ok_or_else(|| PyIndexError::new_err(index))
    }
}

#[pymethods]
impl PyDataset {
    /// Id and revision: which publication it is.
    #[getter]
    fn publication(&self) -> (u64, u64) {
        (self.0.id(), self.0.revision())
    }

    #[getter]
    fn persistent(&self) -> bool {
        self.0.is_persistent()
    }

    #[getter]
    fn published_at_ms(&self) -> u64 {
        self.0.published_at_ms()
    }

    #[getter]
    fn attributes(&self) -> String {
        json(self.0.attributes())
    }

    /// Paths and attributes of groups that have any, or nothing in them.
    fn groups(&self) -> Vec<(&str, String)> {
        self.0.groups().iter().map(|(path, attributes)| (path.as_str(), json(attributes))).collect()
    }

    /// Of all segments, in their order.
    fn paths(&self) -> Vec<&str> {
        self.0.segments().map(|(entry, _)| entry.path.as_str()).collect()
    }

    /// Memory and description.
    fn segment(&self, index: usize) -> PyResult<(PySegment, &str)> {
        self.at(index).map(|(entry, segment)| (PySegment::of(segment.clone()), entry.description.as_str()))
    }

    fn segment_attributes(&self, index: usize) -> PyResult<String> {
        self.at(index).map(|(entry, _)| json(&entry.attributes))
    }
}

#[pyclass(frozen, module = "arrow_shm._core")]
struct Pool(arrow_shm::Pool);

impl Pool {
    fn begun(&self, head: &[u8], bytes: u64) -> Result<Writer, Error> {
        let mut writer = self.0.allocate(bytes.saturating_add(head.len() as u64))?;
        writer.bytes_mut()[..head.len()].copy_from_slice(head);
        Ok(writer)
    }
}

fn options(name: &str, directory: Option<String>) -> Options {
    let options = Options::named(name);
    match directory {
        Some(directory) => options.directory(directory),
        None => options,
    }
}

#[pymethods]
impl Pool {
    #[new]
    #[pyo3(signature = (name, directory, size, slots, checksums, create))]
    fn open(
        py: Python<'_>,
        name: &str,
        directory: Option<String>,
        size: Option<u64>,
        slots: Option<u32>,
        checksums: bool,
        create: bool,
    ) -> PyResult<Pool> {
        let mut options = options(name, directory).checksums(checksums).create(create);
        if let Some(size) = size {
            options = options.size_bytes(size);
        }
        if let Some(slots) = slots {
            options = options.slots(slots);
        }
        detached(py, || arrow_shm::Pool::open(&options)).map(Pool)
    }

    #[getter]
    fn name(&self) -> String {
        self.0.name().to_owned()
    }

    #[getter]
    fn directory(&self) -> String {
        self.0.directory().display().to_string()
    }

    fn epoch(&self, py: Python<'_>, name: &str) -> PyResult<PyEpoch> {
        detached(py, || self.0.open_epoch(name)).map(PyEpoch)
    }

    #[getter]
    fn size(&self) -> u64 {
        self.0.size_bytes()
    }

    #[getter]
    fn used(&self, py: Python<'_>) -> PyResult<u64> {
        detached(py, || self.0.used_bytes())
    }

    #[getter]
    fn closed(&self) -> bool {
        self.0.is_closed()
    }

    #[getter]
    fn participant(&self) -> u32 {
        self.0.participant()
    }

    fn close(&self, py: Python<'_>) -> PyResult<()> {
        detached(py, || self.0.close())
    }

    /// Closes it, and removes it if that leaves nobody in it and nothing that lasts; whether it is gone.
    fn close_and_remove_unused(&self, py: Python<'_>) -> PyResult<bool> {
        detached(py, || self.0.close_and_remove_unused())
    }

    /// Who has it open: place, process id, milliseconds since 1970, command.
    fn participants(&self, py: Python<'_>) -> PyResult<Vec<(u32, u64, u64, String)>> {
        let found = detached(py, || self.0.participants())?;
        Ok(found.into_iter().map(|p| (p.index, p.process_id, p.joined_at_ms, p.command)).collect())
    }

    /// Whether a segment is held through this opening of the pool.
    fn holds(&self, segment: &PySegment) -> bool {
        matches!(&segment.0, Memory::Held(segment) if segment.is_of(&self.0))
    }

    /// Memory that begins with some bytes, and has so many behind them.
    fn allocate(&self, py: Python<'_>, head: &[u8], bytes: u64) -> PyResult<Writable> {
        let (writer, exposure) = detached(py, || {
            let writer = self.begun(head, bytes)?;
            let exposure = writer.expose()?;
            Ok((writer, exposure))
        })?;
        Ok(Writable { exposure, stage: Mutex::new(Stage::Building(writer)) })
    }

    /// As `allocate`, for this package alone.
    fn draft(&self, py: Python<'_>, head: &[u8], bytes: u64) -> PyResult<Draft> {
        let writer = detached(py, || self.begun(head, bytes))?;
        let (address, bytes) = (writer.as_ptr() as usize, writer.len());
        Ok(Draft { address, bytes, stage: Mutex::new(Stage::Building(writer)) })
    }

    fn watch(&self, py: Python<'_>) -> PyResult<Watch> {
        detached(py, || self.0.watch()).map(|watch| Watch(Mutex::new(watch)))
    }

    fn datasets(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        detached(py, || self.0.datasets())
    }

    fn dataset(&self, py: Python<'_>, name: &str) -> PyResult<PyDataset> {
        detached(py, || self.0.dataset(name)).map(PyDataset)
    }

    /// Groups are path and attributes, the dataset itself that without a path; segments path, memory, description and
    /// attributes.
    #[pyo3(signature = (name, persistent, overwrite, groups, segments))]
    fn publish(
        &self,
        py: Python<'_>,
        name: &str,
        persistent: bool,
        overwrite: bool,
        groups: Vec<(String, String)>,
        segments: Vec<(String, Py<PySegment>, String, String)>,
    ) -> PyResult<()> {
        let mut publication = Publication::new().persistent(persistent).overwrite(overwrite);
        for (path, of_group) in groups {
            let of_group = attributes(&of_group)?;
            publication =
                if path.is_empty() { publication.attributes(of_group) } else { publication.group(path, of_group) };
        }
        for (path, segment, description, of_segment) in segments {
            publication = publication.segment(path, segment.get().segment()?, description, attributes(&of_segment)?);
        }
        detached(py, || self.0.publish(name, publication))
    }

    fn delete(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        detached(py, || self.0.delete(name))
    }

    #[pyo3(signature = (old, new, overwrite))]
    fn rename(&self, py: Python<'_>, old: &str, new: &str, overwrite: bool) -> PyResult<()> {
        detached(py, || self.0.rename(old, new, overwrite))
    }
}

/// The memory that a parcel stands for.
#[pyfunction]
fn received(py: Python<'_>, directory: &str, parcel: &[u8]) -> PyResult<PySegment> {
    let parcel = Parcel::from_bytes(parcel).ok_or_else(|| PyValueError::new_err("the bytes are no parcel"))?;
    detached(py, || Memory::open(Path::new(directory), parcel)).map(PySegment)
}

/// Whether nothing that this process has sent is on its way.
#[pyfunction]
fn all_arrived(py: Python<'_>) -> bool {
    py.detach(arrow_shm::all_arrived)
}

/// What a child goes on reading that is forked next.
#[pyclass(frozen, name = "Heritage", module = "arrow_shm._core")]
struct PyHeritage(Mutex<Option<Heritage>>);

#[pymethods]
impl PyHeritage {
    #[new]
    fn new(py: Python<'_>) -> PyResult<Self> {
        detached(py, Heritage::new).map(|heritage| PyHeritage(Mutex::new(Some(heritage))))
    }

    /// By the child.
    fn accept(&self) {
        if let Some(heritage) = self.take() {
            heritage.accept();
        }
    }

    /// By the parent.
    fn drop(&self) {
        drop(self.take());
    }
}

impl PyHeritage {
    fn take(&self) -> Option<Heritage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[pyfunction]
#[pyo3(signature = (directory))]
fn pools(py: Python<'_>, directory: Option<String>) -> PyResult<Vec<String>> {
    detached(py, || arrow_shm::pools(directory.as_deref().map(std::path::Path::new)))
}

#[pyfunction]
#[pyo3(signature = (name, directory))]
fn remove(py: Python<'_>, name: &str, directory: Option<String>) -> PyResult<bool> {
    detached(py, || arrow_shm::remove(&options(name, directory)))
}

#[pymodule]
mod _core {
    #[pymodule_export]
    use super::table::CallTable;
    #[pymodule_export]
    use super::{
        Draft, Pool, PyDataset, PyEpoch, PyHeritage, PySegment, Watch, Writable, all_arrived, pools, received, remove,
    };
}
