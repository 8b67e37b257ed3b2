"""Reads a lent segment under a lease, as FORMAT.md says. Commands on standard input, answers on standard output."""
import fcntl
import json
import mmap
import os
import struct
import sys
import zlib

lent = json.loads(sys.argv[1])
slot = lent["slot"]


def lease(kind):
    lock = struct.pack("hhqqi4x", kind, os.SEEK_SET, slot, 1, 0)
    fcntl.fcntl(leases, fcntl.F_OFD_SETLK, lock)


leases = os.open(lent["leases"], os.O_RDONLY)
lease(fcntl.F_RDLCK)
with open(lent["generations"], "rb") as generations:
    generation = struct.unpack("<q", os.pread(generations.fileno(), 8, 8 * slot))[0]
if generation != lent["generation"]:
    print("stale", flush=True)
    sys.exit()
page = lent["offset"] // mmap.PAGESIZE * mmap.PAGESIZE
start = lent["offset"] - page
with open(lent["file"], "rb") as slab:
    memory = mmap.mmap(slab.fileno(), start + lent["length"], prot=mmap.PROT_READ, offset=page)
for line in sys.stdin:
    if line.strip() == "read":
        print(zlib.crc32(memoryview(memory)[start : start + lent["length"]]), flush=True)
    elif line.strip() == "return":
        lease(fcntl.F_UNLCK)
        print("returned", flush=True)
