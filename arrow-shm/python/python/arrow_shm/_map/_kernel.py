"""Kernels, and how one worker does its ranges, whatever the worker is."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any, overload

from .. import _core
from ._failures import Failure
from ._inputs import Input

# How often a worker looks whether it is to stop, within a range: it does so many indices at once as take about that long.
_LOOK_NS = 1_000_000
_MOST_AT_ONCE = 1 << 20


class Kernel:
    """A function with how it is to be called; itself called as the function is."""

    def __init__(self, function: Callable[..., Any], batch: bool = False, resets: bool = False) -> None:
        self.function = function
        self.batch = batch
        self.resets = resets
        functools.update_wrapper(self, function, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __reduce__(self) -> Any:
        return Kernel, (self.function, self.batch, self.resets)


@overload
def kernel(function: Callable[..., Any], /) -> Kernel: ...
@overload
def kernel(*, batch: bool = False, resets: bool = False) -> Callable[[Callable[..., Any]], Kernel]: ...
def kernel(function: Callable[..., Any] | None = None, /, *, batch: bool = False, resets: bool = False) -> Any:
    """Says how a function is to be called by ``map``.

    Args:
        batch: whether it is called once for a range, with the worker, the range as a slice, and the values of the whole
            range: the fast form. Else it is called for each index, with the worker, the index and the value.
        resets: whether it may run again on a range where a worker was killed, also with arrays that have an entry for
            each worker.
    """
    if function is None:
        return lambda function: Kernel(function, batch, resets)
    return Kernel(function)


def kernel_of(function: Any) -> Kernel:
    """What ``map`` was given.

    Raises:
        TypeError: it cannot be called.
    """
    if isinstance(function, Kernel):
        return function
    if not callable(function):
        raise TypeError(f"a {type(function).__name__} is no kernel: give a function of the worker, the index and the value")
    return Kernel(function)


class Stopped(BaseException):
    """The call was cancelled."""


def run(table: _core.CallTable, worker: int, kernel: Kernel, values: Input, own: bool) -> Failure | None:
    """Does ranges until none is free, and returns what went wrong.

    Args:
        own: whether a worker does only those that are its own.
    """
    work = _run_batch if kernel.batch else _run_indices
    while (claimed := table.claim(worker, own, time.monotonic_ns())) is not None:
        number, start, stop = claimed
        try:
            failure = work(table, worker, kernel.function, values, start, stop)
        except Stopped:
            table.finish(worker, number, time.monotonic_ns(), False)
            return None
        if failure is not None and not own:
            # Others end what they have begun, and begin nothing; but who has a share of its own does that.
            table.stop(1)
        table.finish(worker, number, time.monotonic_ns(), failure is None)
        if failure is not None:
            return failure
    return None


def _run_batch(
    table: _core.CallTable, worker: int, function: Callable[..., Any], values: Input, start: int, stop: int
) -> Failure | None:
    try:
        if start < stop:
            function(worker, slice(start, stop), *values.parts(start, stop))
    except BaseException as e:
        return Failure.of(e, start)
    table.advance(worker, stop - start)
    return None


def _run_indices(
    table: _core.CallTable, worker: int, function: Callable[..., Any], values: Input, start: int, stop: int
) -> Failure | None:
    at, at_once = start, 1
    while at < stop:
        end = min(at + at_once, stop)
        entry: tuple[Any, ...] = (at,)
        since = time.monotonic_ns()
        try:
            for entry in values.entries(at, end):
                function(worker, *entry)
        except BaseException as e:
            return Failure.of(e, entry[0])
        if not table.advance(worker, end - at):
            raise Stopped
        at = end
        took = time.monotonic_ns() - since
        if took < _LOOK_NS:
            at_once = min(2 * at_once, _MOST_AT_ONCE)
        elif took > 2 * _LOOK_NS:
            at_once = max(at_once // 2, 1)
    return None
