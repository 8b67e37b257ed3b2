"""Contexts: where kernels run, and the arrays that they share."""

from __future__ import annotations

import concurrent.futures
import functools
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing import util
from typing import Any, ParamSpec, TypeVar

import numpy as np

from .. import _core
from .._arrays import SharedArray, memory_of
from .._errors import ClosedError
from .._pool import Pool
from .._pool import open as open_pool
from . import _alloc, _kernel
from ._call import Call
from ._executor import Executor
from ._failures import Failure, noted
from ._inputs import Chunks, Input, input_of, starts_of
from ._kernel import Kernel, kernel_of
from ._parts import Parts
from ._tables import new_table

_P = ParamSpec("_P")
_T = TypeVar("_T")
_DEFAULT_POOL = "map"
# Of what is done at the end of a program: before what multiprocessing itself ends.
_PRIORITY = 10


class Context:
    """Workers of one kind, and a pool in which their arrays lie. Any thread; not what was forked, which makes its own.

    Also a context manager, which is closed at the end.
    """

    def __init__(self, pool: str | Pool | None, workers: int, size: int | str | None, directory: Any) -> None:
        if workers < 1:
            raise ValueError(f"{workers} workers do nothing: at least 1 is needed")
        self.workers = workers
        self._is_closed = False
        self._per_worker: dict[tuple[int, int], int] = {}
        self._owned = not isinstance(pool, Pool)
        self._is_default = pool is None and "ARROW_SHM_POOL" not in os.environ
        if not isinstance(pool, Pool):
            name = pool or os.environ.get("ARROW_SHM_POOL", _DEFAULT_POOL)
            pool = open_pool(name, size=size, directory=directory)
        self.pool: Pool = pool
        self._finalizer: Any = None
        self._end_with(_nothing)

    def _end_with(self, stop: Callable[[], None]) -> None:
        """Says what ends the workers: when this is closed, is garbage, or the program ends."""
        if self._finalizer is not None:
            self._finalizer.cancel()
        pool = self.pool if self._owned else None
        self._finalizer = util.Finalize(self, _end, (stop, pool, self._is_default), exitpriority=_PRIORITY)

    # ---- Arrays ----

    def put(self, array: Any) -> SharedArray:
        """A read-only copy of an array in the pool; one that lies in a pool already is not copied."""
        array = np.asanyarray(array)
        if memory_of(array) is not None:
            return array.view(SharedArray)
        _, _, order = _alloc.resolved(None, None, None, array)
        if not _alloc.is_readable_elsewhere(array.dtype):
            copy = _alloc.shared_array(self.pool, array.shape, array.dtype, order)
            copy[...] = array
            copy.flags.writeable = False
            return copy
        with self.pool.build(array.shape, array.dtype, order) as copy:
            copy[...] = array
        return copy

    def alloc(
        self,
        shape: Any = None,
        dtype: Any = None,
        *,
        order: str | None = None,
        fill: Any = None,
        like: Any = None,
        per_worker: bool = False,
    ) -> SharedArray:
        """An array that all workers can read and write.

        Args:
            shape: a length, or a tuple of them; by default that of ``like``.
            dtype: float64 by default, or that of ``like``.
            order: 'C' or 'F'; by default that of ``like``, else 'C'.
            fill: a number or an array that it is filled with; by default zeros.
            like: an array that has what is not said.
            per_worker: whether there is an axis more, with an entry for each worker: the first in the order C, the last
                in the order F.

        Raises:
            PoolFullError: there is no room (a MemoryError).
        """
        shape, dtype, order = _alloc.resolved(shape, dtype, order, like)
        if per_worker:
            shape = _alloc.with_workers(shape, order, self.workers)
        array = _alloc.shared_array(self.pool, shape, dtype, order)
        array[...] = np.zeros((), array.dtype) if fill is None else fill
        if per_worker:
            self._per_worker[_identity(array)] = 0 if order == "C" else -1
        return array

    def reduce(self, array: np.ndarray, function: np.ufunc = np.add) -> np.ndarray:
        """What the workers' entries of an array of ``alloc(..., per_worker=True)`` come to, by default their sum."""
        axis = self._per_worker.get(_identity(array)) if memory_of(array) is not None else None
        if axis is None:
            raise ValueError("the array has no entry for each worker: make it by alloc(..., per_worker=True) of this context")
        reduced: np.ndarray = function.reduce(np.asarray(array), axis=axis)
        return reduced

    # ---- Maps ----

    def map(
        self,
        kernel: Callable[..., object],
        *values: Any,
        chunks: Chunks = None,
        timeout: float | None = None,
        retries: int = 0,
        progress: bool = False,
    ) -> None:
        """Calls a kernel with the worker, the index and the value for each index, and returns when all is done.

        Args:
            kernel: its result is not looked at: it writes into arrays of ``alloc``. By ``kernel(batch=True)`` one that is
                called with the worker, a range as a slice, and the values of all of it.
            values: an array, seen along its first axis (``rows`` for another one), a list, or an :class:`Input`; several of
                one length give the kernel as many values.
            chunks: how many indices a worker takes at once; "auto" for fewer towards the end; by default each worker has
                one share, the first worker the first.
            timeout: seconds that a worker may take for what it takes at once; then it is ended, and the map fails.
            retries: how often a range is done again whose worker was killed. A kernel that does not bear to be run again on
                indices that are half done, as it adds to what it finds, must not be retried.
            progress: whether a bar is shown, on a terminal.

        Raises:
            the kernel's exception: that of the lowest index, of the same type, and with where it was raised.
            WorkerError: a worker was killed, or its exception cannot be told. The context goes on to work.
            KernelError: the kernel cannot be handed to the workers (a TypeError); nothing was begun.
            ClosedError: the context was closed (a ValueError).
        """
        self._started(kernel, values, chunks, timeout, retries, False)._wait(progress)

    def start(
        self,
        kernel: Callable[..., object],
        *values: Any,
        chunks: Chunks = None,
        timeout: float | None = None,
        retries: int = 0,
        cpu: bool = False,
    ) -> Call:
        """As ``map``, but returns at once.

        Args:
            cpu: whether it is looked how busy the cores are meanwhile: :attr:`Call.cpu`.
        """
        return self._started(kernel, values, chunks, timeout, retries, cpu)

    def _started(
        self, function: Any, values: Any, chunks: Chunks, timeout: float | None, retries: int, cpu: bool
    ) -> Call:
        self._check_open()
        kernel, over = kernel_of(function), input_of(values)
        if retries < 0 or retries != int(retries):
            raise ValueError(f"retries={retries!r}: a number from 0 on is allowed")
        if timeout is not None and not timeout > 0:
            raise ValueError(f"timeout={timeout!r}: seconds above 0 are allowed, or None for none")
        starts = starts_of(len(over), self.workers, chunks)
        return self._begin(kernel, over, starts, chunks is None, timeout, retries, cpu)

    def _begin(
        self, kernel: Kernel, over: Input, starts: np.ndarray, own: bool, timeout: float | None, retries: int, cpu: bool
    ) -> Call:
        raise NotImplementedError

    # ---- Functions ----

    def submit(self, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        """Has a worker call a function. Its arguments are as they are now: ordinary arrays are copied, those of a pool go
        by reference, and arrays of the result lie in the pool.
        """
        raise NotImplementedError

    def executor(self) -> Executor:
        """What takes the place of a ``concurrent.futures`` executor; shutting it down leaves the context open."""
        return Executor(self.submit)

    def parts(self, *arrays: Any, process: Any, chunks: Chunks = None) -> Parts:
        """Has workers call a function with parts of arrays: iterating, also by ``async for``, gives each part and what it
        came to, in the order in which they are ready.

        Args:
            arrays: seen along their first axis, of any lengths.
            process: a function of the elements of a part, which are in place; or a list with one for each array.
            chunks: how long parts are; by default there is one for each worker of each array.
        """
        self._check_open()
        functions = list(process) if isinstance(process, (list, tuple)) else [process] * len(arrays)
        if len(functions) != len(arrays):
            raise ValueError(f"there are {len(functions)} functions for {len(arrays)} arrays: give one, or one for each")
        shared = [self.put(array) for array in arrays]
        return Parts(self.submit, shared, functions, [starts_of(len(array), self.workers, chunks) for array in shared])

    # ---- The end ----

    def close(self) -> None:
        """Cancels what runs and ends the workers. Arrays stay as they are. Idempotent."""
        if not self._is_closed:
            self._is_closed = True
            self._finalizer()

    def _check_open(self) -> None:
        if self._is_closed or self.pool.closed:
            raise ClosedError("the context or its pool was closed, or this process was forked since: make another one")

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __reduce__(self) -> Any:
        raise TypeError("a context is one process's: its workers cannot map in it, and nothing else that it is sent to")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.workers} workers, pool {self.pool.name!r}{', closed' * self._is_closed}>"


