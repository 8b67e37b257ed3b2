"""Writes Arrow files of everything that Java can read in place into a folder of a pool, and a copy beside this script."""
import datetime
import decimal
import os
import shutil
import sys

import numpy as np
import polars as pl
import pyarrow as pa

incoming, copies = sys.argv[1:]
ROWS = 1000


def sometimes(values, every=7):
    return [None if i % every == 0 else value for i, value in enumerate(values)]


def columns(start):
    numbers = range(start, start + ROWS)
    texts = [f"text {i} " * (i % 5) for i in numbers]
    return {
        "int8": pa.array(sometimes([i % 128 for i in numbers]), pa.int8()),
        "uint64": pa.array(numbers, pa.uint64()),
        "half": pa.array(sometimes([i / 2 for i in numbers]), pa.float64()).cast(pa.float32()).cast(pa.float16()),
        "double": pa.array([i / 3 for i in numbers], pa.float64()),
        "bool": pa.array(sometimes([i % 3 == 0 for i in numbers])),
        "decimal": pa.array(sometimes([decimal.Decimal(i) / 100 for i in numbers]), pa.decimal128(20, 2)),
        "date": pa.array([datetime.date(2000, 1, 1) + datetime.timedelta(days=i % 9999) for i in numbers]),
        "time": pa.array(sometimes(numbers), pa.time64("us")),
        "timestamp": pa.array(sometimes(numbers), pa.timestamp("ns", tz="UTC")),
        "duration": pa.array(sometimes(numbers), pa.duration("ms")),
        "interval": pa.array(sometimes([(i % 12, i % 28, i) for i in numbers]), pa.month_day_nano_interval()),
        "text": pa.array(sometimes(texts)),
        "large_binary": pa.array(sometimes([t.encode() for t in texts]), pa.large_binary()),
        "fixed": pa.array(sometimes([i.to_bytes(4, "big") for i in numbers]), pa.binary(4)),
        "list": pa.array(sometimes([list(range(i % 4)) for i in numbers])),
        "large_list": pa.array(sometimes([["x"] * (i % 3) for i in numbers]), pa.large_list(pa.string())),
        "fixed_list": pa.array(sometimes([[i, i] for i in numbers]), pa.list_(pa.int32(), 2)),
        "struct": pa.array(sometimes([{"a": i, "b": {"c": str(i)}} for i in numbers])),
        "map": pa.array(sometimes([[(str(i), i)] for i in numbers]), pa.map_(pa.string(), pa.int64())),
        "nothing": pa.nulls(ROWS),
        "view": pa.array(sometimes(texts), pa.string_view()),
        "binary_view": pa.array(sometimes([t.encode() for t in texts]), pa.binary_view()),
        "text_dictionary": dictionary(numbers, pa.int8(), pa.array(["a", "b", None, "d"])),
        "struct_dictionary": dictionary(
            numbers, pa.uint16(), pa.array([{"x": 1, "y": dict_value} for dict_value in "pqrs"])
        ),
        "list_of_dictionary": pa.ListArray.from_arrays(
            pa.array(range(ROWS + 1), pa.int32()), dictionary(numbers, pa.int32(), pa.array([1.5, 2.5, 3.5, 4.5]))
        ),
        "sparse": pa.UnionArray.from_sparse(
            pa.array([(5, 9)[i % 2] for i in numbers], pa.int8()),
            [pa.array(numbers, pa.int64()), pa.array(texts)],
            ["i", "t"],
            [5, 9],
        ),
        "dense": pa.UnionArray.from_dense(
            pa.array([i % 2 for i in range(ROWS)], pa.int8()),
            pa.array([i // 2 for i in range(ROWS)], pa.int32()),
            [pa.array(range(ROWS // 2)), pa.array([[j] * (j % 3) for j in range(ROWS // 2)])],
            ["i", "list"],
        ),
    }


def dictionary(numbers, index_type, values):
    return pa.DictionaryArray.from_arrays(pa.array(sometimes([i % 4 for i in numbers]), index_type), values)


def write(name, schema, batches, **options):
    path = os.path.join(incoming, "." + name)
    with pa.ipc.new_file(path, schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)
    shutil.copy(path, os.path.join(copies, name))
    os.rename(path, os.path.join(incoming, name))


batches = [pa.record_batch(columns(start)) for start in (0, 5000, 100)]
schema = batches[0].schema
write("several", schema, batches)
write("one", schema, batches[:1])
write("none", schema, [])
write("sliced", schema, [batches[0].slice(13, 77), batches[1].slice(0, 0)])
plain = pa.record_batch({name: batches[0][name] for name in ("int8", "text", "list", "text_dictionary")})
write("version4", plain.schema, [plain, plain], metadata_version=pa.ipc.MetadataVersion.V4)
write("before015", plain.schema, [plain], metadata_version=pa.ipc.MetadataVersion.V4, use_legacy_format=True)
write("zstd", schema, [batches[0], batches[1].slice(5, 9)], compression="zstd")
write("lz4", schema, [batches[0]], compression="lz4")


def write_stream(name, schema, batches, **options):
    """A stream; the copy, for comparison, is a file."""
    write(name, schema, batches)
    with pa.ipc.new_stream(os.path.join(incoming, name), schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in batches:
            writer.write_batch(batch)


write_stream("stream", schema, batches[:2])
write_stream("zstd_stream", schema, batches[:2], compression="zstd")
frame = pl.DataFrame({"i": [1, None, 3], "t": ["a", None, "more than twelve bytes"], "l": [[1], [], None]})
for path in (os.path.join(copies, "polars"), os.path.join(incoming, "polars")):
    frame.write_ipc(path, compression="zstd")
delta = [
    pa.record_batch({"d": pa.DictionaryArray.from_arrays(pa.array([0]), pa.array(values))})
    for values in (["a"], ["a", "b"])
]
write("delta", delta[0].schema, delta, emit_dictionary_deltas=True)
write_stream("delta_stream", delta[0].schema, delta[:1])
with pa.ipc.new_stream(
    os.path.join(incoming, "delta_stream"),
    delta[0].schema,
    options=pa.ipc.IpcWriteOptions(emit_dictionary_deltas=True),
) as writer:
    for batch in delta:
        writer.write_batch(batch)
for name, array in {
    "list_view": pa.array([[1], [2, 3]], pa.list_view(pa.int64())),
    "run_ends": pa.RunEndEncodedArray.from_arrays([3, 5], [1, 2]),
    "decimal64": pa.array([decimal.Decimal(1)], pa.decimal64(9, 2)),
}.items():
    batch = pa.record_batch({"c": array})
    write(name, batch.schema, [batch])
for name, array in {
    "big_endian": np.zeros(3, ">f8"),
    "big_endian_structure": np.zeros(3, [("a", "<f8"), ("b", ">i4")]),
}.items():
    with open(os.path.join(incoming, name), "wb") as file:
        np.save(file, array)
