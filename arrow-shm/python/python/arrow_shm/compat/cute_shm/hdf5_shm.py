"""Projects of what is in an HDF5 file. Needs h5py."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import _datasets
from .core import Project2Toml, bytes_to_human, check_absent, logger, unlinked
from .progress import ShmProgress


def hdf5_size(h5: Any) -> int:
    """Bytes of all arrays in an HDF5 file, by its path, or in a group of one."""
    import h5py

    if isinstance(h5, (str, Path)):
        with h5py.File(h5, "r") as file:
            return hdf5_size(file)
    return sum(item.nbytes for _, item in items(h5) if isinstance(item, h5py.Dataset))


def items(group: Any, path: tuple[str, ...] = (), above: frozenset[int] = frozenset()) -> Iterator[tuple[Any, Any]]:
    """Groups and arrays, each below its group. What has no axis is left out, and so are links that lead nowhere, or to a
    group that they lie in."""
    import h5py

    above = above | {h5py.h5o.get_info(group.id).addr}
    for key, item in group.items():
        if isinstance(item, h5py.Group):
            if h5py.h5o.get_info(item.id).addr not in above:
                yield (*path, key), item
                yield from items(item, (*path, key), above)
        elif isinstance(item, h5py.Dataset) and item.shape:
            yield (*path, key), item


def hdf5_to_shm(
    hdf5_path: Path, project: str, progress: bool = False, persistent: bool = False, overwrite: bool = False
) -> Path:
    """Copies an HDF5 file into shared memory: groups become dicts, arrays of structures a dict with an array a field.

    Args:
        hdf5_path: the file.
        project: the name, as in :func:`arrays_to_shm`, as are ``persistent`` and ``overwrite``.
        progress: whether a bar on standard error shows how far it is.

    Returns:
        the file in which it stands what is in the project.
    """
    import h5py

    if not overwrite:
        check_absent(project, str(hdf5_path))
    publication = _datasets.Publication(Project2Toml.pool())
    with h5py.File(hdf5_path, "r") as file:
        total = hdf5_size(file)
        logger.debug("transferring %s to shared memory (%s)", hdf5_path, bytes_to_human(total))
        bar = ShmProgress(total) if progress else None
        with bar or contextlib.nullcontext():
            for path, item in items(file):
                if isinstance(item, h5py.Group):
                    publication.group(path)
                else:
                    logger.debug("transferring %s to shared memory (%s)", "/".join(path), bytes_to_human(item.nbytes))
                    _add(publication, path, item, bar.add if bar else _ignored)
    publication.publish(project, persistent, overwrite)
    logger.debug("the project %r is in shared memory", project)
    return Project2Toml.get_path(project)


def _ignored(_: int) -> None:
    """Nobody looks how far it is."""


def _add(publication: _datasets.Publication, path: tuple[str, ...], item: Any, done: Callable[[int], None]) -> None:
    import h5py

    if item.dtype.names:
        publication.group(path)
        for field in item.dtype.names:
            publication.add((*path, field), item.fields(field)[...])
        done(item.nbytes)
    elif h5py.check_string_dtype(item.dtype) is not None and item.dtype.hasobject:
        publication.add(path, np.asarray(item.asstr()[...], np.str_), _attributes(item))
        done(item.nbytes)
    elif item.dtype.hasobject:
        logger.warning("%s is left out: %s has no fixed size", "/".join(path), item.dtype)
    else:
        array = publication.new(path, item.shape, item.dtype, attributes=_attributes(item))
        for rows in _slices(item):
            item.read_direct(array, rows, rows)
            done(array[rows].nbytes)


def _slices(item: Any) -> Iterator[Any]:
    """Parts of an array along its first axis, of whole chunks of the file and some MiB each."""
    if item.size:
        rows = max(1, (16 << 20) * item.shape[0] // max(item.nbytes, 1))
        if item.chunks:
            rows = -(-rows // item.chunks[0]) * item.chunks[0]
        for start in range(0, item.shape[0], rows):
            yield np.s_[start : min(start + rows, item.shape[0])]


def _attributes(item: Any) -> dict[str, Any]:
    return dict(item.attrs.items())


@contextlib.contextmanager
def unlinked_hdf5_to_shm(
    hdf5_path: Path, project: str, progress: bool = False, overwrite: bool = False
) -> Iterator[None]:
    """As :func:`hdf5_to_shm`; the project is unlinked when the ``with`` block ends."""
    hdf5_to_shm(hdf5_path, project, progress, persistent=False, overwrite=overwrite)
    with unlinked(project):
        yield
