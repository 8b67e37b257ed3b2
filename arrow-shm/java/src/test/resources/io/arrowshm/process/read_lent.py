"""Reads a lent segment in place under a lease, as FORMAT.md says, with pyarrow."""
import fcntl
import json
import mmap
import os
import struct
import sys

import pyarrow as pa

lent = json.loads(sys.argv[1])
leases = os.open(lent["leases"], os.O_RDONLY)
for _ in "lease", "fence":
    fcntl.fcntl(leases, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, lent["slot"], 1, 0))
with open(lent["generations"], "rb") as generations:
    assert struct.unpack("<q", os.pread(generations.fileno(), 8, 8 * lent["slot"]))[0] == lent["generation"]
page = lent["offset"] // mmap.PAGESIZE * mmap.PAGESIZE
start = lent["offset"] - page
with open(lent["file"], "rb") as slab:
    memory = mmap.mmap(slab.fileno(), start + lent["length"], prot=mmap.PROT_READ, offset=page)
segment = pa.py_buffer(memory).slice(start, lent["length"])
table = pa.ipc.open_file(pa.BufferReader(segment)).read_all()
print("allocated", pa.total_allocated_bytes(), flush=True)
table.validate(full=True)
expected = pa.ipc.open_file(sys.argv[2]).read_all()
print("equal", table.equals(expected), table.num_rows, flush=True)
