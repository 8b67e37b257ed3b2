"""Where a map runs: here, in threads, or in processes. Arrays are allocated in shared memory by all of them."""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any

import numpy as np

from ..._map import _alloc
from .. import _pools
from . import _engine
from .functor import Functor

Kernel = Callable[..., Any]


class MapContext:
    """Allocates arrays that all workers share, and maps kernels.

    A context of one's own has ``map``, which calls ``run_worker`` in each worker.
    """

    def __init__(self, num_workers: int) -> None:
        self.num_workers = num_workers

    @staticmethod
    def _resolve_alloc(shape: Any, dtype: Any, order: str | None, like: Any) -> tuple[tuple[int, ...], Any, str]:
        return _alloc.resolved(shape, dtype, order, like)

    @staticmethod
    def _alloc(shape: tuple[int, ...], dtype: Any, order: str, fill: Any) -> np.ndarray:
        if np.dtype(dtype).hasobject:
            # Objects are this process's, and so are workers that are not processes.
            array = np.empty(shape, dtype, order)
        else:
            array = _pools.array(shape, dtype, order)
        if fill is not None:
            array[...] = fill
        return array

    def alloc(
        self,
        shape: Any = None,
        dtype: Any = None,
        *,
        order: str | None = None,
        fill: Any = None,
        like: Any = None,
        per_worker: bool = False,
    ) -> np.ndarray:
        """An array that all workers of this context can read and write.

        Args:
            shape: a length, or a tuple of them; by default that of ``like``.
            dtype: float64 by default, or that of ``like``.
            order: 'C' or 'F'; by default that of ``like``, else 'C'.
            fill: a number or an array that it is filled with; else its elements are whatever was there.
            like: an array that has what is not said.
            per_worker: whether there is an axis more, with an entry for each worker: the first in the order C, the last
                in the order F.
        """
        shape, dtype, order = self._resolve_alloc(shape, dtype, order, like)
        if per_worker:
            shape = _alloc.with_workers(shape, order, self.num_workers)
        return self._alloc(shape, dtype, order, fill)

    def map(self, function: Kernel, functor: Any) -> None:
        """Calls a kernel with the number of the worker, and the index and the value of each item.

        Args:
            function: the kernel. What it returns is not looked at.
            functor: a list, an array, or anything else that there is a :class:`Functor` for.
        """
        raise NotImplementedError("map")

    @staticmethod
    def run_worker(function: Kernel, functor: Functor, share: Any, worker_id: int) -> None:
        """What a worker does with one share."""
        for entry in functor.iterate(share):
            function(worker_id, *entry)


class SerialContext(MapContext):
    """Maps in the thread that calls it."""

    def __init__(self, *_: Any, **__: Any) -> None:
        super().__init__(num_workers=1)

    def map(self, function: Kernel, functor: Any) -> None:
        functor = Functor.try_wrap(functor)
        for share in functor.split(1):
            self.run_worker(function, functor, share, 0)


class PoolContext(MapContext):
    """What contexts with several workers have in common: half of the cores, but 1 to 10, if nothing is said."""

    def __init__(self, num_workers: int | None = None) -> None:
        if num_workers is None:
            num_workers = max(1, min(len(os.sched_getaffinity(0)) // 2, 10))
        if num_workers < 1:
            raise ValueError(f"{num_workers} workers do nothing: at least 1 is needed")
        super().__init__(num_workers=num_workers)

    def map(self, function: Kernel, functor: Any, pool_cls: Callable[..., Any]) -> None:
        """For contexts of one's own, with a pool like those of multiprocessing.

        The context has ``id_queue``, from which its ``init_worker(functor)`` takes the number of a worker, and
        ``run_worker(share)``, which calls ``self.function``.
        """
        self.function = function
        functor = Functor.try_wrap(functor)
        for worker_id in range(self.num_workers):
            self.id_queue.put(worker_id)
        with pool_cls(self.num_workers, self.init_worker, (functor,)) as pool:
            pool.map(self.run_worker, functor.split(self.num_workers))


class ThreadContext(PoolContext):
    """Maps in threads of this process."""

    def map(self, function: Kernel, functor: Any) -> None:
        functor = Functor.try_wrap(functor)

        def work(share: Any, worker_id: int) -> None:
            self.run_worker(function, functor, share, worker_id)

        _engine.in_threads(self.num_workers, list(functor.split(self.num_workers)), work)


class ProcessContext(PoolContext):
    """Maps in processes that are forked for each map, so that they see all that there is when it begins.

    What they write is seen only in arrays of ``alloc``, which are zeros at first, and others in shared memory.
    """

    def __init__(self, num_workers: int | None = None) -> None:
        super().__init__(num_workers)
        try:
            self.mp_ctx = get_context("fork")
        except ValueError:
            raise ValueError("fork context required") from None

    @staticmethod
    def _alloc(shape: tuple[int, ...], dtype: Any, order: str, fill: Any) -> np.ndarray:
        array = _pools.array(shape, dtype, order)
        array[...] = np.zeros((), dtype) if fill is None else fill
        return array

    def map(self, function: Kernel, functor: Any) -> None:
        """As :meth:`MapContext.map`.

        Raises:
            the kernel's exception: once all workers have ended; if several have raised, that of the first share.
            WorkerError: a worker was killed, or its exception cannot be told to another process (a RuntimeError).
        """
        functor = Functor.try_wrap(functor)

        def work(share: Any, worker_id: int) -> None:
            self.run_worker(function, functor, share, worker_id)

        shares = list(functor.split(self.num_workers))
        _engine.in_processes(self.num_workers, shares, work, function)
