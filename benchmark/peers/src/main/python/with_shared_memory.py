"""multiprocessing.shared_memory by hand: names travel through a pipe, and the worker adds in place.

The worker maps each array anew, as it must with arrays that it has not seen before; with --keep it keeps them mapped,
the least that any program can do.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory

import numpy as np

import peer
from peer import Array


def view(memory: SharedMemory, doubles: int) -> Array:
    return np.ndarray((doubles,), dtype=np.float64, buffer=memory.buf)


def work(connection: Connection, keep: bool) -> None:
    kept: dict[str, tuple[SharedMemory, Array]] = {}
    try:
        while True:
            for name, doubles in connection.recv():
                if keep:
                    if name not in kept:
                        memory = SharedMemory(name)
                        kept[name] = memory, view(memory, doubles)
                    array = kept[name][1]
                    array += 1
                else:
                    memory = SharedMemory(name)
                    array = view(memory, doubles)
                    array += 1
                    del array
                    memory.close()
            connection.send(None)
    except EOFError:
        pass


class ByHand(peer.Peer):
    flag = "--keep"

    def start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, other = context.Pipe()
        worker = context.Process(target=work, args=(other, self.flagged))
        worker.start()
        other.close()
        self.resources.callback(worker.join)
        self.resources.callback(self.connection.close)

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[list[tuple[str, Array]]]:
        memories: list[SharedMemory] = []
        placed: list[tuple[str, Array]] = []
        try:
            for i, array in enumerate(arrays):
                memory = SharedMemory(f"{self.tag}-{len(arrays)}-{i}", create=True, size=array.nbytes)
                memories.append(memory)
                placed.append((memory.name, view(memory, len(array))))
                placed[i][1][:] = array
            yield placed
        finally:
            placed.clear()
            for memory in memories:
                memory.unlink()

    def add_one(self, placed: list[tuple[str, Array]]) -> list[Array]:
        self.connection.send([(name, len(array)) for name, array in placed])
        self.connection.recv()
        return [array for _, array in placed]


if __name__ == "__main__":
    peer.main(ByHand)
