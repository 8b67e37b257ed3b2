"""Arrow files, and what becomes one, of every type that a segment can have, with their values. Numbers: sections of FORMAT.md."""

import ctypes
import decimal
import struct

import numpy as np
import pyarrow as pa

import flatbuffer
from values import NAN_BITS, number, real

FILE_MAGIC = b"ARROW1"
END_OF_STREAM = struct.pack("<iI", -1, 0)


class CSchema(ctypes.Structure):
    """Of Arrow's C data interface, whose names of types every implementation has."""


CSchema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_void_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(CSchema))),
    ("dictionary", ctypes.POINTER(CSchema)),
    ("release", ctypes.CFUNCTYPE(None, ctypes.POINTER(CSchema))),
    ("private_data", ctypes.c_void_p),
]


def type_name(data_type):
    exported = CSchema()
    pa.field("", data_type)._export_to_c(ctypes.addressof(exported))
    name = exported.format.decode()
    exported.release(ctypes.byref(exported))
    return name


def described(field):
    data_type = field.type.storage_type if isinstance(field.type, pa.BaseExtensionType) else field.type
    result = {"name": field.name, "type": type_name(data_type), "nullable": field.nullable}
    if pa.types.is_dictionary(data_type):
        result["dictionary"] = described(pa.field("", data_type.value_type))
    else:
        children = [described(data_type.field(i)) for i in range(data_type.num_fields)]
        # What a list's or a map's child is called is nobody's concern.
        if pa.types.is_nested(data_type) and not pa.types.is_struct(data_type) and not pa.types.is_union(data_type):
            children = [{**child, "name": ""} for child in children]
        if children:
            result["children"] = children
    return result


def values_of(array):
    data_type = array.type
    if isinstance(data_type, pa.BaseExtensionType):
        return values_of(array.storage)
    if pa.types.is_dictionary(data_type):
        meanings = values_of(array.dictionary)
        return [None if index is None else meanings[index] for index in array.indices.to_pylist()]
    if pa.types.is_union(data_type):
        return [union_value(array, i) for i in range(len(array))]
    plain = [] if pa.types.is_null(data_type) else plain_values(array)
    return [plain[i] if array[i].is_valid else None for i in range(len(array))]


def union_value(array, i):
    """The type's id, and the value."""
    buffers = array.buffers()
    code = np.frombuffer(buffers[1], "<i1")[array.offset + i].item()
    # Neither codes nor offsets of a slice are sliced, and of the children only those of a sparse union.
    index = np.frombuffer(buffers[2], "<i4")[array.offset + i].item() if array.type.mode == "dense" else i
    field = array.field(array.type.type_codes.index(code))
    return [code, values_of(field.slice(index, 1))[0]]


def each(spelling, array):
    return [None if value is None else spelling(value) for value in array.to_pylist()]


def plain_values(array):
    """Where nothing is valid anything stands."""
    data_type = array.type
    is_type = pa.types
    if is_type.is_boolean(data_type):
        return array.to_pylist()
    if is_type.is_integer(data_type):
        return each(number, array)
    if is_type.is_floating(data_type):
        width = f"<f{data_type.bit_width // 8}"
        return [real(value) for value in np.frombuffer(array.buffers()[1], width)[array.offset : array.offset + len(array)]]
    if is_type.is_decimal(data_type):
        return each(lambda value: format(value, "f"), array)
    if is_type.is_interval(data_type):
        return each(lambda value: [number(part) for part in value], array)
    if is_type.is_temporal(data_type):
        return each(number, array.view(pa.int32() if data_type.bit_width == 32 else pa.int64()))
    if is_type.is_string(data_type) or is_type.is_large_string(data_type) or is_type.is_string_view(data_type):
        return array.to_pylist()
    if is_type.is_map(data_type):
        return [[list(pair) for pair in zip(*map(values_of, entry.values.flatten()))] if entry.is_valid else None for entry in array]
    if is_type.is_nested(data_type) and not is_type.is_struct(data_type):
        return [values_of(entry.values) if entry.is_valid else None for entry in array]
    if is_type.is_struct(data_type):
        children = [values_of(array.field(i)) for i in range(data_type.num_fields)]
        return [list(row) for row in zip(*children)] if children else [[] for _ in range(len(array))]
    return each(bytes.hex, array)


