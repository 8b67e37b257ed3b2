"""Prints type, shape and last element of each array in a dataset, read in place and copied.

print_kinds.py EXAMPLES POOL DATASET
"""
import sys

sys.path.insert(0, sys.argv[1])
import read

pool = read.Pool(read.pools()[sys.argv[2]])
for copies in (False, True):
    with pool.open(sys.argv[3], copies) as (attributes, segments):
        print(attributes)
        for path, segment in sorted(segments.items()):
            if path == "batch":
                print(path, segment.num_rows, segment["number"][-1])
            else:
                last = segment[(-1,) * segment.ndim] if segment.size else None
                order = "F" if segment.flags.f_contiguous and not segment.flags.c_contiguous else "C"
                print(path, segment.dtype.descr[0][1], segment.shape, order, last, segment.flags.writeable)
