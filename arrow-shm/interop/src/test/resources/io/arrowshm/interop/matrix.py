"""matrix.py POOL: a participant that reads, publishes anew and renders, on command. Values are as in the format's test vectors."""

import decimal
import io
import json
import math
import sys

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

import arrow_shm as shm

SAFE = (1 << 53) - 1


def whole(number):
    return number if -SAFE <= number <= SAFE else str(number)


def real(number):
    return "nan" if math.isnan(number) else repr(float(number))


def array(values):
    rendered = {"dtype": spelled(values.dtype), "shape": list(values.shape)}
    if values.dtype.names:
        return rendered | {"fields": {name: array(values[name]) for name in values.dtype.names}}
    return rendered | {"values": [element(value) for value in np.asarray(values).ravel(order="C")]}


def spelled(dtype):
    descr = np.lib.format.dtype_to_descr(dtype)
    return descr if isinstance(descr, str) else repr(descr)


def element(value):
    match value.dtype.kind:
        case "b":
            return bool(value)
        case "i" | "u":
            return whole(int(value))
        case "f":
            return real(value)
        case "c":
            return [real(value.real), real(value.imag)]
        case "M" | "m":
            return "NaT" if np.isnat(value) else whole(int(value.view("<i8")))
        case "S":
            return bytes(value).hex()
    return str(value)


def table(values):
    columns = [[cell for chunk in column.chunks for cell in cells(chunk)] for column in values.columns]
    return {"rows": values.num_rows, "names": values.column_names, "columns": columns}


def cells(values):
    """The values of a pyarrow array."""
    kind = values.type
    if isinstance(values, pa.ExtensionArray):
        return cells(values.storage)
    if pa.types.is_dictionary(kind):
        decoded = cells(values.dictionary)
        return [None if index is None else decoded[index] for index in values.indices.to_pylist()]
    if pa.types.is_union(kind):
        children = [cells(values.field(i)) for i in range(kind.num_fields)]
        places = {code: i for i, code in enumerate(kind.type_codes)}
        offsets = values.offsets.to_pylist() if kind.mode == "dense" else range(len(values))
        return [[code, children[places[code]][offset]] for code, offset in zip(values.type_codes.to_pylist(), offsets)]
    valid = values.is_valid().to_pylist()
    return [value if is_valid else None for value, is_valid in zip(present(values), valid)]


def present(values):
    """The same where all are valid; what stands elsewhere does not matter."""
    kind = values.type
    if pa.types.is_map(kind):
        entries = [cells(values.keys), cells(values.items)]
        return [[[key[i] for key in entries] for i in range(*ends)] for ends in offsets(values)]
    if pa.types.is_fixed_size_list(kind):
        elements = cells(values.values)
        starts = [(values.offset + i) * kind.list_size for i in range(len(values))]
        return [elements[start : start + kind.list_size] for start in starts]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        elements = cells(values.values)
        return [elements[start:end] for start, end in offsets(values)]
    if pa.types.is_struct(kind):
        children = [cells(values.field(i)) for i in range(kind.num_fields)]
        return [list(row) for row in zip(*children)]
    if pa.types.is_temporal(kind) and not pa.types.is_interval(kind):
        return [None if number is None else whole(number) for number in values.view(f"int{kind.bit_width}").to_pylist()]
    return [python(value) for value in values.to_pylist()]


def offsets(values):
    ends = values.offsets.to_pylist()
    return list(zip(ends, ends[1:]))


def python(value):
    match value:
        case None | bool() | str():
            return value
        case int():
            return whole(value)
        case float() | np.floating():
            return real(value)
        case decimal.Decimal():
            return format(value, "f")
        case bytes():
            return value.hex()
        case pa.MonthDayNano():
            return [whole(part) for part in value]
    raise TypeError(type(value))


def read(name):
    dataset = pool[name]
    segments = {path: table(value) if isinstance(value, pa.Table) else array(value) for path, value in dataset.items()}
    return json.dumps({"attributes": dataset.attrs, "segments": segments})


def frames(name):
    """Whether dataframes have the same values, from the pool's memory, as pyarrow."""
    rows = 0
    for values in pool[name].values():
        expected = values.to_pylist()
        from_pandas = values.to_pandas(types_mapper=pd.ArrowDtype).to_dict("records")
        read = {
            "polars": pl.from_arrow(values).to_dicts(),
            "duckdb": duckdb.sql("SELECT * FROM values").to_arrow_table().to_pylist(),
            "pandas": [{key: missing(value) for key, value in row.items()} for row in from_pandas],
        }
        for library, got in read.items():
            if repr(got) != repr(expected):
                return f"{library} has {got}, pyarrow {expected}"
        rows += len(expected)
    return f"equal {rows}"


def missing(value):
    if value is pd.NA or value is pd.NaT:
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def common():
    """Types that every library has, with nulls, in two batches."""
    rows = {
        "whole": pa.array([1, None, -(1 << 62)], pa.int64()),
        "small": pa.array([127, -128, None], pa.int8()),
        "unsigned": pa.array([None, 0, 65535], pa.uint16()),
        "real": pa.array([0.5, None, -1e300]),
        "truth": pa.array([True, None, False]),
        "text": pa.array(["größe", "", None]),
        "bytes": pa.array([b"\0\xff", None, b""]),
        "day": pa.array([None, 0, 19000], pa.date32()),
        "list": pa.array([[1, None], None, []], pa.list_(pa.int32())),
        "structure": pa.array([{"a": 1, "b": "x"}, {"a": None, "b": None}, {"a": 3, "b": "z"}]),
        "decimal": pa.array([decimal.Decimal("1.25"), None, decimal.Decimal("-99.00")], pa.decimal128(10, 2)),
    }
    batch = pa.RecordBatch.from_pydict(rows)
    return pa.Table.from_batches([batch, batch.slice(1)])


def rewrite(source, target):
    dataset = pool[source]
    pool.put(target, dict(dataset), persistent=True, attrs=dataset.attrs)
    return "done"


def answer(command, *words):
    match command:
        case "common":
            pool.put(words[0], {"table": common(), "empty": common().slice(0, 0)}, persistent=True)
            return "done"
        case "read":
            return read(*words)
        case "rewrite":
            return rewrite(*words)
        case "frames":
            return frames(*words)
    raise ValueError(command)


pool = shm.open(sys.argv[1], create=False)
print("open", flush=True)
for line in io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8"):
    print(answer(*line.split()), flush=True)
