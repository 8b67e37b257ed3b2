"""Files of pyarrow, polars and DuckDB, in the ways that they can write them. See README.md."""

import datetime
import sys
from pathlib import Path

import duckdb
import duckdb_extension_arrow
import polars as pl
import pyarrow as pa

OUT = Path(sys.argv[1])

TEXTS = ["größe", None, "日本語 of more than twelve bytes"]
PLAIN = {
    "i8": pa.array([-128, None, 127], pa.int8()),
    "u64": pa.array([(1 << 64) - 1, None, 0], pa.uint64()),
    "f64": pa.array([0.1, None, -0.0], pa.float64()),
    "truth": pa.array([True, None, False]),
    "text": pa.array(TEXTS),
    "time": pa.array([0, None, 1_700_000_000_000_000], pa.timestamp("us", tz="UTC")),
    "day": pa.array([0, None, 19_000], pa.date32()),
}
NESTED = {
    "list": pa.array([[1, None], None, []], pa.list_(pa.int32())),
    "struct": pa.array([{"a": 1, "b": ["x"]}, None, {"a": None, "b": None}], pa.struct({"a": pa.int64(), "b": pa.list_(pa.string())})),
    "map": pa.array([[("k", 1)], None, []], pa.map_(pa.string(), pa.int32())),
}


def pyarrow(name, tables, stream=False, **options):
    tables = [table if isinstance(table, pa.RecordBatch) else table.combine_chunks().to_batches()[0] for table in tables]
    open_writer = pa.ipc.new_stream if stream else pa.ipc.new_file
    suffix = "arrows" if stream else "arrow"
    with open_writer(OUT / f"pyarrow-{name}.{suffix}", tables[0].schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        for batch in tables:
            writer.write_batch(batch)


def write_pyarrow():
    plain, nested = pa.record_batch(PLAIN), pa.record_batch(NESTED)
    encoded = pa.record_batch({"word": pa.array(["b", "a", None, "b"]).dictionary_encode(), "views": pa.array(TEXTS + ["é"], pa.string_view())})
    pyarrow("plain", [plain])
    pyarrow("plain-v4", [plain], metadata_version=pa.ipc.MetadataVersion.V4)
    pyarrow("legacy", [plain], metadata_version=pa.ipc.MetadataVersion.V4, use_legacy_format=True)
    pyarrow("batches", [plain.slice(0, 2), plain.slice(0, 0), plain.slice(2, 1)])
    pyarrow("no-rows", [plain.slice(0, 0)])
    pyarrow("nested", [nested, nested.slice(1, 2)])
    pyarrow("dictionary", [encoded, encoded.slice(1, 2)])
    pyarrow("lz4", [plain, plain.slice(1, 1)], compression="lz4")
    pyarrow("zstd", [nested], compression="zstd")
    pyarrow("dictionary-zstd", [encoded], compression="zstd")
    pyarrow("plain", [plain, plain], stream=True)
    pyarrow("dictionary-lz4", [encoded, encoded], stream=True, compression="lz4")


def write_polars():
    plain = pl.DataFrame(
        {
            "i8": pl.Series([-128, None, 127], dtype=pl.Int8),
            "u64": pl.Series([(1 << 64) - 1, None, 0], dtype=pl.UInt64),
            "f64": [0.1, None, -0.0],
            "truth": [True, None, False],
            "text": TEXTS,
            "time": pl.Series([0, None, 1_700_000_000_000_000], dtype=pl.Int64).cast(pl.Datetime("us", "UTC")),
            "day": [datetime.date(1970, 1, 1), None, datetime.date(2022, 1, 8)],
        }
    )
    nested = pl.DataFrame({"list": [[1, None], None, []], "struct": [{"a": 1, "b": ["x"]}, {"a": None, "b": None}, {"a": 3, "b": []}]})
    encoded = pl.DataFrame({"word": pl.Series(["b", "a", None, "b"], dtype=pl.Categorical), "level": pl.Series(["low", "high", "low", None], dtype=pl.Enum(["low", "high"]))})
    for name, frame in (("plain", plain), ("nested", nested), ("dictionary", encoded), ("no-rows", plain.clear())):
        frame.write_ipc(OUT / f"polars-{name}.arrow", compression="uncompressed")
    plain.write_ipc(OUT / "polars-batches.arrow", compression="uncompressed", record_batch_size=2)
    plain.write_ipc(OUT / "polars-oldest.arrow", compression="uncompressed", compat_level=pl.CompatLevel.oldest())
    plain.write_ipc(OUT / "polars-lz4.arrow", compression="lz4")
    encoded.write_ipc(OUT / "polars-zstd.arrow", compression="zstd")
    plain.write_ipc_stream(OUT / "polars-plain.arrows", compression="uncompressed")


def write_duckdb():
    """Its extension makes the messages of a stream, a row each: the schema, and record batches."""
    session = duckdb.connect()
    extension = Path(duckdb_extension_arrow.__file__).parent / "extensions" / f"v{duckdb.__version__}" / "arrow.duckdb_extension"
    session.execute(f"LOAD '{extension}'")
    plain = (
        "SELECT * FROM (VALUES (CAST(-128 AS TINYINT), CAST(18446744073709551615 AS UBIGINT), CAST(0.1 AS DOUBLE), true, 'größe', "
        "DATE '1970-01-01', TIMESTAMP '2023-11-14 22:13:20'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL)) AS t(i8, u64, f64, truth, text, day, time)"
    )
    nested = "SELECT [1, NULL] AS list, {'a': 1, 'b': ['x']} AS struct, MAP {'k': 1} AS map UNION ALL SELECT NULL, NULL, NULL"
    encoded = "SELECT CAST(w AS ENUM('low', 'high')) AS level FROM (VALUES ('low'), ('high'), (NULL), ('low')) AS t(w)"
    # Of an ENUM it writes the indices alone, so that nobody can read that; and of no rows nothing at all.
    for name, query in (("plain", plain), ("nested", nested), ("no-dictionary", encoded)):
        messages = session.execute(f"SELECT ipc FROM to_arrow_ipc(({query}))").fetchall()
        (OUT / f"duckdb-{name}.arrows").write_bytes(b"".join(message for message, in messages))


write_pyarrow()
write_polars()
write_duckdb()
