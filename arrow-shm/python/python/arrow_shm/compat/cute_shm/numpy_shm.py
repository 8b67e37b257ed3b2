"""Projects of arrays that a program has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ... import _pool
from .. import _datasets
from ..shared_memory import SharedMemory
from .core import (
    ArrayDict,
    Project2Toml,
    SharedArray,
    SharedArrayDict,
    SharedArrayMeta,
    bytes_to_human,
    check_absent,
    dataset_of,
    logger,
    unlinked,
)


def arrays_to_shm(project: str, arrays: ArrayDict, persistent: bool = False, overwrite: bool = False) -> Path:
    """Copies arrays into shared memory, where any process reads and writes them by the project's name.

    Args:
        project: the name, of any characters but control characters.
        arrays: a dict of arrays, and of dicts of these.
        persistent: whether they stay until they are unlinked; else they end with this process.
        overwrite: whether a project of that name is replaced. Who reads the old one goes on to.

    Returns:
        the file in which it stands what is in the project.

    Raises:
        FileExistsError: there is one of that name already.
        MemoryError: there is no room; nothing is left of what was copied.
    """
    if not overwrite:
        check_absent(project, "numpy arrays")
    publication = _datasets.Publication(Project2Toml.pool())
    _add(publication, (), arrays)
    publication.publish(project, persistent, overwrite)
    logger.debug("the project %r is in shared memory", project)
    return Project2Toml.get_path(project)


def _add(publication: _datasets.Publication, path: tuple[str, ...], arrays: Mapping[str, Any]) -> None:
    for key, value in arrays.items():
        if isinstance(value, Mapping):
            publication.group((*path, key))
            _add(publication, (*path, key), value)
        elif isinstance(value, np.ma.MaskedArray):
            raise TypeError(f"{key!r} is a masked array, which has a mask beside its data: transfer both, as two arrays")
        elif isinstance(value, (np.ndarray, np.generic)):
            logger.debug("transferring key '%s' to shared memory (%s)", key, bytes_to_human(value.nbytes))
            publication.add((*path, key), np.asarray(value))
        else:
            raise TypeError(f"{key!r} is {type(value).__name__}: a project has NumPy arrays, and dicts of them")


@contextmanager
def unlinked_arrays_to_shm(project: str, arrays: ArrayDict, overwrite: bool = False) -> Iterator[Path]:
    """As :func:`arrays_to_shm`; the project is unlinked when the ``with`` block ends."""
    path = arrays_to_shm(project, arrays, persistent=False, overwrite=overwrite)
    with unlinked(project):
        yield path


def shm_to_arrays(project: str, persistent: bool = True) -> SharedArrayDict:
    """The arrays of a project, in place, which stay readable as long as anything refers to them.

    Args:
        project: its name; that of any dataset.
        persistent: nothing: who reads a project never ends it.

    Raises:
        FileNotFoundError: there is none.
    """

    return _read(dataset_of(project), project)


def _read(group: _pool.Group, project: str) -> SharedArrayDict:
    return {
        name: _read(value, project) if isinstance(value, _pool.Group) else _shared_array(value, project)
        for name, value in _datasets.entries(group)
    }


def _shared_array(entry: _datasets.Entry, project: str) -> SharedArray:
    array, name = entry.array, f"{project}/{entry.path}"
    logger.debug("reading %s from shared memory (%s)", name, bytes_to_human(array.nbytes))
    meta = SharedArrayMeta(
        shm_name=name,
        shm_private_name=f"/{name}",
        shape=list(array.shape),
        dtype=str(array.dtype),
        attrs=entry.attributes,
        shm=SharedMemory._of(name, array),
    )
    return SharedArray(meta=meta, data=array)
