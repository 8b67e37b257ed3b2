"""Files to datasets, by the libraries of their formats: h5py, NumPy, pyarrow."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from ._pool import Pool

_log = logging.getLogger("arrow_shm")

_Content = tuple[dict[str, Any], dict[str, dict[str, Any]]]
"""What is in a file as ``put`` takes it, and attributes by path; those of the whole at the path that is empty."""


def load(
    pool: Pool,
    file: str | os.PathLike[str],
    name: str | None = None,
    *,
    persistent: bool = False,
    overwrite: bool = False,
) -> list[str]:
    """Publishes what is in a file, all at one instant: HDF5, NetCDF-4, NPY, NPZ, Arrow, Feather, Parquet, CSV or JSON lines.

    Arrays of HDF5 and NPY are read where they stay, in the pool; tables are read by pyarrow and copied. Big endian becomes
    little endian. The command ``arrow-shm load`` does the same without Python, and needs no h5py.

    Args:
        pool: where it goes.
        file: whose name says its format by what stands behind the last dot.
        name: of the dataset; by default that of the file, without what stands behind the dot.
        persistent: whether it stays until it is deleted, as for ``put``.
        overwrite: whether a dataset of that name is replaced.

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
    data, attributes = read(pool, path, left_out)
    attrs = attributes.pop("", None)
    dataset = path.stem if name is None else name
    pool.put(dataset, data, persistent=persistent, overwrite=overwrite, attrs=attrs, attributes=attributes)
    for lost in left_out:
        _log.warning("%s: %s is left out", path, lost)
    return left_out


def _hdf5(pool: Pool, path: Path, left_out: list[str]) -> _Content:
    import h5py

    attributes: dict[str, dict[str, Any]] = {}
    with h5py.File(path, "r") as file:
        return _group(pool, file, "", frozenset(), attributes, left_out), attributes


def _group(
    pool: Pool,
    group: Any,
    path: str,
    above: frozenset[int],
    attributes: dict[str, dict[str, Any]],
    left_out: list[str],
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
            left_out.append(inner)
            continue
        if isinstance(item, h5py.Group):
            if h5py.h5o.get_info(item.id).addr in inside:
                left_out.append(inner)
            else:
                data[key] = _group(pool, item, inner, inside, attributes, left_out)
        elif isinstance(item, h5py.Dataset):
            array = _array(pool, item)
            if array is None:
                left_out.append(inner)
            else:
                data[key] = array
                _keep_attributes(item, inner, attributes)
    return data


def _array(pool: Pool, item: Any) -> Any:
    """Nothing if it has no fixed size."""
    import h5py

    if h5py.check_string_dtype(item.dtype) is not None and item.dtype.hasobject:
        return np.zeros(0, np.str_) if item.shape is None else np.asarray(item.asstr()[()], np.str_)
    if item.dtype.hasobject or item.dtype.kind == "V" and not item.dtype.names:
        return None
    dtype = item.dtype.newbyteorder("<")
    if not item.shape or item.size == 0:
        return np.zeros(0, dtype) if item.shape is None else np.asarray(item[()], dtype)
    with pool.build(item.shape, dtype) as array:
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
        case complex():
            return [_plain(value.real), _plain(value.imag)]
        case str() | bool() | int() | float():
            return value
    raise TypeError(value)


def _npy(pool: Pool, path: Path, left_out: list[str]) -> _Content:
    values = np.load(path, mmap_mode="r")
    dtype = values.dtype.newbyteorder("<")
    if values.size == 0 or values.ndim == 0:
        return {path.stem: np.asarray(values, dtype)}, {}
    with pool.build(values.shape, dtype, "F" if values.flags.fnc else "C") as array:
        array[...] = values
    return {path.stem: array}, {}


def _npz(pool: Pool, path: Path, left_out: list[str]) -> _Content:
    data: dict[str, Any] = {}
    with np.load(path) as arrays:
        for key in arrays:
            *groups, last = key.split("/")
            place = data
            for group in groups:
                place = place.setdefault(group, {})
            place[last] = arrays[key].astype(arrays[key].dtype.newbyteorder("<"), copy=False)
    return data, {}


def _table(read: Callable[[str], pa.Table]) -> Callable[[Pool, Path, list[str]], _Content]:
    return lambda pool, path, left_out: ({path.stem: read(str(path))}, {})


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


_READERS: dict[str, Callable[[Pool, Path, list[str]], _Content]] = {
    **dict.fromkeys(("h5", "hdf5", "hdf", "nc"), _hdf5),
    "npy": _npy,
    "npz": _npz,
    **dict.fromkeys(("arrow", "arrows", "feather", "ipc"), _table(_arrow)),
    "parquet": _table(_parquet),
    "csv": _table(_csv),
    **dict.fromkeys(("json", "jsonl", "ndjson"), _table(_json)),
}