def _nothing() -> None:
    """Ends workers that are none."""


def _end(stop: Callable[[], None], pool: Pool | None, is_default: bool) -> None:
    stop()
    if pool is not None and not pool.closed:
        if is_default:
            pool._core.close_and_remove_unused()
        else:
            pool.close()


def _identity(array: np.ndarray) -> tuple[int, int]:
    memory = memory_of(array)
    assert memory is not None
    segment = memory.share() if isinstance(memory, _core.Writable) else memory
    return segment.slot, segment.generation


class SerialContext(Context):
    """One worker, which is the thread that calls."""

    def _begin(
        self, kernel: Kernel, over: Input, starts: np.ndarray, own: bool, timeout: float | None, retries: int, cpu: bool
    ) -> Call:
        _refuse_timeout(timeout)
        _, table = new_table(self.pool, self.workers, starts)
        call = Call(table, 1, len(over), cpu)
        failure = _kernel.run(table, 0, kernel, over, own)
        call._end(None if failure is None else _raised(failure, 0))
        return call

    def submit(self, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        self._check_open()
        future: Future[_T] = Future()
        future.set_running_or_notify_cancel()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as e:
            future.set_exception(e)
        return future


class ThreadContext(Context):
    """Threads of this process. Where Python has a lock of its interpreter they are at work at once as far as kernels let
    go of that, as NumPy does in large arrays; free-threaded Python has none.
    """

    def __init__(self, pool: str | Pool | None, workers: int, size: int | str | None, directory: Any) -> None:
        super().__init__(pool, workers, size, directory)
        self._threads = ThreadPoolExecutor(workers, "arrow-shm worker")
        self._calls: set[_core.CallTable] = set()
        self._end_with(functools.partial(_stop, self._threads, self._calls))

    def _begin(
        self, kernel: Kernel, over: Input, starts: np.ndarray, own: bool, timeout: float | None, retries: int, cpu: bool
    ) -> Call:
        _refuse_timeout(timeout)
        _, table = new_table(self.pool, self.workers, starts)
        call = Call(table, self.workers, len(over), cpu)
        call._cancel = lambda: table.stop(2)
        self._calls.add(table)
        workers = [
            self._threads.submit(_kernel.run, table, worker, kernel, over, own)
            for worker in range(min(self.workers, len(starts) - 1))
        ]
        left = len(workers)
        lock = threading.Lock()

        def ended(_: object) -> None:
            nonlocal left
            with lock:
                left -= 1
                if left > 0:
                    return
            self._calls.discard(table)
            call._end(_outcome(table, len(starts) - 1, [worker.result() for worker in workers]))

        for worker in workers:
            worker.add_done_callback(ended)
        if not workers:
            call._end(None)
        return call

    def submit(self, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        self._check_open()
        return self._threads.submit(function, *args, **kwargs)


def _stop(threads: ThreadPoolExecutor, calls: set[_core.CallTable]) -> None:
    for table in list(calls):
        table.stop(2)
    threads.shutdown(wait=threading.current_thread() not in threads._threads)


def _refuse_timeout(timeout: float | None) -> None:
    if timeout is not None:
        raise ValueError("a thread cannot be ended by others, so there is no timeout: map in processes for that")


def _outcome(table: _core.CallTable, ranges: int, ends: list[Failure | None]) -> BaseException | None:
    failures = [(failure, worker) for worker, failure in enumerate(ends) if failure is not None]
    if failures:
        failure, worker = min(failures, key=lambda each: float("inf") if each[0].at is None else each[0].at)
        return _raised(failure, worker)
    return None if table.done == ranges else concurrent.futures.CancelledError("the call was cancelled")


def _raised(failure: Failure, worker: int) -> BaseException:
    noted(failure.error, failure.where(worker))
    return failure.error
