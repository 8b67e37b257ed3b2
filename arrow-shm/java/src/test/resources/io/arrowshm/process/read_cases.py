"""Says of each file whether pyarrow reads all of it, with full validation, and how many batches it has."""
import os
import sys

import pyarrow as pa

for path in sys.argv[1:]:
    try:
        reader = pa.ipc.open_file(path)
        for i in range(reader.num_record_batches):
            reader.get_batch(i).validate(full=True)
        print(os.path.basename(path), reader.num_record_batches, flush=True)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as e:
        print(os.path.basename(path), "refused", " ".join(str(e).split()), flush=True)