def table():
    """A column of every type that 12.1.1 allows and pyarrow can make."""
    texts = ["", None, "größe", "日本語 of more than twelve bytes"]
    data = [text and text.encode() for text in texts]
    columns = {
        "null": pa.nulls(4),
        "bool": pa.array([True, None, False, True]),
        "int8": pa.array([127, -128, None, 0], pa.int8()),
        "int16": pa.array([32767, -32768, None, 0], pa.int16()),
        "int32": pa.array([(1 << 31) - 1, -(1 << 31), None, 0], pa.int32()),
        "int64": pa.array([(1 << 63) - 1, -(1 << 63), None, (1 << 53) + 1], pa.int64()),
        "uint8": pa.array([255, 0, None, 1], pa.uint8()),
        "uint16": pa.array([65535, 0, None, 1], pa.uint16()),
        "uint32": pa.array([(1 << 32) - 1, 0, None, 1], pa.uint32()),
        "uint64": pa.array([(1 << 64) - 1, 0, None, 1 << 53], pa.uint64()),
        "float16": floats(2),
        "float32": floats(4),
        "float64": floats(8),
        "decimal128": pa.array([decimal.Decimal("-12345678901234567.89"), None, decimal.Decimal(0), decimal.Decimal("0.01")], pa.decimal128(38, 2)),
        "decimal256": pa.array([decimal.Decimal(-(10**60)), None, decimal.Decimal(7), decimal.Decimal(10**75)], pa.decimal256(76, 0)),
        "date32": pa.array([-1, None, 0, 19_000], pa.date32()),
        "date64": pa.array([-86_400_000, None, 0, 86_400_000], pa.date64()),
        "time32": pa.array([0, None, 1, 86_399], pa.time32("s")),
        "time32[ms]": pa.array([0, None, 1, 86_399_999], pa.time32("ms")),
        "time64": pa.array([0, None, 1, 86_399_999_999], pa.time64("us")),
        "time64[ns]": pa.array([0, None, 1, 86_399_999_999_999], pa.time64("ns")),
        "timestamp": pa.array([-(1 << 62), None, 0, (1 << 53) + 1], pa.timestamp("ns")),
        "timestamp[s, zone]": pa.array([-1, None, 0, 1_700_000_000], pa.timestamp("s", tz="Europe/Berlin")),
        "duration": pa.array([-1, None, 0, (1 << 53) + 1], pa.duration("us")),
        "interval": pa.array([(1, -2, 3), None, (0, 0, 0), (-1, 2, -(1 << 60))], pa.month_day_nano_interval()),
        "fixed": pa.array([b"\0\xff", None, b"ab", b"  "], pa.binary(2)),
        "binary": pa.array(data, pa.binary()),
        "large_binary": pa.array(data, pa.large_binary()),
        "text": pa.array(texts, pa.string()),
        "large_text": pa.array(texts, pa.large_string()),
        "binary_view": pa.array(data, pa.binary_view()),
        "text_view": pa.array(texts, pa.string_view()),
        "list": pa.array([[1, None], None, [], [2]], pa.list_(pa.int16())),
        "large_list": pa.array([["a", None], None, [], ["b"]], pa.large_list(pa.string())),
        "fixed_list": pa.array([[1, 2], None, [None, 3], [4, 5]], pa.list_(pa.int8(), 2)),
        "struct": pa.array([{"a": 1, "b": {"c": "x"}}, None, {"a": None, "b": None}, {"a": 2, "b": {"c": None}}], nested()),
        "map": pa.array([[("a", 1), ("b", None)], None, [], [("", 2)]], pa.map_(pa.string(), pa.int64())),
        "dense_union": pa.UnionArray.from_dense(
            pa.array([7, 3, 7, 3], pa.int8()), pa.array([0, 0, 1, 1], pa.int32()), [pa.array([1, None]), pa.array(["x", "y"])], ["i", "t"], [7, 3]
        ),
        "sparse_union": pa.UnionArray.from_sparse(
            pa.array([0, 1, 0, 1], pa.int8()), [pa.array([1, 2, None, 4]), pa.array(["x", "y", "z", None])], ["i", "t"]
        ),
        "text_dictionary": encoded([0, None, 2, 0], pa.int8(), pa.array(["a", "b", "größe"])),
        "number_dictionary": encoded([1, None, 0, 1], pa.uint16(), pa.array([1.5, -0.5])),
        "list_of_dictionary": pa.ListArray.from_arrays(
            pa.array([0, 1, 1, 2, 4], pa.int32()), encoded([0, 1, None, 0], pa.int32(), pa.array([b"x", b"y"]))
        ),
        "extension": pa.ExtensionArray.from_storage(pa.opaque(pa.int32(), "measure", "vectors"), pa.array([1, None, 3, 4], pa.int32())),
    }
    fields = [pa.field(name, column.type, metadata={"of": name} if name == "int32" else None) for name, column in columns.items()]
    columns["always"] = pa.array([4, 3, 2, 1], pa.int64())
    fields.append(pa.field("always", pa.int64(), nullable=False))
    return pa.record_batch(list(columns.values()), schema=pa.schema(fields, metadata={"made by": "vectors", "größe": "日"}))


