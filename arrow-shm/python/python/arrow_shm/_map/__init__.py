"""The parallel map: kernels over shared arrays, in this thread, in threads, or in processes."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from .._pool import Pool
from ._call import Call, Insights, WorkerInsight
from ._context import Context, SerialContext, ThreadContext
from ._errors import KernelError, WorkerError, WorkerTimeoutError
from ._executor import Executor
from ._inputs import Input, rows
from ._kernel import Kernel, kernel
from ._launch import Start
from ._parts import Part, Parts
from ._processes import ProcessContext

__all__ = [
    "Call",
    "Context",
    "Executor",
    "Input",
    "Insights",
    "Kernel",
    "KernelError",
    "Part",
    "Parts",
    "ProcessContext",
    "SerialContext",
    "ThreadContext",
    "WorkerError",
    "WorkerInsight",
    "WorkerTimeoutError",
    "kernel",
    "processes",
    "rows",
    "serial",
    "threads",
]


def serial(
    pool: str | Pool | None = None, *, size: int | str | None = None, directory: str | os.PathLike[str] | None = None
) -> SerialContext:
    """A context whose only worker is the thread that calls: what all the others have to give the same results as.

    Args:
        pool: as of :func:`processes`, as the others.
    """
    return SerialContext(pool, 1, size, directory)


def threads(
    workers: int | None = None,
    pool: str | Pool | None = None,
    *,
    size: int | str | None = None,
    directory: str | os.PathLike[str] | None = None,
) -> ThreadContext:
    """A context whose workers are threads of this process.

    Args:
        workers: how many; by default one for each core.
    """
    return ThreadContext(pool, _cores() if workers is None else workers, size, directory)


def processes(
    pool: str | Pool | None = None,
    workers: int | None = None,
    *,
    size: int | str | None = None,
    directory: str | os.PathLike[str] | None = None,
    start: Start = "spawn",
    initializer: Callable[..., object] | None = None,
    initargs: tuple[Any, ...] = (),
    log: str | os.PathLike[str] | None = None,
) -> ProcessContext:
    """A context whose workers are processes, which begin to start at once, and stay until it is closed.

    Args:
        pool: one that is open and stays so, or the name of one, which is made if there is none and closed with the
            context; by default that which ``$ARROW_SHM_POOL`` names, else one called "map", which is removed by the last
            that leaves it.
        workers: how many; by default one for each core.
        size, directory: as of :func:`open`.
        start: "spawn" for new interpreters, which need no guarded main module; "fork" for what has all that this process
            has now, and keeps its arrays; "forkserver" for forks of an interpreter of their own. In new interpreters
            NumPy's libraries use as many threads as make one for each core together.
        initializer, initargs: what each worker calls first, also one that replaces another.
        log: a file that what workers print is added to; else it goes where this process prints, with the worker's name.
    """
    path = None if log is None else os.fspath(log)
    count = _cores() if workers is None else workers
    return ProcessContext(pool, count, size, directory, start, initializer, initargs, path)


def _cores() -> int:
    return len(os.sched_getaffinity(0))
