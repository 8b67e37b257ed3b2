"""Trees of arrays as datasets: names of any characters, and types that the format does not have."""

from __future__ import annotations

import ast
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from .. import _arrays, _core, _formats, _pool
from .._map import _alloc
from . import _pools

_NUMPY = "arrow-shm.numpy"


class Entry(NamedTuple):
    """An array of a dataset; it is writable, unless it is sealed."""

    path: str
    array: np.ndarray
    attributes: dict[str, Any]


class Publication:
    """A dataset that is being made; its arrays are there once it is published, all at one instant."""

    def __init__(self, pool: _pool.Pool) -> None:
        self._pool = pool
        self._groups: list[tuple[str, str]] = [("", "{}")]
        self._segments: list[tuple[str, _core.Segment, str, str]] = []

    def group(self, path: tuple[str, ...]) -> None:
        """Adds a group, which may stay empty."""
        self._groups.append((_text(path), "{}"))

    def add(self, path: tuple[str, ...], source: np.ndarray, attributes: Mapping[str, Any] | None = None) -> None:
        """Adds a copy of an array."""
        order = "F" if source.flags.f_contiguous and not source.flags.c_contiguous else "C"
        self.new(path, source.shape, source.dtype, order, attributes)[...] = source

    def new(
        self,
        path: tuple[str, ...],
        shape: tuple[int, ...],
        dtype: Any,
        order: str = "C",
        attributes: Mapping[str, Any] | None = None,
    ) -> np.ndarray:
        """Adds an array, to be filled."""
        dtype = np.dtype(dtype)
        array = _pools.array(shape, dtype, order, self._pool)
        said = _plain(attributes or {})
        if _alloc.is_readable_elsewhere(dtype):
            description = _formats.description(dtype, array.shape)
        else:
            said[_NUMPY] = {"descr": repr(np.lib.format.dtype_to_descr(dtype)), "shape": array.shape, "order": order}
            description = _formats.description(np.dtype(np.uint8), (array.nbytes,))
        memory = _arrays.memory_of(array)
        assert isinstance(memory, _core.Writable)
        self._segments.append((_text(path), memory.share(), description, json.dumps(said)))
        return array

    def publish(self, name: str, persistent: bool, overwrite: bool) -> None:
        """Gives it a name."""
        self._pool._core.publish(name, persistent, overwrite, self._groups, self._segments)


def entries(group: _pool.Group) -> Iterator[tuple[str, Entry | _pool.Group]]:
    """What is in a group, by its own name; tables are left out."""
    for part, value in group.items():
        if isinstance(value, _pool.Group):
            yield _decoded(part), value
        elif isinstance(value, np.ndarray):
            attributes = group.attributes(part)
            numpy = attributes.pop(_NUMPY, None)
            array = value.view(np.ndarray)
            if numpy is not None:
                dtype = np.lib.format.descr_to_dtype(ast.literal_eval(numpy["descr"]))
                array = np.ndarray(numpy["shape"], dtype, array, order=numpy["order"])
            yield _decoded(part), Entry(group._at(part), array, attributes)


# ---- Names ----


def _text(path: tuple[str, ...]) -> str:
    return "/".join(map(_encoded, path))


def _encoded(part: str) -> str:
    """A part of a path, which may have any characters: those that a path cannot have, as '%' and two digits."""
    if part in ("", ".", ".."):
        return "%" + part
    return re.sub("[%/\x00-\x1f\x7f-\x9f]", lambda found: f"%{ord(found[0]):02X}", part)


def _decoded(part: str) -> str:
    if part in ("%", "%.", "%.."):
        return part[1:]
    return re.sub("%(25|2F|[01][0-9A-F]|7F|[89][0-9A-F])", lambda found: chr(int(found[1], 16)), part)


def _plain(value: Any) -> Any:
    """An attribute as JSON has it, and as text whatever it has not."""
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, (bool, str)) or (isinstance(value, int) and -(1 << 63) <= value < 1 << 63):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else str(value)
