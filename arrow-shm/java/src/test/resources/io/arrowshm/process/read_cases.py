"""Says of each file whether pyarrow reads all of it, with full validation, and how many batches it has."""
import os
import sys

import pyarrow as pa

for path in sys.argv[1:]:
    try:
        with open(path, "rb") as file:
            is_file = file.read(6) == b"ARROW1"
        if is_file:
            reader = pa.ipc.open_file(path)
            batches = [reader.get_batch(i) for i in range(reader.num_record_batches)]
        else:
            batches = list(pa.ipc.open_stream(path))
        for batch in batches:
            batch.validate(full=True)
        print(os.path.basename(path), len(batches), flush=True)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as e:
        print(os.path.basename(path), "refused", " ".join(str(e).split()), flush=True)
