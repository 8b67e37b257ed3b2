"""pyarraypool: arrays are copied into its pool, one segment that both processes have mapped; the worker adds in place.

By default an ordinary array is copied into the pool each time; with --in-place it lies there already.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

import pyarraypool

import peer
from peer import Array

POOL_SIZE = "1.5G"


def add_one(array: Array) -> None:
    array += 1


def configure(link: str) -> None:
    pyarraypool.configure_global_pool(link_path=link, data_size=POOL_SIZE)


class Pyarraypool(peer.Peer):
    packages = ("pyarraypool",)
    flag = "--in-place"

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
        yield [pyarraypool.make_transferable(array) for array in arrays] if self.flagged else arrays

    def add_one(self, placed: list[Array]) -> list[Array]:
        shared = placed if self.flagged else [pyarraypool.make_transferable(array) for array in placed]
        self.pool.map(add_one, shared)
        return shared


if __name__ == "__main__":
    peer.main(Pyarraypool)
