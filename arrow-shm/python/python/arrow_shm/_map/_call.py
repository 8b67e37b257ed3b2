"""A map that runs, or has run."""

from __future__ import annotations

import concurrent.futures
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from .. import _core
from ._observe import Bar, Usage

_PERIOD_S = 0.1


class WorkerInsight(NamedTuple):
    """What one worker did in a call: seconds are those at work on ranges, and those without any."""

    worker: int
    ranges: int
    indices: int
    working: float
    waiting: float


class Insights(NamedTuple):
    """How a call went: its seconds so far or in all, and what each worker did."""

    seconds: float
    ranges: int
    indices: int
    workers: list[WorkerInsight]


class Call:
    """A map that was started, and goes on by itself. Any thread."""

    def __init__(self, table: _core.CallTable, workers: int, length: int, cpu: bool) -> None:
        self._table: _core.CallTable | None = table
        self._workers = workers
        self._length = length
        self._began = time.monotonic()
        self._insights = Insights(0.0, 0, 0, [])
        self._future: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._future.set_running_or_notify_cancel()
        self._cancel: Callable[[], None] = lambda: None
        self._usage = Usage() if cpu else None

    def result(self, timeout: float | None = None) -> None:
        """Waits until it is done.

        Raises:
            the kernel's exception: that of the lowest index, as it was raised, with where.
            WorkerError: a worker was killed, or its exception cannot be told.
            concurrent.futures.CancelledError: it was cancelled.
            TimeoutError: it is not done within so many seconds, and goes on.
        """
        try:
            self._future.result(timeout)
        except concurrent.futures.TimeoutError as e:
            if self._future.done():
                raise
            raise TimeoutError(f"the call is not done after {timeout} s: {self.progress():.0%}") from e
        finally:
            # The exception has this frame, and would keep itself.
            del self

    def done(self) -> bool:
        """Whether it has ended, however it did."""
        return self._future.done()

    def add_done_callback(self, function: Callable[[Call], object]) -> None:
        """Has a function called with this when it has ended, in any thread, at once if it has."""
        self._future.add_done_callback(lambda _: function(self))

    def cancel(self) -> None:
        """Ends it within a second: ``result`` raises ``CancelledError`` then. What is written by then stays."""
        self._cancel()

    def progress(self) -> float:
        """How much of it is done, from 0 to 1."""
        if self._future.done() and self._future.exception() is None:
            return 1.0
        return min(1.0, self.insights().indices / self._length) if self._length else 0.0

    def insights(self) -> Insights:
        """How it went until now, or in all."""
        table = self._table
        return self._seen(table) if table is not None else self._insights

    def _seen(self, table: _core.CallTable) -> Insights:
        seconds = time.monotonic() - self._began
        now = time.monotonic_ns()
        workers = []
        for worker in range(self._workers):
            current, since, indices, worked, ranges = table.line_of(worker)
            working = min(seconds, (worked + (max(0, now - since) if current is not None else 0)) / 1e9)
            workers.append(WorkerInsight(worker, ranges, indices, working, seconds - working))
        return Insights(
            seconds, sum(worker.ranges for worker in workers), sum(worker.indices for worker in workers), workers
        )

    @property
    def cpu(self) -> dict[str, list[Any]]:
        """How busy each core was, in percent, with the time of each sample: what a DataFrame is made of.

        Raises:
            ValueError: it was not asked for.
        """
        if self._usage is None:
            raise ValueError("the use of the cores was not asked for: start the call with cpu=True")
        return self._usage.seen()

    def _end(self, error: BaseException | None) -> None:
        self._insights = self.insights()
        self._table = None
        self._cancel = lambda: None
        if self._usage is not None:
            self._usage.stop()
        if error is None:
            self._future.set_result(None)
        else:
            self._future.set_exception(error)

    def _wait(self, progress: bool) -> None:
        """As ``result``, but that whoever interrupts it cancels it; with a bar on a terminal if it is asked for."""
        try:
            if progress and sys.stderr.isatty():
                bar = Bar()
                while not self._is_done_within(_PERIOD_S):
                    bar.show(self.progress())
                bar.show(self.progress())
                bar.end()
            self.result()
        except BaseException:
            if not self._future.done():
                self.cancel()
                concurrent.futures.wait([self._future])
            raise
        finally:
            del self

    def _is_done_within(self, seconds: float) -> bool:
        return bool(concurrent.futures.wait([self._future], seconds).done)

    def __repr__(self) -> str:
        return f"<Call {'done' if self.done() else f'{self.progress():.0%}'}>"
