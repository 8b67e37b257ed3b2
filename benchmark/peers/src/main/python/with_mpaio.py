"""mpaio: the caller copies the array to shared memory that it keeps; results are pickled.

Each run starts its worker anew, which counts. Many small arrays are one array that is processed in as many chunks.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.shared_memory import SharedMemory

import numpy as np
from mpaio.data_iterator import DataIterator
from mpaio.worker import Worker
from mpaio.worker_orchestrator import WorkerOrchestrator

import peer
from peer import Array


class Adder(Worker[tuple[int, Array]]):
    def __init__(self, data: DataIterator) -> None:
        super().__init__(data)
        self.results: list[tuple[int, Array]] = []

    @staticmethod
    def process(shm_name: str, shape: tuple[int, ...], dtype: np.dtype, start: int, end: int) -> tuple[int, Array]:
        memory = SharedMemory(shm_name)
        whole = np.ndarray(shape, dtype=dtype, buffer=memory.buf)
        result = whole[start:end] + 1
        del whole
        memory.close()
        return start, result

    def process_callback(self, processed_items: tuple[int, Array]) -> None:
        self.results.append(processed_items)


class Mpaio(peer.Peer):
    packages = ("mpaio",)

    def start(self) -> None:
        """There is nothing that could be started before a run."""

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[tuple[SharedMemory, Array, list[Array]]]:
        doubles = sum(len(array) for array in arrays)
        memory = SharedMemory(f"{self.tag}-{len(arrays)}", create=True, size=doubles * 8)
        try:
            yield memory, np.ndarray((doubles,), dtype=np.float64, buffer=memory.buf), arrays
        finally:
            memory.unlink()

    def add_one(self, placed: tuple[SharedMemory, Array, list[Array]]) -> list[Array]:
        memory, whole, arrays = placed
        np.concatenate(arrays, out=whole)
        data = DataIterator(memory.name, len(arrays[0]), len(whole), whole.shape, whole.dtype)
        adder = Adder(data)
        executor = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("fork"))
        asyncio.run(WorkerOrchestrator(executor, [adder], False).run())
        return [result for _, result in sorted(adder.results, key=lambda each: each[0])]


if __name__ == "__main__":
    peer.main(Mpaio)
