"""Arrays and tables as bytes, and the other way round (FORMAT.md, 12.1)."""

from __future__ import annotations

import ast
import functools
import json
import math
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from ._errors import DamagedError

_ALIGNMENT = 64
_START = 128
_SHORTEST = 12
_NPY = b"\x93NUMPY"
_TENSOR = b"\xff\xff\xff\xff"
_ARROW = b"ARROW1\x00\x00"
_MOST_DIMENSIONS = 32
_TRAILER = b"ASHMNPY1"
_TRAILER_END = 16
_PIECE = 16 << 20
_MOST_DESCRIPTION = 1_000


def checked_dtype(dtype: Any) -> np.dtype:
    """The type, if its elements are of a fixed size and any language can read them."""
    dtype = np.dtype(dtype)
    if not is_allowed(dtype):
        raise TypeError(
            f"an array of {dtype!r} cannot be shared: allowed are bool, integers, floats of up to 64 bits, complex, "
            "datetime64, texts of fixed length and structures of these, all little endian; "
            "convert it by astype, or texts and objects to a pyarrow table"
        )
    return dtype


@functools.lru_cache(maxsize=1024)
def is_allowed(dtype: np.dtype) -> bool:
    if dtype.subdtype is not None:
        return is_allowed(dtype.subdtype[0])
    if dtype.names is not None:
        return dtype.itemsize > 0 and all(is_allowed(dtype[name]) for name in dtype.names)
    if dtype.byteorder == ">" or dtype.itemsize == 0:
        return False
    return dtype.kind in "biuSUM" or (dtype.kind == "f" and dtype.itemsize <= 8) or (
        dtype.kind == "c" and dtype.itemsize <= 16
    )


@functools.lru_cache(maxsize=1024)
def description(dtype: np.dtype, shape: tuple[int, ...]) -> str:
    """Of an array, for people: its type, in NumPy's spelling, and its shape."""
    return f"{np.lib.format.dtype_to_descr(dtype)} {list(shape)}"[:_MOST_DESCRIPTION]


