"""What the parallel map of this project's Python package costs: a call, a range, an index; and what it is good for.

    python map.py [--json] [--workers N] [--doubles N]

`call` is the median of a map that does nothing, on warm workers; `range` and `index` are what one more of them takes, beyond
the same loop around the same function in this process. `add-one` adds one to every element of an array in the pool, in place, in turn with
the same in this process by NumPy alone.
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
from typing import Any

import arrow_shm as shm
import numpy as np

CALLS = 500
RANGES = 20_000
INDICES = 2_000_000
TURNS = 15
WARM_UP_TURNS = 3


def seconds(step: Callable[[], object]) -> float:
    since = time.perf_counter()
    step()
    return time.perf_counter() - since


def median(step: Callable[[], object], times: int) -> float:
    for _ in range(times // 5):
        step()
    return statistics.median(seconds(step) for _ in range(times))


def nothing(worker: int, index: int, value: Any) -> None:
    pass


@shm.kernel(batch=True)
def no_batch(worker: int, rows: slice, part: Any) -> None:
    pass


def loop(values: Any) -> None:
    for index, value in zip(range(len(values)), values):
        nothing(0, index, value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--doubles", type=int, default=20_000_000)
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    arguments = parser.parse_args()
    name = f"map-{os.getpid()}"
    figures = measured(name, arguments.workers, arguments.doubles)
    shm.remove(name)
    if arguments.json:
        versions = {"python": platform.python_version(), "numpy": np.__version__, "workers": arguments.workers}
        print(json.dumps({**versions, **figures}))
        return
    for what, figure in figures.items():
        print(f"{what:24} {figure:12,.3f}", file=sys.stdout)


def measured(name: str, workers: int, doubles: int) -> dict[str, float]:
    figures = {}
    with shm.processes(name, workers, size=16 * doubles + (256 << 20)) as context:
        few = range(workers)
        figures["call ms"] = median(lambda: context.map(nothing, few), CALLS) * 1e3
    with shm.processes(name, 1) as context:
        many = range(RANGES)
        call = median(lambda: context.map(no_batch, range(1)), CALLS)
        of_ranges = median(lambda: context.map(no_batch, many, chunks=1), TURNS)
        figures["range µs"] = (of_ranges - call) / RANGES * 1e6
        values = context.put(np.random.default_rng(1).random(INDICES))
        of_indices = median(lambda: context.map(nothing, values), TURNS)
        figures["index µs"] = (of_indices - call - median(lambda: loop(np.asarray(values)), TURNS)) / INDICES * 1e6
        del values
    with shm.processes(name, workers) as context:
        figures.update(add_one(context, doubles))
    return figures


def add_one(context: shm.Context, doubles: int) -> dict[str, float]:
    alone, shared = np.zeros(doubles), context.alloc(doubles, fill=0)

    @shm.kernel(batch=True)
    def adding(worker: int, rows: slice, part: Any) -> None:
        part += 1

    def by_numpy() -> None:
        np.add(alone, 1, out=alone)

    times: dict[str, list[float]] = {"add-one, NumPy ms": [], "add-one, map ms": []}
    for turn in range(WARM_UP_TURNS + TURNS):
        for (what, of_it), step in zip(times.items(), (by_numpy, lambda: context.map(adding, shared))):
            elapsed = seconds(step)
            if turn >= WARM_UP_TURNS:
                of_it.append(elapsed * 1e3)
    assert (shared == WARM_UP_TURNS + TURNS).all() and (alone == shared).all()
    medians = {what: statistics.median(of_it) for what, of_it in times.items()}
    return {**medians, "map / NumPy": medians["add-one, map ms"] / medians["add-one, NumPy ms"]}


if __name__ == "__main__":
    main()
