"""Reads one dataset under a lease of its own, on command: a line on its input, an answer a line on its output.

named_reader.py EXAMPLES POOL DATASET
"""
import os
import signal
import sys

sys.path.insert(0, sys.argv[1])
import read

pool = read.Pool(read.pools()[sys.argv[2]])
context = pool.open(sys.argv[3])
manifest = pool.manifest(sys.argv[3])
attributes, segments = context.__enter__()


def forked(before=lambda: None):
    """A child that waits until it is killed."""
    before()
    child = os.fork()
    if child == 0:
        while True:
            signal.pause()
    return child


def joined():
    """What a second reader gets that knows the segment from the same manifest."""
    named = manifest["segments"][0]
    try:
        with read.contextlib.ExitStack() as leases:
            read.Pool(read.pools()[sys.argv[2]]).leased(leases, named["slot"], named["generation"], named["length"])
            return "joined"
    except read.Stale:
        return "stale"


answers = {
    "sum": lambda: sum(table["number"].to_numpy().sum() for table in segments.values()),
    "fork": forked,
    # As if the lock's descriptor had been inherited and not closed.
    "fork with the descriptor": lambda: forked(lambda: os.dup(pool.locks)),
    "join": joined,
}
print("leased", flush=True)
for line in sys.stdin:
    print(answers[line.strip()](), flush=True)
