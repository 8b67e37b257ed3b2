"""This project's parallel map in Python: a worker that stays warm, to which functions are submitted.

Ordinary arrays are copied into the pool, and results are read there. With --in-place the arrays lie in the pool already, and
a kernel adds in place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import arrow_shm as shm

import peer
from peer import Array

POOL_SIZE = "1GiB"


def add_one(array: Array) -> Array:
    return array + 1


def add_one_in_place(worker: int, index: int, array: Array) -> None:
    array += 1


class ArrowShmMap(peer.Peer):
    packages = ("arrow-shm",)
    flag = "--in-place"

    def start(self) -> None:
        self.resources.callback(shm.remove, self.tag)
        pool = self.resources.enter_context(shm.open(self.tag, size=POOL_SIZE))
        self.context = self.resources.enter_context(shm.processes(pool, workers=1))

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[list[Array]]:
        if not self.flagged:
            yield arrays
            return
        shared: list[Array] = [self.context.alloc(like=array) for array in arrays]
        for array, place in zip(arrays, shared, strict=True):
            place[...] = array
        yield shared

    def add_one(self, placed: list[Array]) -> list[Array]:
        if self.flagged:
            self.context.map(add_one_in_place, placed)
            return placed
        futures = [self.context.submit(add_one, array) for array in placed]
        return [future.result() for future in futures]


if __name__ == "__main__":
    peer.main(ArrowShmMap)
