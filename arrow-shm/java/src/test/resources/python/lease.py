"""Reads a lent segment under a lease, as FORMAT.md says. Commands on standard input, answers on standard output."""
import fcntl
import json
import mmap
import os
import stat
import struct
import sys
import zlib

lent = json.loads(sys.argv[1])
slot = lent["slot"]
pool, pool_id = os.path.split(lent["leases"])[0], lent["leases"].split("/")[-2][-16:]


def opened(name, kind, directory=None):
    """A file or directory of the pool: this user's alone, and no link that leads elsewhere."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
    status = os.fstat(descriptor)
    if not kind(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        sys.exit(f"{name} is not what this user alone has made")
    return descriptor


def lease(kind):
    lock = struct.pack("hhqqi4x", kind, os.SEEK_SET, slot, 1, 0)
    fcntl.fcntl(leases, fcntl.F_OFD_SETLK, lock)


directory = opened(pool, stat.S_ISDIR)
with open(opened("pool.json", stat.S_ISREG, directory)) as description:
    if json.load(description)["poolId"] != pool_id:
        sys.exit(f"{pool} is another pool")
leases = opened("leases", stat.S_ISREG, directory)
lease(fcntl.F_RDLCK)
lease(fcntl.F_RDLCK)  # The fence of section 9.6.
with open(opened("generations", stat.S_ISREG, directory), "rb") as generations:
    generation = struct.unpack("<q", os.pread(generations.fileno(), 8, 8 * slot))[0]
if generation != lent["generation"]:
    print("stale", flush=True)
    sys.exit()
slabs = opened("slabs", stat.S_ISDIR, directory)
page = lent["offset"] // mmap.PAGESIZE * mmap.PAGESIZE
start = lent["offset"] - page
with open(opened(os.path.basename(lent["file"]), stat.S_ISREG, slabs), "rb") as slab:
    memory = mmap.mmap(slab.fileno(), start + lent["length"], prot=mmap.PROT_READ, offset=page)
for line in sys.stdin:
    if line.strip() == "read":
        print(zlib.crc32(memoryview(memory)[start : start + lent["length"]]), flush=True)
    elif line.strip() == "return":
        lease(fcntl.F_UNLCK)
        print("returned", flush=True)
