"""Parts of arrays, each worked on by itself, with results as they come."""

from __future__ import annotations

import asyncio
import queue
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from typing import Any, NamedTuple

import numpy as np


class Part(NamedTuple):
    """Which part: the number of the array, and where in it."""

    array: int
    start: int
    stop: int


class Parts(Iterator[tuple[Part, Any]], AsyncIterator[tuple[Part, Any]]):
    """Gives each part with its result. The first error is raised, and what was not begun by then is not."""

    def __init__(
        self,
        submit: Callable[..., Future[Any]],
        arrays: list[Any],
        functions: list[Callable[..., Any]],
        starts: list[np.ndarray],
    ) -> None:
        self._ready: queue.SimpleQueue[tuple[Part, Future[Any]]] = queue.SimpleQueue()
        self._futures: list[Future[Any]] = []
        for number, (array, function, of_array) in enumerate(zip(arrays, functions, starts)):
            for start, stop in zip(of_array[:-1].tolist(), of_array[1:].tolist()):
                if start == stop:
                    continue
                future = submit(function, array[start:stop])
                self._futures.append(future)
                future.add_done_callback(self._teller(Part(number, start, stop)))
        self._left = len(self._futures)

    def _teller(self, part: Part) -> Callable[[Future[Any]], None]:
        return lambda future: self._ready.put((part, future))

    def cancel(self) -> None:
        """What was not begun yet is not, and nothing more is given."""
        self._left = 0
        for future in self._futures:
            future.cancel()

    def __len__(self) -> int:
        """How many are still to come."""
        return self._left

    def __iter__(self) -> Parts:
        return self

    def __next__(self) -> tuple[Part, Any]:
        if self._left == 0:
            raise StopIteration
        return self._taken(*self._ready.get())

    def _taken(self, part: Part, future: Future[Any]) -> tuple[Part, Any]:
        self._left -= 1
        try:
            return part, future.result()
        except BaseException:
            self.cancel()
            raise

    def __aiter__(self) -> Parts:
        return self

    async def __anext__(self) -> tuple[Part, Any]:
        if self._left == 0:
            raise StopAsyncIteration
        try:
            taken = self._ready.get_nowait()
        except queue.Empty:
            # In a thread, as the loop has others to serve.
            taken = await asyncio.get_running_loop().run_in_executor(None, self._ready.get)
        return self._taken(*taken)
