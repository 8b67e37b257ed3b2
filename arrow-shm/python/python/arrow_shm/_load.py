"""Files to datasets, by the libraries of their formats: h5py, NumPy, pyarrow."""

from __future__ import annotations

import contextlib
import logging
import math
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from . import _formats
from ._export import LABELS
from ._pool import Pool

_log = logging.getLogger("arrow_shm")

_Content = tuple[dict[str, Any], dict[str, dict[str, Any]]]
"""What is in a file as ``put`` takes it, and attributes by path; those of the whole at the path that is empty."""

_Reader = Callable[["_Target", Path], _Content]


class _Target(NamedTuple):
    """Where a file goes, and the paths of what does not."""

    pool: Pool
    splits: bool
    left_out: list[str]

    def array(self, shape: tuple[int, ...], dtype: np.dtype, order: str, parts: Iterable[tuple[Any, Any]]) -> Any:
        """An array, or a dict of those of its fields, of which parts come as their indices and elements."""
        with contextlib.ExitStack() as built:
            made = self._made(built, shape, _little(dtype), order)
            for index, elements in parts:
                _scatter(made, index, elements)
        return made

    def _made(self, built: contextlib.ExitStack, shape: tuple[int, ...], dtype: np.dtype, order: str) -> Any:
        if self.splits and dtype.names:
            return {name: self._made(built, shape + dtype[name].shape, dtype[name].base, order) for name in dtype.names}
        if not shape or math.prod(shape) == 0:
            return np.empty(shape, dtype)
        return built.enter_context(self.pool.build(shape, dtype, order))


def _little(dtype: np.dtype) -> np.dtype:
    """The same, little endian, and without what h5py says beside."""
    if dtype.subdtype is not None:
        return np.dtype((_little(dtype.base), dtype.shape))
    if dtype.names is not None and dtype.fields is not None:
        formats = [_little(dtype[name]) for name in dtype.names]
        offsets = [dtype.fields[name][1] for name in dtype.names]
        return np.dtype({"names": dtype.names, "formats": formats, "offsets": offsets, "itemsize": dtype.itemsize})
    return np.dtype(dtype.str).newbyteorder("<")


def _scatter(made: Any, index: Any, elements: Any) -> None:
    if isinstance(made, dict):
        for name, field in made.items():
            _scatter(field, index, elements[name])
    else:
        made[index] = elements


def load(
    pool: Pool,
    file: str | os.PathLike[str],
    name: str | None = None,
    *,
    persistent: bool = False,
    overwrite: bool = False,
    split_structures: bool = False,
) -> list[str]:
    """Publishes what is in a file, all at one instant: HDF5, NetCDF-4, Zarr, NPY, NPZ, Arrow, Parquet, CSV or JSON lines.

    Arrays of HDF5, Zarr and NPY are read where they stay, in the pool; tables are read by pyarrow and copied. Big endian
    becomes little endian; names of dimensions become the attribute ``DIMENSION_LABELS``. The command ``arrow-shm load`` does
    the same without Python, but for Zarr, and needs no h5py.

    Args:
        pool: where it goes.
        file: whose name says its format by what stands behind the last dot; of Zarr a directory.
        name: of the dataset; by default that of the file, without what stands behind the dot.
        persistent: whether it stays until it is deleted, as for ``put``.
        overwrite: whether a dataset of that name is replaced.
        split_structures: whether an array of structures becomes a group with an array of each field, and nested structures
            groups in it.

    Returns:
        the paths of what is in the file and has no fixed size, or is a link that leads nowhere, and was left out.

    Raises:
        ValueError: the format is not known, or a table of Arrow's is damaged.
    """
    path = Path(file)
    read = _READERS.get(path.suffix.lower().lstrip("."))
    if read is None:
        raise ValueError(f"the format of {path} is not known: its name ends with none of .{', .'.join(_READERS)}")
    left_out: list[str] = []
    data, attributes = read(_Target(pool, split_structures, left_out), path)
    attrs = attributes.pop("", None)
    dataset = path.stem if name is None else name
    pool.put(dataset, data, persistent=persistent, overwrite=overwrite, attrs=attrs, attributes=attributes)
    for lost in left_out:
        _log.warning("%s: %s is left out", path, lost)
    return left_out


def _hdf5(target: _Target, path: Path) -> _Content:
    import h5py

    attributes: dict[str, dict[str, Any]] = {}
    with h5py.File(path, "r") as file:
        return _group(target, file, "", frozenset(), attributes), attributes


