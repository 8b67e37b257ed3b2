"""Reads datasets that others publish, rename and delete all the time, and says so after each that is as it was published.

storm_reader.py EXAMPLES POOL lease|copy SEED
"""
import random
import sys

sys.path.insert(0, sys.argv[1])
import numpy as np
import read

pool = read.Pool(read.pools()[sys.argv[2]])
copies = sys.argv[3] == "copy"
choice = random.Random(int(sys.argv[4])).choice
names = ["storm/a", "storm/b", "c"]


def check(attributes, segments):
    """Number and content of the segments follow from the seed."""
    seed = attributes["seed"]
    assert len(segments) == 1 + seed % 5, f"seed {seed} with {len(segments)} segments"
    for path, table in segments.items():
        found = table["number"].to_numpy()
        assert np.array_equal(found, np.arange(seed, seed + 1 + seed % 2000)), f"torn: seed {seed}, {path}: {found}"


while True:
    try:
        with pool.open(choice(names), copies) as first:
            check(*first)
            try:
                with pool.open(choice(names), copies) as second:
                    check(*second)
            except FileNotFoundError:
                pass
            check(*first)
    except FileNotFoundError:
        continue
    print("read", flush=True)
