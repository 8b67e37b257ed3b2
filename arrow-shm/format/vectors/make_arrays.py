"""Arrays of every type, order and shape, as tensors and as .npy files, and the values that are in them. Numbers: sections of FORMAT.md."""

import io
import json
import struct

import numpy as np
import pyarrow as pa

import flatbuffer
from values import NAN_BITS, number, real

NUMBERS = ["|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8"]
TENSORS = NUMBERS + ["|b1"]  # 12.1.2
OTHERS = ["<c8", "<c16", "<M8[ns]", "<M8[D]", "<M8", "<m8[25us]", "<m8[as]", "|S1", "|S5", "<U1", "<U3"]
STRUCTURES = [
    [("a", "<f4"), ("", "|V4"), ("b", "<i2", (3,)), ("", "|V2")],
    [("größe", "<M8[s]"), ("in", [("c", "|b1"), ("d", "<U2"), ("e", "|S3", (2, 2))])],
    [("日", "<c8"), ("it's", "<u8")],
]
# By name: what the array is made of, in the order of its indices.
SHAPES = {"scalar": (), "one": (4,), "empty": (0, 3), "three": (2, 3, 2)}


def sample(dtype, shape):
    """The extremes of a type, again and again."""
    dtype = dtype if isinstance(dtype, np.dtype) else np.lib.format.descr_to_dtype(dtype)
    if dtype.names:
        values = np.zeros(shape, dtype)
        for name in dtype.names:
            values[name] = sample(values[name].dtype, values[name].shape)
        return values
    size = int(np.prod(shape))
    few = extremes(dtype)
    return np.array([few[i % len(few)] for i in range(size)], few.dtype).reshape(shape)


