"""Writes arrays with NumPy and pyarrow, and what they hold as text: write_arrays.py DIRECTORY."""

import pathlib
import sys

import numpy as np
import pyarrow as pa

random = np.random.default_rng(7)
NUMBERS = ["|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8"]
OTHERS = ["|b1", "<c8", "<c16", "<M8[ns]", "<m8[25us]", "|S5", "<U3"]
STRUCTS = [
    [("a", "<f8"), ("b", [("c", "|u1"), ("d", "|S3")]), ("e", "<i2", (2, 3))],
    np.dtype([("x", "i1"), ("y", "<f8")], align=True),
    [("it's", "<i4"), ('say "é"', "<U2")],
    [("日", "<i4")],
]


def sample(dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.names:
        values = np.zeros(shape, dtype)
        for name in dtype.names:
            values[name] = sample(values[name].dtype, values[name].shape)
        return values
    if dtype.kind == "S":
        return random.choice(np.array([b"", b"a", b"xyz"]), shape).astype(dtype)
    if dtype.kind == "U":
        return random.choice(np.array(["", "é", "日😀"]), shape).astype(dtype)
    if dtype.kind == "b":
        return random.integers(0, 2, shape).astype(dtype)
    if dtype.kind in "fc":
        return (random.integers(-1000, 1000, shape) / 8).astype(dtype)
    info = np.iinfo("<i8" if dtype.kind in "Mm" else dtype)
    integers = random.integers(info.min, info.max, shape, info.dtype, endpoint=True)
    return integers.view(dtype) if dtype.kind in "Mm" else integers


def texts(values):
    """Every value as one text, the fields of a structure one after the other; as the Java side does."""
    if values.dtype.names:
        return [text for name in values.dtype.names for text in texts(values[name])]
    if values.dtype.kind == "S":
        return [value.decode("latin-1") for value in values.ravel()]
    if values.dtype.kind == "U":
        return [str(value) for value in values.ravel()]
    if values.dtype.kind == "b":
        return [str(int(value)) for value in values.ravel()]
    if values.dtype.kind in "Mm" or values.dtype == "<u8":
        return [str(value) for value in values.ravel().view("<i8")]
    if values.dtype.kind == "f":
        return [repr(float(value)) for value in values.ravel()]
    if values.dtype.kind == "c":
        return [f"{float(value.real)!r},{float(value.imag)!r}" for value in values.ravel()]
    return [str(value) for value in values.ravel()]


def orders(values):
    return {order: values.copy(order=order) for order in "CF"}


def main(directory):
    for number, dtype in enumerate(NUMBERS + OTHERS + STRUCTS):
        for shape in [(2, 3, 4), (5,), (), (0, 3)]:
            for order, values in orders(sample(dtype, shape)).items():
                name = f"{number}-{'x'.join(map(str, shape))}-{order}"
                np.save(directory / f"{name}.npy", values)
                (directory / f"{name}.npy.txt").write_text("\n".join(texts(values)))
                if isinstance(dtype, str) and dtype in NUMBERS and shape:
                    with pa.OSFile(str(directory / f"{name}.tensor"), "wb") as sink:
                        pa.ipc.write_tensor(pa.Tensor.from_numpy(values), sink)
                    (directory / f"{name}.tensor.txt").write_text("\n".join(texts(values)))


main(pathlib.Path(sys.argv[1]))