def _group(
    target: _Target, group: Any, path: str, above: frozenset[int], attributes: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    import h5py

    data: dict[str, Any] = {}
    _keep_attributes(group, path, attributes)
    inside = above | {h5py.h5o.get_info(group.id).addr}
    for key in group:
        inner = f"{path}/{key}".lstrip("/")
        try:
            item = group[key]
        except (KeyError, OSError):
            target.left_out.append(inner)
            continue
        if isinstance(item, h5py.Group):
            if h5py.h5o.get_info(item.id).addr in inside:
                target.left_out.append(inner)
            else:
                data[key] = _group(target, item, inner, inside, attributes)
        elif isinstance(item, h5py.Dataset):
            array = _array(target, item)
            if array is None:
                target.left_out.append(inner)
            else:
                data[key] = array
                _keep_attributes(item, inner, attributes)
                _keep_dimensions([_dimension_name(axis) for axis in item.dims], inner, attributes)
    return data


def _dimension_name(axis: Any) -> str:
    """The label, or the name of the first scale."""
    return str(axis.label) or next((scale.name.rpartition("/")[2] for scale in axis.values()), "")


def _keep_dimensions(names: list[str], path: str, attributes: dict[str, dict[str, Any]]) -> None:
    if any(names):
        attributes.setdefault(path, {})[LABELS] = names


def _array(target: _Target, item: Any) -> Any:
    """Nothing if it has no fixed size."""
    import h5py

    if h5py.check_string_dtype(item.dtype) is not None and item.dtype.hasobject:
        return np.zeros(0, np.str_) if item.shape is None else np.asarray(item.asstr()[()], np.str_)
    if item.dtype.hasobject or item.dtype.kind == "V" and not item.dtype.names:
        return None
    if target.splits and item.dtype.names or not item.shape or item.size == 0:
        shape = (0,) if item.shape is None else item.shape
        indices = [] if item.shape is None else _formats.pieces(shape, item.dtype.itemsize, item.chunks)
        return target.array(shape, item.dtype, "C", ((index, item[index]) for index in indices))
    with target.pool.build(item.shape, _little(item.dtype)) as array:
        item.read_direct(array)
    return array


def _keep_attributes(item: Any, path: str, attributes: dict[str, dict[str, Any]]) -> None:
    kept = {}
    for key in item.attrs:
        try:
            kept[key] = _plain(item.attrs[key])
        except (TypeError, OSError):
            _log.debug("the attribute %s of %s is left out", key, path or "/")
    if kept:
        attributes[path] = kept


def _plain(value: Any) -> Any:
    """A value of JSON.

    Raises:
        TypeError: there is none, as for references.
    """
    import h5py

    match value:
        case bytes():
            return value.decode(errors="replace")
        case h5py.Empty():
            return ""
        case np.ndarray() | np.generic() if value.dtype.kind in "OV" and value.dtype.names is None and value.ndim == 0:
            raise TypeError(value)
        case np.ndarray() | list() | tuple():
            return [_plain(element) for element in value]
        case np.void():
            return {field: _plain(value[field]) for field in value.dtype.names or ()}
        case np.generic():
            return _plain(value.item())
        case float() if not math.isfinite(value):
            return str(value)
        case int() if not -(2**63) <= value < 2**63:
            return str(value)
        case complex():
            return [_plain(value.real), _plain(value.imag)]
        case str() | bool() | int() | float():
            return value
    raise TypeError(value)


def _zarr(target: _Target, path: Path) -> _Content:
    import zarr

    attributes: dict[str, dict[str, Any]] = {}
    if not path.is_dir():
        raise FileNotFoundError(f"{path} is no directory, as a store of Zarr is")
    node = zarr.open(str(path), mode="r")
    if isinstance(node, zarr.Group):
        return _zarr_group(target, node, "", attributes), attributes
    array = _zarr_array(target, node, path.stem, attributes)
    return ({} if array is None else {path.stem: array}), attributes


def _zarr_group(target: _Target, group: Any, path: str, attributes: dict[str, dict[str, Any]]) -> dict[str, Any]:
    import zarr

    data: dict[str, Any] = {}
    _keep_attributes(group, path, attributes)
    for key in sorted(group):
        inner = f"{path}/{key}".lstrip("/")
        item = group[key]
        if isinstance(item, zarr.Group):
            data[key] = _zarr_group(target, item, inner, attributes)
        else:
            array = _zarr_array(target, item, inner, attributes)
            if array is not None:
                data[key] = array
    return data


def _zarr_array(target: _Target, item: Any, path: str, attributes: dict[str, dict[str, Any]]) -> Any:
    _keep_attributes(item, path, attributes)
    # Version 3 of the package has this, and the format of version 3; for others it is an attribute.
    metadata = getattr(item, "metadata", None)
    names = getattr(metadata, "dimension_names", None) or item.attrs.get("_ARRAY_DIMENSIONS") or []
    _keep_dimensions([name or "" for name in names], path, attributes)
    dtype = np.dtype(item.dtype)
    if dtype.kind in "OT":
        # Texts of any length, or objects, which are left out.
        values = np.asarray(item[...])
        if all(isinstance(value, str) for value in values.flat):
            return np.array(values.tolist(), np.str_).reshape(values.shape)
    if not _formats.is_allowed(dtype.newbyteorder("<")):
        target.left_out.append(path)
        attributes.pop(path, None)
        return None
    indices = _formats.pieces(item.shape, dtype.itemsize, item.chunks)
    return target.array(item.shape, dtype, "C", ((index, item[index]) for index in indices))


def _npy(target: _Target, path: Path) -> _Content:
    # This only says what is there: whoever cuts a file that is mapped ends who reads it, so it is read otherwise.
    there = np.load(path, mmap_mode="r")
    shape, dtype, order = there.shape, there.dtype, "F" if there.flags.fnc else "C"
    with path.open("rb") as file:
        file.seek(there.offset)
        if shape and there.size and dtype == dtype.newbyteorder("<") and not (target.splits and dtype.names):
            with target.pool.build(shape, dtype, order) as array:
                _fill(file, array)
        else:
            array = target.array(shape, dtype, order, _npy_parts(file, shape, dtype, order))
    return {path.stem: array}, {}


def _npy_parts(file: Any, shape: tuple[int, ...], dtype: np.dtype, order: Any) -> Iterable[tuple[Any, Any]]:
    """In C's order some at a time, in Fortran's all."""
    indices: Iterable[Any] = _formats.pieces(shape, dtype.itemsize) if order == "C" else [(...,)]
    place = np.broadcast_to(np.empty((), dtype), shape)
    for index in indices:
        part = np.empty(place[index].shape, dtype, order)
        _fill(file, part)
        yield index, part


def _fill(file: Any, array: np.ndarray) -> None:
    memory = array.reshape(-1, order="A").view(np.uint8).data
    while memory:
        count = file.readinto(memory)
        if not count:
            raise ValueError(f"{file.name} was cut while it was read: load it again")
        memory = memory[count:]


def _npz(target: _Target, path: Path) -> _Content:
    data: dict[str, Any] = {}
    with np.load(path) as arrays:
        for key in arrays:
            *groups, last = key.split("/")
            place = data
            for group in groups:
                place = place.setdefault(group, {})
            values = arrays[key]
            place[last] = target.array(values.shape, values.dtype, "F" if values.flags.fnc else "C", [(..., values)])
    return data, {}


def _table(read: Callable[[str], pa.Table]) -> _Reader:
    return lambda target, path: ({path.stem: read(str(path))}, {})


def _arrow(path: str) -> pa.Table:
    source = pa.memory_map(path)
    with source:
        magic = source.read(6)
        source.seek(0)
        table = (pa.ipc.open_file(source) if magic == b"ARROW1" else pa.ipc.open_stream(source)).read_all()
        # Who reads it from the pool follows its offsets, and one that leads nowhere would end that process.
        table.validate(full=True)
        return table


def _parquet(path: str) -> pa.Table:
    import pyarrow.parquet

    return pyarrow.parquet.read_table(path, partitioning=None)


def _csv(path: str) -> pa.Table:
    import pyarrow.csv

    return pyarrow.csv.read_csv(path)


def _json(path: str) -> pa.Table:
    import pyarrow.json

    return pyarrow.json.read_json(path)


_READERS: dict[str, _Reader] = {
    **dict.fromkeys(("h5", "hdf5", "hdf", "nc"), _hdf5),
    "zarr": _zarr,
    "npy": _npy,
    "npz": _npz,
    **dict.fromkeys(("arrow", "arrows", "feather", "ipc"), _table(_arrow)),
    "parquet": _table(_parquet),
    "csv": _table(_csv),
    **dict.fromkeys(("json", "jsonl", "ndjson"), _table(_json)),
}
