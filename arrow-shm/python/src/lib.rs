//! The crate for Python: pools, memory that NumPy makes arrays over, and manifests as JSON. What users see is Python.
#![deny(unsafe_op_in_unsafe_fn)]
#![forbid(clippy::undocumented_unsafe_blocks)]

use arrow_shm::{Attributes, Dataset, Error, Exposure, Kind, Options, Publication, Segment, Value, Writer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::{Mutex, PoisonError};

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

/// Memory of a segment that is sealed, or of one that is shared.
#[pyclass(frozen, name = "Segment", module = "arrow_shm._core")]
struct PySegment(Segment);

#[pymethods]
impl PySegment {
    #[getter(__array_interface__)]
    fn array_interface<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        array_interface(py, self.0.as_ptr() as usize, self.0.len(), true)
    }

    #[getter]
    fn sealed(&self) -> bool {
        self.0.is_sealed()
    }

    #[getter]
    fn slot(&self) -> u32 {
        self.0.slot()
    }

    #[getter]
    fn generation(&self) -> u64 {
        self.0.generation()
    }

    /// Memory through which it is written while it is shared.
    fn writable(&self, py: Python<'_>) -> PyResult<Writable> {
        let exposure = self.0.expose().map_err(|e| raised(py, &e))?;
        Ok(Writable { exposure, stage: Mutex::new(Stage::Shared(self.0.clone())) })
    }
}

fn given_up() -> Error {
    Error::new(Kind::Closed, "the array was given up, as the block that wrote it has raised: build another one")
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

#[pymethods]
impl Writable {
    #[getter(__array_interface__)]
    fn array_interface<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        array_interface(py, self.exposure.as_ptr() as usize, self.exposure.len(), false)
    }

    fn seal(&self, py: Python<'_>) -> PyResult<PySegment> {
        let exposure = &self.exposure;
        self.change(py, |stage| match stage {
            Stage::Building(writer) => match exposure.detach().and_then(|()| writer.seal()) {
                Ok(segment) => (Stage::Sealed(segment.clone()), Ok(PySegment(segment))),
                Err(e) => (Stage::Gone, Err(e)),
            },
            Stage::Shared(segment) => match segment.seal().and_then(|()| exposure.detach()) {
                Ok(()) => (Stage::Sealed(segment.clone()), Ok(PySegment(segment))),
                Err(e) => (Stage::Shared(segment), Err(e)),
            },
            Stage::Sealed(segment) => (Stage::Sealed(segment.clone()), Ok(PySegment(segment))),
            Stage::Gone => (Stage::Gone, Err(given_up())),
        })
    }

    fn share(&self, py: Python<'_>) -> PyResult<PySegment> {
        self.change(py, |stage| match stage {
            Stage::Building(writer) => match writer.share() {
                Ok(segment) => (Stage::Shared(segment.clone()), Ok(PySegment(segment))),
                Err(e) => (Stage::Gone, Err(e)),
            },
            Stage::Shared(segment) => (Stage::Shared(segment.clone()), Ok(PySegment(segment))),
            Stage::Sealed(segment) => (Stage::Sealed(segment.clone()), Ok(PySegment(segment))),
            Stage::Gone => (Stage::Gone, Err(given_up())),
        })
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

/// What of a dataset is told to Python: id, revision, whether it is persistent, attributes, groups, and each segment's
/// path, description, attributes and memory.
type Told = (u64, u64, bool, u64, String, Vec<(String, String)>, Vec<(String, String, String, PySegment)>);

fn told(dataset: &Dataset) -> Told {
    let groups = dataset.groups().iter().map(|(path, attributes)| (path.clone(), json(attributes))).collect();
    let segments = dataset.segments().map(|(entry, segment)| {
        (entry.path.clone(), entry.description.clone(), json(&entry.attributes), PySegment(segment.clone()))
    });
    (
        dataset.id(),
        dataset.revision(),
        dataset.is_persistent(),
        dataset.published_at_ms(),
        json(dataset.attributes()),
        groups,
        segments.collect(),
    )
}

#[pyclass(frozen, module = "arrow_shm._core")]
struct Pool(arrow_shm::Pool);

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

    /// Who has it open: place, process id, milliseconds since 1970, command.
    fn participants(&self, py: Python<'_>) -> PyResult<Vec<(u32, u64, u64, String)>> {
        let found = detached(py, || self.0.participants())?;
        Ok(found.into_iter().map(|p| (p.index, p.process_id, p.joined_at_ms, p.command)).collect())
    }

    fn allocate(&self, py: Python<'_>, bytes: u64) -> PyResult<Writable> {
        let (writer, exposure) = detached(py, || {
            let writer = self.0.allocate(bytes)?;
            let exposure = writer.expose()?;
            Ok((writer, exposure))
        })?;
        Ok(Writable { exposure, stage: Mutex::new(Stage::Building(writer)) })
    }

    fn datasets(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        detached(py, || self.0.datasets())
    }

    fn dataset(&self, py: Python<'_>, name: &str) -> PyResult<Told> {
        detached(py, || self.0.dataset(name)).map(|dataset| told(&dataset))
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
            publication = publication.segment(path, &segment.get().0, description, attributes(&of_segment)?);
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
    use super::{Pool, PySegment, Writable, pools, remove};
}
