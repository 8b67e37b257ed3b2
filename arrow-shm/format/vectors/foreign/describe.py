"""Says what is to be read in the files here, as pyarrow reads them, in the words of arrow-files.json. See README.md."""

import sys
from pathlib import Path

import pyarrow as pa

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from make import document  # noqa: E402
from make_arrow_files import described, texts_of, values_of  # noqa: E402


def case(path):
    try:
        return reading(path)
    except pa.ArrowInvalid as e:
        return {"file": path.name, "what": str(e), "errors": ["corrupt"]}


def reading(path):
    stream = path.suffix == ".arrows"
    with (pa.ipc.open_stream if stream else pa.ipc.open_file)(path) as reader:
        batches = list(reader) if stream else [reader.get_batch(i) for i in range(reader.num_record_batches)]
        schema = reader.schema
    compressed = path.stem.endswith(("lz4", "zstd"))
    return {
        "file": path.name,
        "what": path.stem.replace("-", ", "),
        "becomes": "a file" if stream or compressed else "the same bytes",
        "fields": [described(field) for field in schema],
        "metadata": texts_of(schema.metadata),
        "batches": [{"rows": batch.num_rows, "columns": [values_of(column) for column in batch.columns]} for batch in batches],
    }


document(HERE / "expected.json", [case(path) for path in sorted(HERE.glob("*.arrow*"))])