def extremes(dtype):
    kind, size = dtype.kind, dtype.itemsize
    if kind == "b":
        return np.array([True, False, True], dtype)
    if kind in "iu":
        info = np.iinfo(dtype)
        return np.array([info.max, info.min, 0, 1, info.max - 1, info.min + 1], dtype)
    if kind == "f":
        info = np.finfo(dtype)
        values = np.array([1.5, -0.0, np.inf, 0, info.max, info.smallest_subnormal, -np.inf, info.min, 0.1], dtype)
        payload = np.array([NAN_BITS[size]], f"<u{size}").view(dtype)
        return np.concatenate([values[:3], payload, values[3:]])
    if kind == "c":
        parts = extremes(np.dtype(f"<f{size // 2}"))
        return np.concatenate([parts, parts[1:2]])[: len(parts) // 2 * 2].view(dtype)
    if kind in "Mm":
        return np.array([-(1 << 63), 0, -1, (1 << 53) + 1, (1 << 63) - 1, 1_700_000_000], "<i8").view(dtype)
    texts = [b"", b"a", b"\xff\x00z", b"hello"] if kind == "S" else ["", "é", "日本語", "\U0001f600a"]
    length = size if kind == "S" else size // 4
    return np.array([text[:length] for text in texts], dtype)


def texts_of(values):
    """Every element in the order of the indices, the last one fastest, as the JSON of the vectors has it."""
    flat = values.ravel(order="C")
    kind = values.dtype.kind
    if kind == "b":
        return [bool(value) for value in flat]
    if kind in "iu":
        return [number(value) for value in flat]
    if kind == "f":
        return [real(value) for value in flat]
    if kind == "c":
        return [[real(value.real), real(value.imag)] for value in flat]
    if kind in "Mm":
        return ["NaT" if value == -(1 << 63) else number(value) for value in flat.view("<i8")]
    if kind == "S":
        return [bytes(value).hex() for value in flat]
    return [str(value) for value in flat]


def contents(values):
    if values.dtype.names:
        return {"fields": {name: {"shape": list(values[name].shape), **contents(values[name])} for name in values.dtype.names}}
    return {"values": texts_of(values)}


def npy(values, version=None, trailer=None):  # 12.1.3
    out = io.BytesIO()
    if version is None and not repr(descr_of(values.dtype)).isascii():
        version = (3, 0)
    np.lib.format.write_array(out, values, version=version, allow_pickle=False)
    return out.getvalue() + (trailer or b"")


def trailer_of(values, names, attributes, changed=None):
    described = {
        "version": 1,
        "descr": json_descr(values.dtype),
        "shape": list(values.shape),
        "strides": strides_of(values),
        "dimensions": names,
        "attributes": attributes,
        **(changed or {}),
    }
    text = json.dumps(described, ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)
    return bytes(-values.nbytes % 8) + text + struct.pack("<q", len(text)) + b"ASHMNPY1"


def json_descr(dtype):
    descr = descr_of(dtype)
    return json.loads(json.dumps(descr))


def descr_of(dtype):
    return np.lib.format.dtype_to_descr(dtype)


def strides_of(values):
    """Those that follow from the order and the shape, also where nobody follows them."""
    strides, stride = [0] * values.ndim, values.itemsize
    fortran = values.flags.f_contiguous and not values.flags.c_contiguous
    for axis in range(values.ndim) if fortran else reversed(range(values.ndim)):
        strides[axis] = stride
        stride *= max(1, values.shape[axis])
    return strides


def tensor(values, strides, data, names=None, metadata=None, version=flatbuffer.VERSION_5):  # 12.1.2
    shown = values.dtype if values.dtype.kind != "b" else np.dtype("|u1")
    body = data + bytes(-len(data) % 8)
    message = flatbuffer.tensor_metadata(shown, values.shape, strides, len(data), len(body), names, metadata, version)
    message += bytes(-(8 + len(message)) % 64)
    return struct.pack("<iI", -1, len(message)) + message + body


def tensor_of_format(values, names, attributes):
    """As this library writes it."""
    metadata = [("arrow-shm.dtype", values.dtype.str), *attributes.items()]
    return tensor(values, strides_of(values), values.tobytes(order="A"), names, metadata)


def tensor_of_pyarrow(values):
    plain = values.view("|u1") if values.dtype.kind == "b" else values
    sink = pa.BufferOutputStream()
    pa.ipc.write_tensor(pa.Tensor.from_numpy(plain), sink)
    return sink.getvalue().to_pybytes()


class Arrays:
    def __init__(self):
        self.files = {}
        self.cases = []

    def add(self, file, data, values, dtype=None, strides=None, names=None, attributes=None):
        self.files[file] = data
        dtype = dtype or descr_of(values.dtype)
        self.cases.append(
            {
                "file": file,
                "dtype": dtype if isinstance(dtype, str) else repr(dtype),
                "shape": list(values.shape),
                "strides": strides_of(values) if strides is None else strides,
                "dimensions": names or [""] * values.ndim,
                "attributes": attributes or {},
                **contents(values),
            }
        )

    def refuse(self, file, data, what):
        self.files[file] = data
        self.cases.append({"file": file, "what": what, "errors": ["corrupt"]})

    def add_all(self):
        for number_of_type, dtype in enumerate(TENSORS + OTHERS + STRUCTURES):
            for shape_name, shape in SHAPES.items():
                for order in "CF" if shape_name == "three" else "C":
                    values = sample(dtype, shape).copy(order=order)
                    name = f"{type_name(number_of_type, dtype)}-{shape_name}-{order}"
                    self.add_one(name, dtype, values)
        self.add_versions()
        self.add_strided()
        self.add_refused()

    def add_one(self, name, dtype, values):
        names = ["x", "", "größe"][: values.ndim]
        attributes = {"unit": "K", "größe": "日\n"} if values.ndim == 3 else {}
        self.add(f"{name}.npy", npy(values), values)
        trailer = trailer_of(values, names, attributes)
        self.add(f"{name}.trailer.npy", npy(values, trailer=trailer), values, names=names, attributes=attributes)
        if dtype in TENSORS:
            ours = tensor_of_format(values, names, attributes)
            self.add(f"{name}.tensor", ours, values, names=names, attributes=attributes)
        if dtype in TENSORS and values.ndim and values.size:
            plain = "|u1" if dtype == "|b1" else dtype
            self.add(f"{name}.pyarrow.tensor", tensor_of_pyarrow(values), values.view(plain), strides=list(values.strides))

    def add_versions(self):
        values = sample("<f8", (4,))
        self.add("version-2.npy", npy(values, (2, 0)), values)
        self.add("version-3.npy", npy(values, (3, 0)), values)
        many = sample("|u1", (1,) * 32)
        self.add("32-dimensions.npy", npy(many), many)

    def add_strided(self):
        """Tensors alone have strides of their own."""
        whole = np.arange(24, dtype="<i4")
        lib = np.lib.stride_tricks.as_strided
        for name, shape, strides in [
            ("every-second", (3, 4), (32, 8)),
            ("moved-axes", (2, 3, 4), (16, 32, 4)),
            ("overlapping", (5, 4), (4, 4)),
            ("one-for-all", (3,), (0,)),
        ]:
            values = lib(whole, shape, strides)
            self.add(f"strided-{name}.tensor", tensor(values, strides, whole.tobytes()), values, strides=list(strides))
        values = whole.reshape(4, 6)
        self.add("no-strides.tensor", tensor(values, None, whole.tobytes()), values)

    def add_refused(self):
        values = np.arange(4, dtype="<i4")
        whole = npy(values)
        self.refuse("big-endian.npy", npy(values.astype(">i4")), "numbers are big endian")
        mixed = np.zeros(2, [("a", "<f8"), ("b", ">i4")])
        self.refuse("big-endian-field.npy", npy(mixed), "numbers of a field are big endian")
        self.refuse("objects.npy", whole.replace(b"'<i4'", b"'|O' "), "the elements are objects")
        self.refuse("no-length.npy", whole.replace(b"'<i4'", b"'|S0'"), "the elements are texts of length 0")
        self.refuse("version-4.npy", whole[:6] + b"\4" + whole[7:], "there is no version 4.0")
        self.refuse("cut.npy", whole[:-1], "a byte of the data is missing")
        self.refuse("cut-header.npy", whole[:40], "the header is cut")
        self.refuse("behind.npy", whole + bytes(8), "behind the data there is something that is no trailer")
        self.refuse("negative.npy", whole.replace(b"(4,)", b"(-4,)"), "a length is negative")
        for name, changed, what in [
            ("shape", {"shape": [5]}, "the trailer has another shape"),
            ("type", {"descr": "<i2"}, "the trailer has another type"),
            ("strides", {"strides": [8]}, "the trailer has other strides"),
            ("version", {"version": 2}, "there is no version 2 of a trailer"),
            ("names", {"dimensions": []}, "the trailer has too few names"),
            ("attributes", {"attributes": {"a": 1}}, "an attribute is no text"),
        ]:
            trailer = trailer_of(values, [""], {}, changed)
            self.refuse(f"trailer-{name}.npy", npy(values, trailer=trailer), what)
        data = values.tobytes()
        self.refuse("negative-strides.tensor", tensor(values, [-4], data), "a stride is negative")
        self.refuse("far-strides.tensor", tensor(values, [8], data), "the strides lead beyond the data")
        self.refuse("few-strides.tensor", tensor(values, [], data)[:-1], "the last byte is missing")
        self.refuse("version-4.tensor", tensor(values, [4], data, version=flatbuffer.VERSION_4), "the message has version V4")
        metadata = [("arrow-shm.dtype", "<i8")]
        self.refuse("other-type.tensor", tensor(values, [4], data, metadata=metadata), "the metadata has another type")
        self.refuse("twice.tensor", tensor(values, [4], data, metadata=[("a", "1"), ("a", "2")]), "an attribute is there twice")


def type_name(number_of_type, dtype):
    if not isinstance(dtype, str):
        return f"structure-{number_of_type - len(TENSORS + OTHERS)}"
    return "".join(character for character in dtype if character.isalnum())
