"""What shared memory is worth: the memory that several processes take that read the same arrays, and their speed."""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from .core import ArrayDict, bytes_to_human
from .hdf5_shm import items, unlinked_hdf5_to_shm
from .numpy_shm import shm_to_arrays
from .tables import table

_PROCESSES = (1, 5, 10, 15)
_PERIOD_S = 0.01


def hdf5_to_dict(hdf5_path: Path) -> ArrayDict:
    """What is in an HDF5 file, in this process's own memory."""
    import h5py

    found: ArrayDict = {}
    with h5py.File(hdf5_path, "r") as file:
        for path, item in items(file):
            group: Any = found
            for key in path[:-1]:
                group = group[key]
            if isinstance(item, h5py.Group):
                group[path[-1]] = {}
            elif item.dtype.names:
                group[path[-1]] = {name: item.fields(name)[...] for name in item.dtype.names}
            else:
                group[path[-1]] = item[...]
    return found


def _touch(tree: dict[str, Any]) -> None:
    """Reads an element of each array."""
    for value in tree.values():
        if isinstance(value, dict):
            _touch(value)
        elif isinstance(value, np.ndarray) and value.size:
            value.flat[np.random.randint(value.size)]


def _work(open_arrays: Callable[[], dict[str, Any]], iterations: int, frequencies: Any) -> None:
    arrays = open_arrays()
    start = time.monotonic()
    for _ in range(iterations):
        _touch(arrays)
    frequencies.put(iterations / (time.monotonic() - start))


def _used() -> int:
    with open("/proc/meminfo") as lines:
        kib = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return (kib["MemTotal"] - kib["MemAvailable"]) << 10


@contextmanager
def _most_used() -> Iterator[list[int]]:
    """The most memory that was in use on this host meanwhile, in a list of one number."""
    most = [_used()]
    is_over = threading.Event()

    def watch() -> None:
        while not is_over.wait(_PERIOD_S):
            most[0] = max(most[0], _used())

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        is_over.set()
        watcher.join()


def run_experiment(processes: int, iterations: int, open_arrays: Callable[[], dict[str, Any]]) -> tuple[float, int]:
    """How often a second a process reads an element of each array, and the memory in use at most."""
    # Forked ones share what is not written, too, so that this is the harder comparison.
    context = multiprocessing.get_context("fork")
    frequencies = context.SimpleQueue()
    with _most_used() as most:
        started = [context.Process(target=_work, args=(open_arrays, iterations, frequencies)) for _ in range(processes)]
        for process in started:
            process.start()
        for process in started:
            process.join()
    return sum(frequencies.get() for _ in started) / processes, most[0]


def evaluation() -> None:
    """The command cute-shm-evaluate."""
    parser = argparse.ArgumentParser(
        prog="cute-shm-evaluate", description="Evaluate RAM usage of processes accessing shared memory arrays"
    )
    parser.add_argument("hdf5_file", type=Path, help="path of the HDF5 file")
    parser.add_argument("project_name", help="name of the project, which is made and unlinked")
    parser.add_argument("--iterations", type=int, default=5000, help="how often each process reads")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO)

    logging.info("Loading data from HDF5 file to the RAM (direct, no shared memory)")
    arrays = hdf5_to_dict(arguments.hdf5_file)
    direct = [_experiment(count, arguments.iterations, lambda: arrays) for count in _PROCESSES]
    arrays = {}
    logging.info("Loading data from HDF5 file to the shared memory")
    project = arguments.project_name
    with unlinked_hdf5_to_shm(arguments.hdf5_file, project, progress=True, overwrite=True):
        shared = [_experiment(count, arguments.iterations, lambda: shm_to_arrays(project)) for count in _PROCESSES]

    header = (
        "Number of Processes",
        "Average Iteration Frequency (Shared Memory)",
        "Average Iteration Frequency (Direct Access)",
        "Max RAM Usage (Shared Memory)",
        "Max RAM Usage (Direct Access)",
    )
    rows = [
        (str(count), f"{with_it[0]:.2f}", f"{without[0]:.2f}", bytes_to_human(with_it[1]), bytes_to_human(without[1]))
        for count, with_it, without in zip(_PROCESSES, shared, direct)
    ]
    print(table("Experiment Results", header, rows))


def _experiment(processes: int, iterations: int, open_arrays: Callable[[], dict[str, Any]]) -> tuple[float, int]:
    logging.info("Running experiment with %d processes", processes)
    return run_experiment(processes, iterations, open_arrays)
