"""How long it takes to put one array where other processes find it by a name, and to get it there, in one process.

    python put_get.py [--json] [WAY …]

Ways that are not installed are left out. They take turns, some arrays each, so that what else the machine does meets all of
them; what is told are medians. `copy` is NumPy's copy of the same array into memory that was written before: no put can be
faster. `files` is what no way that publishes by renaming a file can do without: a small file is written, and renamed over the
one before; `look` is one look at a file's status.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Step = Callable[[], Any]

SIZES = {"1 KiB": (1 << 10, 100), "100 MB": (100_000_000, 2)}
"""Bytes, and how many in a turn."""
TURNS = 30
WARM_UP_TURNS = 3
POOL_SIZE = 1 << 30
MANIFEST_BYTES = 350


def arrow_shm(array: Array, name: str, resources: ExitStack) -> tuple[Step, Step]:
    """A dataset of one array, overwritten by its name."""
    import arrow_shm as shm

    pool = shm.open(name, size=POOL_SIZE)
    resources.callback(shm.remove, name)
    resources.enter_context(pool)
    return lambda: pool.put("array", array, overwrite=True), lambda: pool["array"]["data"]


def shared_memory(array: Array, name: str, resources: ExitStack) -> tuple[Step, Step]:
    """multiprocessing.shared_memory: a segment of each array's own, whose name leads to the next one."""
    from multiprocessing.shared_memory import SharedMemory

    def create() -> None:
        memory = SharedMemory(name, create=True, size=array.nbytes)
        np.ndarray(array.shape, array.dtype, memory.buf)[...] = array
        memory.close()

    def unlink() -> None:
        memory = SharedMemory(name)
        memory.close()
        memory.unlink()

    def put() -> None:
        unlink()
        create()

    create()
    resources.callback(unlink)

    def get() -> None:
        memory = SharedMemory(name)
        found: Array = np.ndarray(array.shape, array.dtype, memory.buf)
        assert found[-1] == array[-1]
        del found
        memory.close()

    return put, get


def ray(array: Array, _name: str, resources: ExitStack) -> tuple[Step, Step]:
    """No names: a reference to an object in its store."""
    import ray as it

    it.init(num_cpus=1, object_store_memory=POOL_SIZE, include_dashboard=False, log_to_driver=False)
    resources.callback(it.shutdown)
    reference = it.put(array)
    return lambda: it.put(array), lambda: it.get(reference)


def copy(array: Array, _name: str, _resources: ExitStack) -> tuple[Step, Step]:
    target = array.copy()
    return lambda: np.copyto(target, array), lambda: None


def files(_array: Array, name: str, resources: ExitStack) -> tuple[Step, Step]:
    folder = Path("/dev/shm", name)
    folder.mkdir(mode=0o700)
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    content = b" " * MANIFEST_BYTES

    def put() -> None:
        file = os.open("aside", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=directory)
        os.write(file, content)
        os.close(file)
        os.rename("aside", "name", src_dir_fd=directory, dst_dir_fd=directory)

    put()
    resources.callback(folder.rmdir)
    resources.callback(os.unlink, folder / "name")
    resources.callback(os.close, directory)
    return put, lambda: os.stat("name", dir_fd=directory, follow_symlinks=False)


WAYS = {"arrow-shm": arrow_shm, "shared_memory": shared_memory, "ray": ray, "copy": copy, "files": files}


def microseconds(step: Step) -> float:
    since = time.perf_counter()
    result = step()
    elapsed = time.perf_counter() - since
    del result
    return elapsed * 1e6


def measure(array: Array, in_a_turn: int, names: list[str]) -> dict[str, dict[str, float]]:
    with ExitStack() as all_resources:
        steps = {}
        for name in names:
            resources = all_resources.enter_context(ExitStack())
            try:
                steps[name] = WAYS[name](array, f"put-get-{os.getpid()}-{name}", resources)
            except ImportError:
                continue
        times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in steps}
        for turn in range(WARM_UP_TURNS + TURNS):
            for name, both in steps.items():
                for step, of_it in zip(both, times[name], strict=True):
                    elapsed = [microseconds(step) for _ in range(in_a_turn)]
                    if turn >= WARM_UP_TURNS:
                        of_it.extend(elapsed)
        return {name: {"put": statistics.median(put), "get": statistics.median(get)} for name, (put, get) in times.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", metavar="WAY", help=", ".join(WAYS))
    parser.add_argument("--json", action="store_true", help="one line of JSON, in microseconds")
    arguments = parser.parse_args()
    measured = {
        size: measure(np.random.default_rng(1).random(count // 8), in_a_turn, arguments.ways or list(WAYS))
        for size, (count, in_a_turn) in SIZES.items()
    }
    if arguments.json:
        json.dump({"python": platform.python_version(), "numpy": np.__version__, "microseconds": measured}, sys.stdout)
        print()
        return
    for size, of_size in measured.items():
        for way, times in of_size.items():
            print(f"{size:>8} {way:15} put {times['put']:10,.1f} µs   get {times['get']:8,.1f} µs")


if __name__ == "__main__":
    main()
