"""pyarraypool: arrays are copied into its pool, one segment that both processes have mapped; the worker adds in place.

By default an ordinary array is copied into the pool each time; with --in-place it lies there already.
"""

from __future__ import annotations

import functools
import multiprocessing
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peer
import pyarraypool
from peer import Array

POOL_SIZE = "1.5G"


def add_one(array: Array) -> None:
    array += 1


def configure(link: str) -> None:
    pyarraypool.configure_global_pool(link_path=link, data_size=POOL_SIZE)


class Pyarraypool(peer.Peer):
    packages = ("pyarraypool",)

    def __init__(self, in_place: bool, tag: str, scratch: Path) -> None:
        super().__init__(tag, scratch)
        self.in_place = in_place

    def start(self) -> None:
        link = str(self.scratch / "pool")
        configure(link)
        pyarraypool.start_pool()
        self.resources.callback(pyarraypool.cleanup_shm)
        self.resources.callback(pyarraypool.stop_pool)
        context = multiprocessing.get_context("spawn")
        self.pool = self.resources.enter_context(context.Pool(1, configure, (link,)))

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[list[Array]]:
        yield [pyarraypool.make_transferable(array) for array in arrays] if self.in_place else arrays

    def add_one(self, placed: list[Array]) -> list[Array]:
        shared = placed if self.in_place else [pyarraypool.make_transferable(array) for array in placed]
        self.pool.map(add_one, shared)
        return shared


if __name__ == "__main__":
    lies_there = "--in-place" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--in-place"]
    peer.main(functools.partial(Pyarraypool, lies_there))
