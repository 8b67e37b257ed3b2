"""Datasets to files, by the libraries of their formats: h5py, NumPy, pyarrow."""

from __future__ import annotations

import contextlib
import json
import math
import os
import secrets
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from . import _formats
from ._arrays import address, memory_of
from ._errors import DatasetNotFoundError
from ._pool import Dataset, Group, Pool

LABELS = "DIMENSION_LABELS"
"""The attribute in which ``load`` keeps names of dimensions."""

_INCOMPLETE = ".arrow-shm-export-"
"""What the names of incomplete files begin with; only a process that was killed leaves one."""


def export(pool: Pool, what: str, file: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Writes what is in a dataset to a file, which appears when it is complete: HDF5, NPY, NPZ, Arrow, Parquet, CSV, JSON lines.

    HDF5 and NPY are written from where the arrays lie, without a copy. HDF5 has the groups, attributes, names of dimensions
    and types that are there; texts become those of variable length, enumerations (integers with the attribute ``enum``)
    enumerations again, and what is under several paths one array with several links. It has no tables and no times.

    Args:
        pool: where the dataset is.
        what: its name, or that and a path in it: ``run-42/camera/frames``.
        file: whose name says its format by what stands behind the last dot.
        overwrite: whether a file of that name is replaced.

    Raises:
        DatasetNotFoundError: there is no such dataset, or nothing at that path (a KeyError).
        FileExistsError: there is a file of that name, and ``overwrite`` is false.
        ValueError: the format is not known, takes nothing of that kind, or a table is damaged.
    """
    path = Path(file)
    write = _WRITERS.get(path.suffix.lower().lstrip("."))
    if write is None:
        raise ValueError(f"the format of {path} is not known: its name ends with none of .{', .'.join(_WRITERS)}")
    part = _part(pool, what)
    if path.exists() and not overwrite:
        raise FileExistsError(f"{path} is there: choose another name, or replace it with overwrite=True")
    with _incomplete(path) as incomplete:
        write(part, incomplete)
        incomplete.replace(path)


class _Part(NamedTuple):
    """What is written: a dataset, or what is in one."""

    name: str
    dataset: Dataset
    path: str

    @property
    def shown(self) -> str:
        return f"{self.dataset.name}/{self.path}" if self.path else self.dataset.name

    @property
    def value(self) -> Any:
        """A group, an array or a table."""
        return self.dataset[self.path] if self.path else self.dataset

    @property
    def only(self) -> Any:
        """The array or the table; that of a whole dataset, if it has but one."""
        value = self.value
        names = list(value) if isinstance(value, Dataset) else []
        return self.dataset[names[0]] if len(names) == 1 else value


def _part(pool: Pool, what: str) -> _Part:
    """The longest name of a dataset is meant that it begins with."""
    end = len(what)
    while end > 0:
        with contextlib.suppress(DatasetNotFoundError):
            dataset = pool[what[:end]]
            part = _Part(what.rpartition("/")[2], dataset, what[end + 1 :])
            _ = part.value
            return part
        end = what.rfind("/", 0, end)
    raise DatasetNotFoundError(f"there is no dataset {what!r}, nor one with such a path in it; there are {', '.join(pool)}")


@contextlib.contextmanager
def _incomplete(path: Path) -> Iterator[Path]:
    """A file beside its place, with a name that nobody else has; gone afterwards, whatever has happened."""
    incomplete = path.with_name(_INCOMPLETE + secrets.token_hex(8))
    # Not by tempfile, whose files nobody else may read, also when they have their name.
    os.close(os.open(incomplete, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    try:
        yield incomplete
    finally:
        incomplete.unlink(missing_ok=True)


# ---- HDF5 ----


def _hdf5(part: _Part, path: Path) -> None:
    import h5py

    value = part.value
    written = _Written({}, [])
    with h5py.File(path, "w") as file:
        if isinstance(value, Group):
            _write_group(file, value, "", written)
        else:
            _write_array(file, part.name, value, part.dataset.attributes(part.path), part.shown, written)
        for item, names in written.named:
            _name_dimensions(item, names)


class _Written(NamedTuple):
    """What is in the file: arrays by where they lie, and those whose axes have names."""

    arrays: dict[Any, Any]
    named: list[tuple[Any, list[str]]]


def _write_group(target: Any, group: Group, path: str, written: _Written) -> None:
    _write_attributes(target, group.attrs, path or "/")
    for name in group:
        inner = f"{path}/{name}" if path else name
        value = group[name]
        if isinstance(value, Group):
            _write_group(target.create_group(name), value, inner, written)
        else:
            _write_array(target, name, value, group.attributes(name), inner, written)


def _write_array(target: Any, name: str, array: Any, attributes: dict[str, Any], path: str, written: _Written) -> None:
    if isinstance(array, pa.Table):
        raise ValueError(f"{path!r} is a table, of which HDF5 has none: export it to .parquet or .arrow")
    key = (address(array), array.shape, array.strides, array.dtype.str)
    if array.size and key in written.arrays:
        target[name] = written.arrays[key]
        return
    dtype, attributes = _hdf5_type(array.dtype, attributes, path)
    plain = array.view(np.ndarray)
    if plain.flags.c_contiguous and plain.dtype.kind != "U":
        item = target.create_dataset(name, data=plain, dtype=dtype)
    else:
        item = target.create_dataset(name, plain.shape, dtype)
        for piece in _formats.pieces(plain.shape, plain.itemsize):
            item[piece] = plain[piece].astype(object) if plain.dtype.kind == "U" else plain[piece]
    written.arrays[key] = item
    names = _dimension_names(array) or attributes.get(LABELS)
    if isinstance(names, list) and len(names) == array.ndim:
        written.named.append((item, names))
    rest = {key: value for key, value in attributes.items() if key != LABELS}
    if rest.get("CLASS") == "DIMENSION_SCALE":
        # HDF5 takes these for its own only as it writes them.
        item.make_scale(str(rest.pop("NAME", "")))
        del rest["CLASS"]
    _write_attributes(item, rest, path)


def _name_dimensions(item: Any, names: list[str]) -> None:
    """By an array of that name in the same group or around it, if HDF5 has it for one of scales; else by a label."""
    for dimension, name in zip(item.dims, names):
        scale = _scale(item.parent, name) if name else None
        if scale is not None and not item.is_scale:
            dimension.attach_scale(scale)
        elif name:
            dimension.label = name


def _scale(group: Any, name: str) -> Any:
    import h5py

    while True:
        found = group.get(name) if "/" not in name else None
        if isinstance(found, h5py.Dataset) and found.is_scale:
            return found
        if group.name == "/":
            return None
        group = group.parent


def _dimension_names(array: np.ndarray) -> list[str]:
    memory = memory_of(array)
    return [] if memory is None else _formats.dimension_names(np.asarray(memory))


def _hdf5_type(dtype: np.dtype, attributes: dict[str, Any], path: str) -> tuple[Any, dict[str, Any]]:
    """The type in the file, and the attributes that are not part of it."""
    import h5py

    if dtype.kind == "U":
        return h5py.string_dtype(), attributes
    if _holds(dtype, "UMm"):
        what = "a structure with texts of Unicode or times" if dtype.names else "of times"
        raise ValueError(f"{path!r} is {what}, of which HDF5 has none: export it to .npy or .npz")
    members = attributes.get("enum")
    if dtype.kind in "iu" and isinstance(members, dict) and members:
        limits = np.iinfo(dtype)
        if all(type(value) is int and limits.min <= value <= limits.max for value in members.values()):
            rest = {key: value for key, value in attributes.items() if key != "enum"}
            return h5py.enum_dtype(members, basetype=dtype), rest
    return dtype, attributes


def _holds(dtype: np.dtype, kinds: str) -> bool:
    if dtype.subdtype is not None:
        return _holds(dtype.subdtype[0], kinds)
    if dtype.names is not None:
        return any(_holds(dtype[name], kinds) for name in dtype.names)
    return dtype.kind in kinds


def _write_attributes(item: Any, attributes: dict[str, Any], path: str) -> None:
    for key, value in attributes.items():
        try:
            data, dtype = _hdf5_value(value)
            item.attrs.create(key, data, dtype=dtype)
        except (TypeError, ValueError, OSError, RuntimeError) as e:
            raise ValueError(f"the attribute {key!r} of {path!r} cannot be written to HDF5 ({e}): change or delete it") from e


def _hdf5_value(value: Any) -> tuple[Any, Any]:
    """A value of JSON, and its type where NumPy does not say it. What HDF5 has nothing for becomes a text of JSON."""
    import h5py

    text = h5py.string_dtype()
    match value:
        case None:
            return h5py.Empty("f4"), None
        case str():
            return value, text
        case bool() | float():
            return value, None
        case int():
            return np.int64(value), None
        case list() if not value:
            return np.zeros(0), None
        case list():
            leaves = list(_leaves(value))
            with contextlib.suppress(ValueError):
                if all(isinstance(leaf, str) for leaf in leaves):
                    return np.array(value, object), text if np.array(value).dtype.kind == "U" else None
                if len({isinstance(leaf, bool) for leaf in leaves}) == 1:
                    array = np.array(value)
                    if array.dtype.kind in "bif":
                        return array, None
        case dict() if value and all(isinstance(field, (str, bool, int, float)) for field in value.values()):
            fields = [(name, *_hdf5_value(field)) for name, field in value.items()]
            dtype = np.dtype([(name, kind or np.asarray(field).dtype) for name, field, kind in fields])
            return np.array(tuple(field for _, field, _ in fields), dtype), dtype
    return json.dumps(value, ensure_ascii=False), text


def _leaves(value: Any) -> Iterator[Any]:
    for element in value:
        if isinstance(element, list):
            yield from _leaves(element)
        else:
            yield element


# ---- NumPy's files ----


def _npy(part: _Part, path: Path) -> None:
    array = part.only
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{part.shown} is no array, and .npy has one: name one in it, or export to .npz or .h5")
    with path.open("wb") as out:
        np.lib.format.write_array(out, array.view(np.ndarray), allow_pickle=False)


def _npz(part: _Part, path: Path) -> None:
    value = part.value
    arrays = dict(_arrays(value, "")) if isinstance(value, Group) else {part.name: value}
    arrays = {name: array for name, array in arrays.items() if isinstance(array, np.ndarray)}
    if not arrays:
        raise ValueError(f"there is no array in {part.shown}, and .npz has arrays: export it to .parquet or .arrow")
    # Not by numpy.savez, for which some names are arguments of its own.
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as out:
                np.lib.format.write_array(out, array.view(np.ndarray), allow_pickle=False)


def _arrays(group: Group, start: str) -> Iterator[tuple[str, Any]]:
    for name in group:
        value = group[name]
        if isinstance(value, Group):
            yield from _arrays(value, f"{start}{name}/")
        else:
            yield start + name, value


# ---- Tables ----


def _table(write: Callable[[pa.Table, Path], None]) -> Callable[[_Part, Path], None]:
    def write_part(part: _Part, path: Path) -> None:
        value = part.only
        tables = [value[name] for name in value] if isinstance(value, Group) else [value]
        if not tables or any(not isinstance(t, pa.Table) or not t.schema.equals(tables[0].schema) for t in tables):
            raise ValueError(
                f"{part.shown} is no table, nor a group of tables with the same columns: name one in it, "
                "or export arrays to .npy, .npz or .h5"
            )
        for table in tables:
            # Writers follow offsets, and one that leads nowhere would end this process.
            table.validate(full=True)
        try:
            write(pa.concat_tables(tables), path)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as e:
            raise ValueError(f"{part.shown} cannot be written to this format ({e}): choose another one") from e

    return write_part


def _arrow_file(table: pa.Table, path: Path) -> None:
    table = table.unify_dictionaries()
    with pa.ipc.new_file(str(path), table.schema) as writer:
        writer.write_table(table)


def _arrow_stream(table: pa.Table, path: Path) -> None:
    with pa.ipc.new_stream(str(path), table.schema) as writer:
        writer.write_table(table)


def _parquet(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, path, compression="zstd")


def _csv(table: pa.Table, path: Path) -> None:
    import pyarrow.csv

    pyarrow.csv.write_csv(table, path)


def _json(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8") as out:
        for batch in table.to_batches(max_chunksize=1 << 12):
            for row in batch.to_pylist():
                out.write(json.dumps(_finite(row), ensure_ascii=False, default=str) + "\n")


def _finite(value: Any) -> Any:
    """JSON has no other numbers: what is none, or not finite, is null."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _finite(inner) for key, inner in value.items()}
        case list():
            return [_finite(inner) for inner in value]
    return value


_WRITERS: dict[str, Callable[[_Part, Path], None]] = {
    **dict.fromkeys(("h5", "hdf5", "hdf"), _hdf5),
    "npy": _npy,
    "npz": _npz,
    **dict.fromkeys(("arrow", "feather", "ipc"), _table(_arrow_file)),
    "arrows": _table(_arrow_stream),
    "parquet": _table(_parquet),
    "csv": _table(_csv),
    **dict.fromkeys(("json", "jsonl", "ndjson"), _table(_json)),
}
