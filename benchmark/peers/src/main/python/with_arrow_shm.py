"""This project's Python package: ordinary arrays are copied into the pool once, and what travels says where they are.

The worker makes its results in the pool, and the caller reads them there. With --in-place the arrays lie in the pool
already, and the worker, which has not opened the pool, adds in place.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

import arrow_shm
import numpy as np

import peer
from peer import Array

POOL_SIZE = "1GiB"


def work(connection: Connection, pool_name: str, in_place: bool) -> None:
    pool = None if in_place else arrow_shm.open(pool_name, create=False)
    try:
        while True:
            arrays = connection.recv()
            if pool is None:
                for array in arrays:
                    array += 1
                arrays = None
            else:
                arrays = [added_one(pool, array) for array in arrays]
            connection.send(arrays)
            del arrays
    except EOFError:
        if pool is not None:
            pool.close()


def added_one(pool: arrow_shm.Pool, array: Array) -> Array:
    with pool.build(array.shape, array.dtype) as result:
        np.add(array, 1, out=result)
    return result


def copied(pool: arrow_shm.Pool, array: Array) -> Array:
    with pool.build(array.shape, array.dtype) as copy:
        copy[...] = array
    return copy


class ArrowShm(peer.Peer):
    packages = ("arrow-shm",)
    flag = "--in-place"

    def start(self) -> None:
        self.pool = self.resources.enter_context(arrow_shm.open(self.tag, size=POOL_SIZE))
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        worker = context.Process(target=work, args=(other, self.tag, self.flagged))
        worker.start()
        other.close()
        self.resources.callback(worker.join)
        self.resources.callback(self.connection.close)

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[list[Array]]:
        if not self.flagged:
            yield arrays
            return
        shared = [self.pool.empty(array.shape, array.dtype) for array in arrays]
        for array, place in zip(arrays, shared, strict=True):
            place[...] = array
        yield shared

    def add_one(self, placed: list[Array]) -> list[Array]:
        self.connection.send(placed if self.flagged else [copied(self.pool, array) for array in placed])
        results = self.connection.recv()
        return placed if self.flagged else results


if __name__ == "__main__":
    peer.main(ArrowShm)
