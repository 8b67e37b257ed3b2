"""What the readme of pyarraypool describes, on multiprocessing.shared_memory: for where pyarraypool does not install.

One segment is the pool. Arrays are copied into it, travel as the number of their slot, are read and written in place
by every process, and are freed when nobody refers to them any more. A lock guards the table of slots.

By default an ordinary array is copied into the pool each time; with --in-place it lies there already.
"""

from __future__ import annotations

import multiprocessing
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.shared_memory import SharedMemory
from multiprocessing.synchronize import Lock

import numpy as np

import peer
from peer import Array

SLOTS = 10_000
POOL_BYTES = 1536 << 20
ALIGNMENT = 64
OFFSET, BYTES, REFERENCES = range(3)


class ArrayPool:
    """The pool as one process sees it."""

    def __init__(self, memory: SharedMemory, lock: Lock) -> None:
        self.memory = memory
        self.lock = lock
        self.table: np.ndarray = np.ndarray((SLOTS, 3), dtype=np.int64, buffer=memory.buf)

    def add(self, array: Array) -> Transferable:
        """A copy in the pool, which the caller refers to."""
        size = -(-array.nbytes // ALIGNMENT) * ALIGNMENT
        with self.lock:
            slot = int(np.argmin(self.table[:, REFERENCES]))
            if self.table[slot, REFERENCES] > 0:
                raise MemoryError("no slot is free")
            self.table[slot] = self.first_fit(size), size, 1
        shared = self.attach(slot, array.shape)
        shared[:] = array
        return shared

    def first_fit(self, size: int) -> int:
        used = self.table[self.table[:, REFERENCES] > 0]
        used = used[np.argsort(used[:, OFFSET])]
        starts = np.append(used[:, OFFSET], self.memory.size)
        ends = np.insert(used[:, OFFSET] + used[:, BYTES], 0, -(-self.table.nbytes // ALIGNMENT) * ALIGNMENT)
        fitting = np.flatnonzero(starts - ends >= size)
        if len(fitting) == 0:
            raise MemoryError(f"no {size} bytes are free")
        return int(ends[fitting[0]])

    def attach(self, slot: int, shape: tuple[int, ...]) -> Transferable:
        """An array of a slot that this process has a reference to, which ends with the array."""
        offset = int(self.table[slot, OFFSET])
        array = Transferable(shape, dtype=np.float64, buffer=self.memory.buf, offset=offset)
        array.slot = slot
        weakref.finalize(array, self.refer, slot, -1)
        return array

    def refer(self, slot: int, more: int) -> None:
        with self.lock:
            self.table[slot, REFERENCES] += more


class Transferable(np.ndarray):
    """An array in the pool. One that is pickled has a reference, which whoever unpickles it takes over."""

    slot = -1

    def __reduce__(self) -> tuple[object, ...]:
        pool().refer(self.slot, 1)
        return received, (self.slot, self.shape)


def received(slot: int, shape: tuple[int, ...]) -> Transferable:
    return pool().attach(slot, shape)


_pool: ArrayPool | None = None


def pool() -> ArrayPool:
    assert _pool is not None
    return _pool


def open_pool(name: str, lock: Lock) -> None:
    global _pool
    _pool = ArrayPool(SharedMemory(name), lock)


def add_one(array: Array) -> None:
    array += 1


class WithArrayPool(peer.Peer):
    flag = "--in-place"

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        lock = context.Lock()
        memory = SharedMemory(self.tag, create=True, size=POOL_BYTES)
        self.resources.callback(memory.unlink)
        open_pool(self.tag, lock)
        self.workers = self.resources.enter_context(context.Pool(1, open_pool, (self.tag, lock)))

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[list[Array]]:
        yield [pool().add(array) for array in arrays] if self.flagged else arrays

    def add_one(self, placed: list[Array]) -> list[Array]:
        shared: list[Array] = placed if self.flagged else [*map(pool().add, placed)]
        self.workers.map(add_one, shared)
        return shared


if __name__ == "__main__":
    peer.main(WithArrayPool)
