"""SharedArray's interface over arrow-shm: arrays by name, which stay until they are deleted."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _errors
from . import _datasets, _pools

_FOLDER = ".SharedArray/"
_SCHEME = "shm://"
_PATH = ("data",)


class Description(NamedTuple):
    """An array that there is."""

    name: bytes
    dtype: np.dtype
    dims: tuple[int, ...]


def _dataset(name: str) -> str:
    name = name.removeprefix(_SCHEME)
    if "://" in name:
        raise ValueError(f"{name!r}: only names and 'shm://' are possible")
    return _FOLDER + name


def create(name: str, shape: Any, dtype: Any = float) -> np.ndarray:
    """A new array of zeros, which any process writes that attaches it.

    Raises:
        FileExistsError: there is one of that name.
    """
    publication = _datasets.Publication(_pools.pool())
    array = publication.new(_PATH, (shape,) if np.ndim(shape) == 0 else tuple(shape), dtype)
    array[...] = np.zeros((), dtype)
    publication.publish(_dataset(name), persistent=True, overwrite=False)
    return array


def attach(name: str) -> np.ndarray:
    """An array that any process has created.

    Raises:
        FileNotFoundError: there is none of that name.
    """
    try:
        found = dict(_datasets.entries(_pools.pool()[_dataset(name)]))
    except _errors.DatasetNotFoundError as e:
        raise FileNotFoundError(str(e)) from None
    if _PATH[0] not in found:
        raise ValueError(f"{name!r} is no array")
    return found[_PATH[0]].array


def delete(name: str) -> None:
    """Takes its name from an array. Who has it keeps it.

    Raises:
        FileNotFoundError: there is none of that name.
    """
    try:
        del _pools.pool()[_dataset(name)]
    except _errors.DatasetNotFoundError as e:
        raise FileNotFoundError(str(e)) from None


def _names() -> tuple[str, ...]:
    return tuple(dataset.removeprefix(_FOLDER) for dataset in _pools.pool() if dataset.startswith(_FOLDER))


def list() -> tuple[Description, ...]:
    """All arrays."""
    found = []
    for name in _names():
        try:
            array = attach(name)
        except (FileNotFoundError, ValueError):
            # Somebody has deleted it meanwhile, or it is something else.
            continue
        found.append(Description(name.encode(), array.dtype, array.shape))
    return tuple(found)