@functools.lru_cache(maxsize=1024)
def npy_header(dtype: np.dtype, shape: tuple[int, ...], fortran: bool) -> bytes:
    """What stands before the elements, in whole multiples of 64 bytes."""
    if len(shape) > _MOST_DIMENSIONS:
        raise ValueError(f"an array of {len(shape)} dimensions cannot be shared: at most {_MOST_DIMENSIONS} are allowed")
    fields = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": fortran, "shape": tuple(map(int, shape))}
    text = repr(fields)
    encoding, version = ("latin-1", 1) if text.isascii() or _is_latin(text) else ("utf-8", 3)
    header = text.encode(encoding)
    if version == 1 and len(header) + _ALIGNMENT > 0xFFFF:
        version = 2
    start = 10 if version == 1 else 12
    padded = -(-(start + len(header) + 1) // _ALIGNMENT) * _ALIGNMENT - start
    length = padded.to_bytes(start - 8, "little")
    return _NPY + bytes((version, 0)) + length + header.ljust(padded - 1) + b"\n"


def _is_latin(text: str) -> bool:
    return all(ord(character) < 256 for character in text)


def has_tensor(dtype: np.dtype) -> bool:
    """Whether Arrow has tensors of such elements, in every language."""
    return dtype.isnative and (dtype.kind in "iu" or (dtype.kind == "f" and dtype.itemsize <= 8))


def for_tensor(array: np.ndarray) -> np.ndarray:
    """The array in an order that a tensor may have."""
    return array if array.flags.forc else np.ascontiguousarray(array)


def tensor_bytes(array: np.ndarray) -> int:
    """Bytes that an array takes as an Arrow tensor; nothing is copied."""
    sink = pa.MockOutputStream()
    pa.ipc.write_tensor(pa.Tensor.from_numpy(array), sink)
    return sink.size()


def write_tensor(array: np.ndarray, memory: np.ndarray) -> None:
    """Writes an array as an Arrow tensor into memory of `tensor_bytes`."""
    pa.ipc.write_tensor(pa.Tensor.from_numpy(array), pa.FixedSizeBufferWriter(pa.py_buffer(memory)))


def start_of(memory: np.ndarray) -> bytes:
    """What a segment begins with, which says what it is; of an .npy file usually the whole header."""
    return memory[:_START].tobytes()


def array_in(memory: np.ndarray, start: bytes, text: str) -> np.ndarray:
    """The array that lies in a segment's bytes, which it keeps."""
    if start[:6] == _NPY:
        return _npy_in(memory, start)
    try:
        values = pa.ipc.read_tensor(pa.BufferReader(pa.py_buffer(memory))).to_numpy()
    except (pa.ArrowException, OSError) as e:
        raise _damaged("Arrow tensor", e) from e
    offset = values.__array_interface__["data"][0] - memory.__array_interface__["data"][0]
    # Arrow has no tensors of truth values, and pyarrow hides that these are such.
    dtype = np.dtype(bool) if text.startswith("|b1") else values.dtype
    return np.ndarray(values.shape, dtype, memory, offset if values.size else 0, values.strides)


def _npy_in(memory: np.ndarray, start: bytes) -> np.ndarray:
    if len(start) < _SHORTEST:
        raise _damaged(".npy file", ValueError(f"it has {len(start)} bytes"))
    version = start[6]
    at = 10 if version == 1 else 12
    end = at + int.from_bytes(start[8:at], "little")
    dtype, shape, order = _header(version, start[at:end] if end <= _START else memory[at:end].tobytes())
    try:
        return np.ndarray(shape, dtype, memory, end, None, order)
    except (ValueError, TypeError) as e:
        raise _damaged(".npy file", e) from e


@functools.lru_cache(maxsize=1024)
def _header(version: int, text: bytes) -> tuple[np.dtype, tuple[int, ...], Literal["C", "F"]]:
    """Type, shape and order that an .npy file says. Those of many arrays are the same."""
    try:
        header = ast.literal_eval(text.decode("utf-8" if version == 3 else "latin-1"))
        dtype = np.lib.format.descr_to_dtype(header["descr"])
        if dtype.hasobject:
            raise ValueError("an array of objects")
        return dtype, tuple(header["shape"]), "F" if header["fortran_order"] else "C"
    except (ValueError, SyntaxError, TypeError, KeyError) as e:
        raise _damaged(".npy file", e) from e


def dimension_names(memory: np.ndarray) -> list[str]:
    """Names of the axes of the array that lies in a segment's bytes; empty if they have none."""
    if start_of(memory)[:6] != _NPY:
        names = pa.ipc.read_tensor(pa.BufferReader(pa.py_buffer(memory))).dim_names
    elif memory[-8:].tobytes() == _TRAILER:
        end = memory.size - _TRAILER_END
        length = int.from_bytes(memory[end : end + 8].tobytes(), "little")
        try:
            names = json.loads(memory[max(0, end - length) : end].tobytes())["dimensions"]
        except (ValueError, TypeError, KeyError) as e:
            raise _damaged(".npy file", e) from e
    else:
        names = []
    return [str(name) for name in names] if any(names) else []


def pieces(shape: tuple[int, ...], item_size: int, steps: tuple[int, ...] | None = None) -> Iterator[tuple[slice, ...]]:
    """Indices of parts of an array, together all of it.

    Args:
        shape: of the array.
        item_size: of its elements; parts have at most 16 MiB, if the steps allow that.
        steps: along each axis, of whole numbers of which parts are, as for chunks of a file; by default 1.
    """
    if not shape:
        yield ()
        return
    step = steps[0] if steps else 1
    row = math.prod(shape[1:]) * item_size
    if step * row > _PIECE and len(shape) > 1:
        for start in range(0, shape[0], step):
            for rest in pieces(shape[1:], item_size * step, steps and steps[1:]):
                yield (slice(start, start + step), *rest)
    elif row:
        rows = max(step, _PIECE // row // step * step)
        for start in range(0, shape[0], rows):
            yield (slice(start, start + rows),)


def _damaged(what: str, e: Exception) -> DamagedError:
    return DamagedError(f"a segment is no {what} that can be read: {e}. Publish it again")


def is_table(start: bytes) -> bool:
    """Whether a segment that begins with these bytes is an Arrow file."""
    if start[:6] == _NPY or start[:4] == _TENSOR:
        return False
    if start[:8] == _ARROW:
        return True
    raise DamagedError(
        f"a segment begins with {start[:8]!r}, which is no Arrow file, tensor or .npy file. Publish it again"
    )


def table_in(memory: np.ndarray) -> pa.Table:
    """The table that lies in a segment's bytes, which it keeps."""
    try:
        with pa.ipc.open_file(pa.BufferReader(pa.py_buffer(memory))) as reader:
            return reader.read_all()
    except (pa.ArrowException, OSError) as e:
        raise _damaged("Arrow file", e) from e


def table_of(value: Any) -> pa.Table | None:
    """A table, if that is what it is: pyarrow's, or whatever has an Arrow stream (pandas, polars, DuckDB)."""
    if isinstance(value, pa.Table):
        return value
    if isinstance(value, pa.RecordBatch):
        return pa.Table.from_batches([value])
    return pa.table(value) if hasattr(value, "__arrow_c_stream__") else None


def table_bytes(table: pa.Table) -> int:
    """Bytes that a table takes as a file; nothing is copied."""
    sink = pa.MockOutputStream()
    _write(table, sink)
    return sink.size()


def write_table(table: pa.Table, memory: np.ndarray) -> None:
    """Writes a table as a file into memory of `table_bytes`."""
    _write(table, pa.FixedSizeBufferWriter(pa.py_buffer(memory)))


def _write(table: pa.Table, sink: Any) -> None:
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def table_description(table: pa.Table) -> str:
    """Of a table, for people: the number of rows, and the columns."""
    columns = ", ".join(f"{field.name} {field.type}" for field in table.schema)
    text = f"{table.num_rows} rows: {columns}"
    while len(text.encode("utf-16-le")) > 2 * _MOST_DESCRIPTION:
        text = text[: len(text) * 9 // 10]
    return text


def bytes_of(value: Any) -> bytes:
    """An array or a table as the bytes of a segment, in this process's own memory."""
    table = table_of(value)
    if table is not None:
        memory = np.empty(table_bytes(table), np.uint8)
        write_table(table, memory)
        return memory.tobytes()
    array = np.asarray(value)
    header = npy_header(checked_dtype(array.dtype), array.shape, array.flags.fnc)
    return header + array.tobytes("F" if array.flags.fnc else "C")
