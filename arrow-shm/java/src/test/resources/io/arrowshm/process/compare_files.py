"""Compares the batches that Java wrote, of what it had read in place, with the files they came from."""
import os
import sys

import pyarrow as pa

files, results = sys.argv[1:]
for result in sorted(os.listdir(results)):
    name, _, index = result.rpartition(".")
    path = os.path.join(files, name)
    with open(path, "rb") as file:
        is_file = file.read(6) == b"ARROW1"
    expected = pa.ipc.open_file(path).get_batch(int(index)) if is_file else list(pa.ipc.open_stream(path))[int(index)]
    expected.validate(full=True)
    actual = pa.ipc.open_file(os.path.join(results, result)).get_batch(0)
    actual.validate(full=True)
    different = [
        field.name
        for field, e, a in zip(expected.schema, expected.columns, actual.columns, strict=True)
        if not e.equals(a)
    ]
    print("different" if different else "ok", result, *different, flush=True)
