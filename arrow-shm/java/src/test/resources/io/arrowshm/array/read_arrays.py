"""Reads the arrays of a directory in place: read_arrays.py DIRECTORY. Fails where one is not what its name and rule say."""

import ast
import json
import pathlib
import sys

import numpy as np
import pyarrow as pa


def expected(dtype, shape):
    """The values that the Java side writes: place i in C order holds a value made of i."""
    numbers = np.arange(np.prod(shape, dtype=int)).reshape(shape)
    kind = dtype.kind
    if kind == "b":
        return numbers % 3 == 0
    if kind == "f":
        return (numbers * 0.5 - 1).astype(dtype)
    if kind == "c":
        return (numbers * 0.5 - 1 - 2j * numbers).astype(dtype)
    if kind in "Mm":
        return (numbers * 1000 + 5).astype("<i8").view(dtype)
    if kind == "S":
        return np.array([f"b{i}".encode() for i in numbers.ravel()], dtype).reshape(shape)
    if kind == "U":
        return np.array([f"é{i}" for i in numbers.ravel()], dtype).reshape(shape)
    if kind == "V":
        values = np.zeros(shape, dtype)
        for name in dtype.names:
            field = values[name]
            field[...] = expected(field.dtype, field.shape)
        return values
    return numbers.astype(dtype)


def same(values, reference):
    if values.dtype.names:
        return all(same(values[name], reference[name]) for name in values.dtype.names)
    return np.array_equal(values, reference)


def check(values, entry):
    spelling = entry["dtype"]
    dtype = np.lib.format.descr_to_dtype(ast.literal_eval(spelling) if spelling.startswith("[") else spelling)
    if entry["tensor"] and dtype.kind == "b":
        values = values.view("?")
    assert values.dtype == dtype, (values.dtype, dtype)
    assert list(values.shape) == entry["shape"], (values.shape, entry)
    if values.size:
        assert list(values.strides) == entry["strides"], (values.strides, entry)
    assert values.ctypes.data % 64 == 0 or not values.size
    assert same(values, expected(dtype, values.shape)), (values, expected(dtype, values.shape))


def main(directory):
    for entry in json.loads((directory / "arrays.json").read_text()):
        path = directory / entry["file"]
        if entry["tensor"]:
            with pa.memory_map(str(path)) as mapped:
                before = pa.total_allocated_bytes()
                tensor = pa.ipc.read_tensor(mapped)
                values = tensor.to_numpy()
                assert pa.total_allocated_bytes() == before, "allocated"
                assert [tensor.dim_name(i) for i in range(tensor.ndim)] == entry["names"], tensor.dim_names
                check(values, entry)
        else:
            values = np.load(path, mmap_mode="r") if np.prod(entry["shape"]) else np.load(path)
            check(values, entry)
            if values.size:
                assert isinstance(values, np.memmap)
                order = "F" if values.flags.fnc else "C"
                again = np.memmap(path, values.dtype, "r", values.offset, values.shape, order)
                assert same(again, values)
        print("ok", entry["file"], entry["dtype"], entry["shape"])


def large(path, size):
    with pa.memory_map(path) as mapped:
        before = pa.total_allocated_bytes()
        values = pa.ipc.read_tensor(mapped).to_numpy()
        assert pa.total_allocated_bytes() == before, "allocated"
        assert values.size == int(size) and values.ravel()[0] == 7 and values[-1, -1] == 9, values.shape
    print("ok large", values.shape)


if sys.argv[1] == "large":
    large(*sys.argv[2:])
else:
    main(pathlib.Path(sys.argv[1]))
