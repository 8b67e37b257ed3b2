"""What all programs of this folder have in common: the two tasks, the clock, the checks and the end.

A program hands arrays of doubles to one worker process that runs already; the worker adds one to every element, and
the program has the result. It prints one line of JSON: the milliseconds of each hand-over of one large array, and of
each hand-over of many small ones.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import signal
import sys
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import memory
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Times = dict[str, list[float]]
"""Milliseconds of each hand-over, of the large array and of all small ones; where memory is measured, the MiB instead."""

SMALL_DOUBLES = 1024
GRACE_SECONDS = 5


class Peer(ABC):
    """One way to hand arrays to a worker. Entering it starts the worker, leaving it removes everything."""

    packages: Sequence[str] = ()
    """Whose versions are reported, beside NumPy's."""
    flag = ""
    """An argument of the program's own, for those that can do the work in two ways."""

    def __init__(self, tag: str, scratch: Path, flagged: bool) -> None:
        self.tag = tag
        """Begins the name of everything that this program makes in shared memory."""
        self.scratch = scratch
        """A folder for what it needs elsewhere."""
        self.flagged = flagged
        """Whether the flag was given."""
        self.resources = ExitStack()
        """What is entered here is left at the end."""

    @abstractmethod
    def start(self) -> None:
        """Starts the worker."""

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[Any]:
        """What the caller has before it hands over, made outside the measured time: here ordinary arrays."""
        yield arrays

    @abstractmethod
    def add_one(self, placed: Any) -> list[Array]:
        """Hands over, and returns the results: the measured time."""

    def release(self, results: list[Array]) -> None:  # noqa: B027
        """Gives back what a hand-over has made, outside the measured time."""

    def __enter__(self) -> Peer:
        try:
            self.start()
        except BaseException:
            self.resources.close()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        self.resources.close()


def measure(peer: Peer, arrays: list[Array], hand_overs: int, warm_up_seconds: float) -> list[float]:
    milliseconds: list[float] = []
    with peer.placed(arrays) as placed:
        warm_at = time.monotonic() + warm_up_seconds
        done = 0
        while len(milliseconds) < hand_overs:
            warm = done >= 2 and time.monotonic() >= warm_at
            since = time.perf_counter()
            results = peer.add_one(placed)
            elapsed = time.perf_counter() - since
            done += 1
            if warm:
                milliseconds.append(elapsed * 1e3)
            # The caller's arrays follow, so that nothing that was kept from an earlier hand-over can pass for a result.
            for array in arrays:
                array += 1
            check(results, arrays)
            peer.release(results)
            del results
    return milliseconds


def check(results: list[Array], expected: list[Array]) -> None:
    if len(results) != len(expected):
        raise AssertionError(f"{len(results)} results, expected {len(expected)}")
    for k in {0, len(expected) // 2, len(expected) - 1}:
        for i in {0, len(expected[k]) // 2, len(expected[k]) - 1}:
            if results[k][i] != expected[k][i]:
                raise AssertionError(f"element {i} of array {k} is {results[k][i]}, expected {expected[k][i]}")


def end_with_input() -> None:
    """Whoever has started this program holds the other end of its input: when that ends, so does all of this."""
    os.setpgid(0, 0)

    def watch() -> None:
        while os.read(0, 1):
            pass
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(GRACE_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def main(make: type[Peer]) -> None:
    def both(arguments: argparse.Namespace, scratch: Path) -> tuple[Sequence[str], Times]:
        with make(arguments.tag, scratch, arguments.flagged) as peer:
            large = [np.arange(arguments.doubles, dtype=np.float64)]
            small = [np.arange(SMALL_DOUBLES, dtype=np.float64) + i for i in range(arguments.arrays)]
            found: Times = {}
            for name, arrays in {"large": large, "small": small}.items():
                if arguments.memory:
                    with memory.Peak() as peak:
                        measure(peer, arrays, arguments.hand_overs, arguments.warm_up_seconds)
                    found[name] = [peak.bytes / (1 << 20)]
                else:
                    found[name] = measure(peer, arrays, arguments.hand_overs, arguments.warm_up_seconds)
            return peer.packages, found

    run(both, make.flag)


def run(measured: Callable[[argparse.Namespace, Path], tuple[Sequence[str], Times]], flag: str = "") -> None:
    """A whole program: arguments, what returns the packages it used and the times, the line of JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--doubles", type=int, default=20_000_000, help="elements of the large array")
    parser.add_argument("--arrays", type=int, default=2_000, help="small arrays, of 8 KiB each")
    parser.add_argument("--hand-overs", type=int, default=5, help="that are measured")
    parser.add_argument("--warm-up-seconds", type=float, default=2.0)
    parser.add_argument("--tag", default=f"peers-{os.getpid()}", help="begins all names in shared memory")
    parser.add_argument("--end-with-input", action="store_true", help="ends when standard input does")
    parser.add_argument("--memory", action="store_true", help="how much memory it takes at most, in MiB, not how long")
    if flag:
        parser.add_argument(flag, dest="flagged", action="store_true")
    parser.set_defaults(flagged=False)
    arguments = parser.parse_args()
    if arguments.end_with_input:
        end_with_input()
    scratch = Path(tempfile.gettempdir(), arguments.tag)
    scratch.mkdir()
    try:
        packages, times = measured(arguments, scratch)
    except KeyboardInterrupt:
        sys.exit(130)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    versions = {package: importlib.metadata.version(package) for package in [*packages, "numpy"]}
    interpreter = f"{platform.python_implementation()} {platform.python_version()}"
    print(json.dumps({"interpreter": interpreter, "versions": versions, **times}), flush=True)
