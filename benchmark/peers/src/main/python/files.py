"""Files of all formats: writes them, reads them into memory, and opens what another process has loaded.

files.py write DIRECTORY BYTES        a file of each format with so many bytes of values (CSV an eighth), and a small one of
                                      each in the folder small; prints how many bytes each has in memory
files.py read DIRECTORY POOL ROUNDS   reads each file in every way, in turn; prints the seconds of each round, by format
                                      and by way
files.py first WAY FILE [POOL]        the first array of a process that has just started; prints its first element
files.py cute-shm FILE PROJECT ROOT   loads an HDF5 file with cute-shm, to stay; files.py cute-shm-end removes it

What they print is one line of JSON. With --end-with-input they end as soon as their standard input does.
"""

from __future__ import annotations

import json
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

SMALL = 1 << 20
NAMES = {
    "hdf5": "hdf5.h5",
    "hdf5-gzip": "hdf5-gzip.h5",
    "npy": "npy.npy",
    "parquet": "parquet.parquet",
    "arrow": "arrow.arrow",
    "csv": "csv.csv",
}


# ---- Writing ----


def images(count: int) -> Any:
    """Counts of a detector, which compress about as well as such do."""
    import numpy as np

    return np.random.default_rng(15).poisson(100, (max(1, count // (256 * 256 * 4)), 256, 256)).astype("<i4")


def table(count: int) -> Any:
    import numpy as np
    import pyarrow as pa

    rng = np.random.default_rng(16)
    rows = max(1, count // 32)
    names = pa.array([f"sensor-{i:02d}" for i in range(50)])
    return pa.table({
        "id": np.arange(rows),
        "price": rng.normal(100, 10, rows).round(2),
        "count": rng.integers(0, 1000, rows, "i4"),
        "sensor": names.take(pa.array(rng.integers(0, 50, rows))),
    })


def write(directory: str, count: str) -> dict[str, int]:
    sizes = write_all(Path(directory), int(count))
    write_all(Path(directory) / "small", min(SMALL, int(count)))
    return sizes


def write_all(folder: Path, count: int) -> dict[str, int]:
    import h5py
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    folder.mkdir(exist_ok=True)
    values = images(count)
    for name, options in {"hdf5": {}, "hdf5-gzip": {"chunks": (1, 256, 256), "compression": "gzip"}}.items():
        with h5py.File(folder / NAMES[name], "w") as file:
            file.create_dataset("x", data=values, **options)
    np.save(folder / NAMES["npy"], values)
    (folder / "pickle.pickle").write_bytes(pickle.dumps(values, protocol=5))
    sizes = dict.fromkeys(["hdf5", "hdf5-gzip", "npy"], values.nbytes)
    rows = table(count)
    pa.parquet.write_table(rows, folder / NAMES["parquet"])
    with pa.ipc.new_file(str(folder / NAMES["arrow"]), rows.schema) as out:
        out.write_table(rows, max_chunksize=1 << 20)
    few = rows.slice(0, max(1, rows.num_rows // 8))
    pa.csv.write_csv(few, folder / NAMES["csv"])
    return sizes | {"parquet": rows.nbytes, "arrow": rows.nbytes, "csv": few.nbytes}


# ---- Reading ----


def ways(pool: Any) -> dict[str, dict[str, Callable[[Path], Any]]]:
    """By format and name: what reads a file, into memory that is new each time."""
    import arrow_shm as shm
    import duckdb
    import h5py
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    kept: dict[tuple[int, ...], Any] = {}

    def load(path: Path) -> None:
        shm.load(pool, path, "python")

    def read_direct(path: Path) -> Any:
        with h5py.File(path, "r") as file:
            values = np.empty(file["x"].shape, file["x"].dtype)
            file["x"].read_direct(values)
        return values

    def read_direct_used(path: Path) -> Any:
        with h5py.File(path, "r") as file:
            values = kept.setdefault(file["x"].shape, np.zeros(file["x"].shape, file["x"].dtype))
            file["x"].read_direct(values)
        return values

    def arrow_file(path: Path) -> Any:
        with pa.OSFile(str(path)) as source:
            return pa.ipc.open_file(source).read_all()

    def duck(reader: str) -> Callable[[Path], Any]:
        return lambda path: duckdb.sql(f"SELECT * FROM {reader}('{path}')").to_arrow_table()

    hdf5 = {"shm.load": load, "h5py read_direct": read_direct, "h5py read_direct, memory used before": read_direct_used}
    return {
        "hdf5": hdf5,
        "hdf5-gzip": hdf5,
        "npy": {"shm.load": load, "numpy.load": np.load},
        "parquet": {"shm.load": load, "pyarrow": pa.parquet.read_table, "DuckDB": duck("read_parquet")},
        "arrow": {"shm.load": load, "pyarrow": arrow_file},
        "csv": {"shm.load": load, "pyarrow": pa.csv.read_csv, "DuckDB": duck("read_csv")},
    }


def read(directory: str, name: str, size: str, rounds: str) -> dict[str, dict[str, list[float]]]:
    import arrow_shm as shm

    folder = Path(directory)
    found: dict[str, dict[str, list[float]]] = {}
    for number in range(int(rounds)):
        # A new pool each time, so that its memory is new as that of the others is.
        with shm.open(name, size=int(size)) as pool:
            for form, readers in ways(pool).items():
                for way, reader in readers.items():
                    seconds(pool, reader, folder / "small" / NAMES[form])
                    found.setdefault(form, {}).setdefault(way, []).append(seconds(pool, reader, folder / NAMES[form]))
        shm.remove(name)
    return found


def seconds(pool: Any, reader: Callable[[Path], Any], path: Path) -> float:
    since = time.perf_counter()
    values = reader(path)
    elapsed = time.perf_counter() - since
    del values
    if "python" in pool:
        del pool["python"]
    return elapsed


# ---- The first array of a process ----


def first(way: str, *arguments: str) -> list[int]:
    return [int(FIRST[way](*arguments).flat[0])]


def first_of_numpy_alone() -> Any:
    import numpy as np

    return np.zeros(1)


def first_of_arrow_shm(pool: str) -> Any:
    import arrow_shm as shm

    return shm.open(pool, create=False)["run"]["x"]


def first_of_h5py(file: str) -> Any:
    import h5py

    with h5py.File(file, "r") as opened:
        return opened["x"][()]


def first_of_pickle(file: str) -> Any:
    with open(file, "rb") as opened:
        return pickle.load(opened)


def first_of_mapped(file: str) -> Any:
    import numpy as np

    return np.load(file, mmap_mode="r")


def first_of_cute_shm(project: str, root: str) -> Any:
    import cute_shm

    cute_shm.Project2Toml.root = Path(root)
    return KEPT.setdefault("arrays", cute_shm.shm_to_arrays(project))["x"]["data"]


KEPT: dict[str, Any] = {}
FIRST: dict[str, Callable[..., Any]] = {
    "numpy": first_of_numpy_alone,
    "arrow-shm": first_of_arrow_shm,
    "h5py": first_of_h5py,
    "pickle": first_of_pickle,
    "numpy-mmap": first_of_mapped,
    "cute-shm": first_of_cute_shm,
}


def cute_shm_load(file: str, project: str, root: str) -> list[str]:
    import cute_shm

    cute_shm.Project2Toml.root = Path(root)
    cute_shm.hdf5_to_shm(Path(file), project, persistent=True, progress=False, overwrite=True)
    return [project]


def cute_shm_end(project: str, root: str) -> list[str]:
    import cute_shm

    cute_shm.Project2Toml.root = Path(root)
    cute_shm.unlink(project)
    return [project]


COMMANDS: dict[str, Callable[..., Any]] = {
    "write": write,
    "read": read,
    "first": first,
    "cute-shm": cute_shm_load,
    "cute-shm-end": cute_shm_end,
}

END = "--end-with-input"


def end_with_input() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    given = [argument for argument in sys.argv[1:] if argument != END]
    if END in sys.argv:
        threading.Thread(target=end_with_input, daemon=True).start()
    print(json.dumps(COMMANDS[given[0]](*given[1:])))
