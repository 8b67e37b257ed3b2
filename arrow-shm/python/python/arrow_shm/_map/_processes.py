"""The context whose workers are processes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

import numpy as np

from .._arrays import SharedArray
from .._pool import Pool
from . import _alloc, _pickles
from ._call import Call
from ._context import Context, _identity
from ._engine import Engine
from ._inputs import Input
from ._jobs import Task, new_map
from ._kernel import Kernel
from ._launch import STARTS, Start
from ._output import Output

_P = ParamSpec("_P")
_T = TypeVar("_T")


class ProcessContext(Context):
    """Processes, which stay until the context is closed, is garbage, or its process ends in any way. One that is killed or
    hangs is replaced.
    """

    def __init__(
        self,
        pool: str | Pool | None,
        workers: int,
        size: int | str | None,
        directory: Any,
        start: Start,
        initializer: Callable[..., object] | None,
        initargs: tuple[Any, ...],
        log: str | None,
    ) -> None:
        if start not in STARTS:
            raise ValueError(f"start={start!r} is not known: there are {', '.join(map(repr, STARTS))}")
        self._of_initializer: list[np.ndarray] = []
        begin = _pickles.dumps_kernel(
            None if initializer is None else functools.partial(initializer, *initargs), self._of_initializer.append
        )
        super().__init__(pool, workers, size, directory)
        self._engine = Engine(workers, start, begin, Output(self.pool.name, log))
        self._end_with(self._engine.close)

    def pids(self) -> list[int]:
        """The workers' processes, those that are just being replaced left out."""
        return self._engine.pids()

    def _begin(
        self, kernel: Kernel, over: Input, starts: np.ndarray, own: bool, timeout: float | None, retries: int, cpu: bool
    ) -> Call:
        kept: list[Any] = [self]

        def refer(array: np.ndarray) -> None:
            if retries and not kernel.resets:
                self._refuse_retries(array)
            kept.append(array)

        work = (
            _pickles.dumps_kernel(kernel, refer),
            _pickles.dumps_values(over, self._place, kept.append, "what is mapped over"),
        )
        job = new_map(self.pool, work, starts, self.workers, own, timeout, retries, kept, cpu)
        self._engine.add(job)
        return job.call

    def _refuse_retries(self, array: np.ndarray) -> None:
        if _identity(array) in self._per_worker:
            raise ValueError(
                "the kernel writes into an array with an entry for each worker, and what a killed worker has left there "
                "would be counted twice: retries=0, or kernel(resets=True) for one that sets its entry anew"
            )

    def _place(self, shape: tuple[int, ...], dtype: np.dtype, order: str) -> SharedArray:
        return _alloc.shared_array(self.pool, shape, dtype, order)

    def submit(self, function: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> Future[_T]:
        self._check_open()
        kept: list[Any] = []
        content = _pickles.dumps_values((function, args, kwargs), self._place, kept.append, "what is submitted")
        task = Task(content, kept, self._place)
        self._engine.add(task)
        return task.future