def nested():
    return pa.struct([("a", pa.int32()), ("b", pa.struct([("c", pa.string())]))])


def floats(size):
    """Also a NaN with bits of its own."""
    data = np.array([1.5, 0, -0.0, np.inf], f"<f{size}")
    data[3:].view(f"<u{size}")[0] = NAN_BITS[size]
    return pa.Array.from_buffers({2: pa.float16(), 4: pa.float32(), 8: pa.float64()}[size], 4, [pa.py_buffer(b"\x0d"), pa.py_buffer(data)])


def encoded(indices, index_type, values):
    return pa.DictionaryArray.from_arrays(pa.array(indices, index_type), values)


def file_of(batches, schema=None, stream=False, **options):
    sink = pa.BufferOutputStream()
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    with new(sink, schema or batches[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue().to_pybytes()


def big_endian_file():
    """Without columns and batches: the footer's schema says it."""
    builder = flatbuffer.Builder()
    fields = builder.references([])
    schema = builder.table({0: ("h", 1), 1: ("ref", fields)})
    footer = builder.finish(builder.table({0: ("h", flatbuffer.VERSION_5), 1: ("ref", schema)}))
    return FILE_MAGIC + bytes(2) + END_OF_STREAM + footer + struct.pack("<i", len(footer)) + FILE_MAGIC


class ArrowFiles:
    def __init__(self):
        self.files = {}
        self.cases = []

    def add(self, file, data, batches, schema=None, becomes="the same bytes", what=""):
        self.files[file] = data
        schema = schema or batches[0].schema
        self.cases.append(
            {
                "file": file,
                "what": what,
                "becomes": becomes,
                "fields": [described(field) for field in schema],
                "metadata": texts_of(schema.metadata),
                "batches": [
                    {"rows": batch.num_rows, "columns": [values_of(column) for column in batch.columns]} for batch in batches
                ],
            }
        )

    def refuse(self, file, data, what):
        self.files[file] = data
        self.cases.append({"file": file, "what": what, "errors": ["corrupt"]})

    def add_all(self):
        whole = table()
        few = whole.select(["int8", "text", "list", "text_dictionary", "float64"])
        rest = few.slice(1, 2)
        self.add("all-types.arrow", file_of([whole]), [whole], what="a column of every type")
        self.add("several.arrow", file_of([few, rest, few.slice(0, 0)]), [few, rest, few.slice(0, 0)], what="several batches, one of no rows")
        self.add("no-batch.arrow", file_of([], few.schema), [], few.schema, what="a schema, and no batch")
        no_columns = pa.record_batch([], schema=pa.schema([]))
        self.add("no-columns.arrow", file_of([no_columns]), [no_columns], what="a batch without columns")
        self.add("version-4.arrow", file_of([few, rest], metadata_version=pa.ipc.MetadataVersion.V4), [few, rest], what="messages of V4")
        twice = pa.record_batch([pa.array([1]), pa.array(["x"])], names=["a", "a"])
        self.add("one-name-twice.arrow", file_of([twice]), [twice], what="two columns have one name")
        self.add_changed(few)
        self.add_converted(whole, few, rest)
        self.add_refused(few)

    def add_changed(self, few):
        """Files that no writer at hand makes."""
        data = bytearray(file_of([few]))
        length = struct.unpack_from("<i", data, 12)[0]
        data[8 : 16 + length] = bytes(8 + length)
        self.add("no-schema-message.arrow", bytes(data), [few], what="zeros at byte 8: the schema is that of the footer")
        numbers = pa.record_batch([pa.array([1, None, 3], pa.int32())], names=["a"])
        data = file_of([numbers])
        node = struct.pack("<qq", 3, 1)
        assert data.count(node) == 1
        counted = pa.record_batch([pa.array([1, 0, 3], pa.int32())], names=["a"])
        self.add(
            "no-null-counted.arrow",
            data.replace(node, struct.pack("<qq", 3, 0)),
            [counted],
            what="a bit of the validity buffer is 0, and no null is counted: so nothing is null",
        )

    def add_converted(self, whole, few, rest):
        for name, options in {"lz4": {"compression": "lz4"}, "zstd": {"compression": "zstd"}}.items():
            long = pa.concat_tables([pa.table(few)] * 40).combine_chunks().to_batches()[0]
            self.add(f"{name}.arrow", file_of([long], **options), [long], becomes="a file without compression", what=f"compressed with {name}")
        self.add("stream.arrows", file_of([whole, whole.slice(1, 2)], stream=True), [whole, whole.slice(1, 2)], becomes="a file", what="a stream")
        self.add("stream-zstd.arrows", file_of([few, rest], stream=True, compression="zstd"), [few, rest], becomes="a file", what="a compressed stream")
        self.add("stream-empty.arrows", file_of([], few.schema, stream=True), [], few.schema, becomes="a file", what="a stream without batches")
        cut = file_of([few], stream=True)
        self.add("stream-open.arrows", cut[: -len(END_OF_STREAM)], [few], becomes="a file", what="a stream whose end is that of the file")

    def add_refused(self, few):
        for name, array, what in [
            ("list-view", pa.array([[1], [2, 3]], pa.list_view(pa.int64())), "a list view"),
            ("large-list-view", pa.array([[1], [2, 3]], pa.large_list_view(pa.int64())), "a large list view"),
            ("run-ends", pa.RunEndEncodedArray.from_arrays([3, 5], [1, 2]), "run ends"),
            ("decimal32", pa.array([decimal.Decimal(1)], pa.decimal32(9, 2)), "a decimal of 32 bits"),
            ("decimal64", pa.array([decimal.Decimal(1)], pa.decimal64(9, 2)), "a decimal of 64 bits"),
            ("no-width", pa.array([b"", b""], pa.binary(0)), "binary values of no width"),
        ]:
            self.refuse(f"{name}.arrow", file_of([pa.record_batch({"c": array})]), what)
        delta = [
            pa.record_batch({"d": encoded([0], pa.int32(), pa.array(values))}) for values in (["a"], ["a", "b"])
        ]
        self.refuse("delta.arrow", file_of(delta, emit_dictionary_deltas=True), "a dictionary in several parts")
        self.refuse("delta.arrows", file_of(delta, stream=True, emit_dictionary_deltas=True), "a dictionary in several parts")
        self.refuse("big-endian.arrow", big_endian_file(), "big endian")
        data = file_of([few])
        self.refuse("cut.arrow", data[:-1], "the last byte is missing")
        self.refuse("only-magic.arrow", data[:8], "nothing but the first 8 bytes")
        self.refuse("cut.arrows", file_of([few], stream=True)[:-100], "a stream that ends within a batch")
        self.refuse("text.arrow", b"Arrow, a text", "no beginning that is known")
        offsets = pa.record_batch({"t": pa.array(["abc", "de"])})
        data = file_of([offsets])
        right = struct.pack("<iii", 0, 3, 5)
        assert data.count(right) == 1
        self.refuse("offsets.arrow", data.replace(right, struct.pack("<iii", 0, 9, 5)), "an offset leads beyond the values")
        index = pa.record_batch({"d": encoded([0x55], pa.int8(), pa.array(["a"] * 0x56))})
        data = file_of([index])
        at = data.rindex(b"\x55" + bytes(7))
        self.refuse("index.arrow", data[:at] + b"\x56" + data[at + 1 :], "an index into a dictionary that has no such value")


def texts_of(metadata):
    return {key.decode(): value.decode() for key, value in (metadata or {}).items() if not key.startswith(b"ARROW:")}
