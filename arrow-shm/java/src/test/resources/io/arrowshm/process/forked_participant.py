"""Takes a participant's place, as FORMAT.md says in section 6, and forks a child, which has the descriptor of its lock.

forked_participant.py EXAMPLES POOL PLACE
"""
import fcntl
import mmap
import os
import signal
import struct
import sys
import time

sys.path.insert(0, sys.argv[1])
import read

place = int(sys.argv[3])
pool = read.Pool(read.pools()[sys.argv[2]])
lock = read.opened("participants", pool.directory, flags=os.O_RDWR)
fcntl.fcntl(lock, fcntl.F_OFD_SETLK, struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, place, 1, 0))
record = pool.words("participants", os.O_RDWR)[place * 256 // 8 :]
record[1], record[2], record[3] = int(time.time() * 1000), int.from_bytes(os.urandom(8), "little", signed=True) | 1, 0
record[0] = os.getpid()
child = os.fork()
if child:
    print(child, flush=True)
while True:
    signal.pause()
