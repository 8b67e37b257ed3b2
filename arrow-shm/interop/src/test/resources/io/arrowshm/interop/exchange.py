"""exchange.py POOL: a participant on command, which publishes for Java and reads what Java has published."""

import sys

import numpy as np
import pyarrow as pa

import arrow_shm as shm

pool = shm.open(sys.argv[1], create=False)
print("open", flush=True)
kept = []
for line in sys.stdin:
    command, *words = line.split()
    if command == "publish":
        numbers = np.arange(12, dtype="<i8").reshape(3, 4)
        data = {
            "group": {"integers": numbers, "fortran": np.asfortranarray(numbers * 0.5), "truths": numbers % 2 == 0},
            "times": np.array([7], "<M8[ns]"),
            "texts": np.array(["abc", "ß"]),
            "table": pa.table({"number": pa.array([5, 6, None], pa.int64()), "text": ["a", None, "ü"]}),
        }
        pool.put(words[0], data, persistent=True, attrs={"n": 42, "list": [1, "a"]})
        print("done", flush=True)
    elif command == "read":
        dataset = pool[words[0]]
        kept.append(dataset)
        for name in sorted(dataset):
            value = dataset[name]
            if isinstance(value, pa.Table):
                print(name, value.num_rows, value[0].to_pylist()[:3], flush=True)
            else:
                print(name, value.dtype, value.shape, value.ravel()[-1], value.flags.writeable, flush=True)
        print(dataset.attrs, flush=True)
    elif command == "write":
        pool[words[0]]["live"][:] = float(words[1])
        print("done", flush=True)
    elif command == "large":
        with pool.build(int(words[1]), np.uint8) as large:
            large[[0, -1]] = 7, 9
        pool.put(words[0], {"large": large}, persistent=True)
        del large
        print("done", flush=True)
    elif command == "ends":
        array = pool[words[0]][words[1]]
        print(array[0], array[-1], array.size, flush=True)
        del array
