"""What a context has its worker processes do."""

from __future__ import annotations

import concurrent.futures
import itertools
import pickle
import signal
import time
from collections import Counter
from typing import Any

import numpy as np

from .. import _core
from .._pool import Pool
from . import _frames, _pickles
from ._call import Call
from ._errors import WorkerError, WorkerTimeoutError
from ._failures import Report, noted
from ._tables import new_table
from ._worker import Work

_numbers = itertools.count()
_GRACE_S = 0.5
_LAST = float("inf")


def how_ended(number: int, pid: int, status: int) -> str:
    """In words, how a worker has ended."""
    if status >= 0:
        return f"worker {number}, process {pid}, has ended with status {status}"
    try:
        name = f" ({signal.Signals(-status).name})"
    except ValueError:
        name = ""
    return f"worker {number}, process {pid}, was killed by signal {-status}{name}"


class Task:
    """A function that one worker calls."""

    def __init__(self, content: bytes, kept: list[Any], place: _pickles.Place) -> None:
        self.sequence = next(_numbers)
        self.future: concurrent.futures.Future[Any] = concurrent.futures.Future()
        self.content = content
        # Arrays that the worker reads or has made, for as long as it needs them.
        self._kept = kept
        # Of the context, which stays as long as that.
        self._place: _pickles.Place | None = place
        # Whether the function has returned, and its result has arrays that were made here.
        self.is_called = False
        self._result: Any = None
        self._error: Exception | None = None

    def placed(self, content: bytes) -> bytes:
        """Makes an array for the worker; the message that is it, or the exception that there is none."""
        assert self._place is not None
        if not self.is_called:
            # The worker itself keeps what it still needs, so that what it does not makes room.
            self.is_called = True
            self._kept.clear()
        try:
            array = self._place(*pickle.loads(content))
            self._kept.append(array)
            return _frames.frame(_frames.PLACED, pickle.dumps(_pickles.Lent(array)))
        except Exception as e:
            return _frames.frame(_frames.PLACED, pickle.dumps(e))

    def answered(self, kind: int, content: bytes) -> None:
        """Its worker has returned something, or raised it."""
        assert self._place is not None
        try:
            if kind == _frames.RESULT:
                with _pickles.placing(self._place):
                    self._result = _pickles.loads(content)
            else:
                self.fail(pickle.loads(content).exception())
        except Exception as e:
            self.fail(e)

    def fail(self, error: Exception) -> None:
        """There will be no result."""
        self._error = error

    def tell(self) -> None:
        """Its future gets what has come of it."""
        result, error = self._result, self._error
        self._kept, self._place, self.content, self._result, self._error = [], None, b"", None, None
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)


class Map:
    """A call whose ranges workers take from its table."""

    def __init__(
        self,
        call: Call,
        table: _core.CallTable,
        content: bytes,
        ranges: int,
        workers: int,
        own: bool,
        timeout: float | None,
        retries: int,
        kept: list[Any],
    ) -> None:
        self.sequence = next(_numbers)
        self.call = call
        self.table = table
        self.content = content
        self.timeout = timeout
        self.own = own
        self._retries = retries
        self._kept = kept
        # Who is still to be told, who is at it, and how many more are of any use.
        self.wanted = set(range(min(workers, ranges)) if own else range(workers))
        self.serving: set[int] = set()
        self._useful = self._ranges = ranges
        self._workers = workers
        self._tried: Counter[int] = Counter()
        self._reports: list[Report] = []
        self._deaths: list[Exception] = []
        # How often a worker was gone that had begun nothing.
        self._lost = 0
        self._is_cancelled = False
        self.kill_at: float | None = None

    def begin(self, worker: int) -> None:
        """A worker is told of it."""
        self.wanted.discard(worker)
        self.serving.add(worker)
        self._useful -= 1
        if self._useful <= 0:
            self.wanted.clear()

    def answered(self, worker: int, report: Report | None) -> None:
        """A worker has found no more to do, or has failed."""
        self.serving.discard(worker)
        if report is not None:
            self._reports.append(report)
            self._give_up()
        elif self.wanted and not self.own and not self.table.has_free():
            # Who is not there yet is not needed.
            self.wanted.clear()

    def died(self, worker: int, how: str, hung: float | None) -> None:
        """A worker is gone: what it has begun is given to others, or the call has failed."""
        self.serving.discard(worker)
        left = self.table.left_by(worker)
        self._tried.update(number for number, _, _ in left)
        self._lost += not left
        again = not self._is_stopped() and all(self._tried[number] <= self._retries for number, _, _ in left)
        again = again and self._lost <= self._workers
        for number, _, _ in left:
            self.table.give_back(worker, number, again)
        if again and (left or self.own or self.table.has_free()):
            self.wanted |= {worker} if self.own else set(range(self._workers)) - self.serving
            self._useful += max(1, len(left))
        elif not self._is_cancelled and (left or self._lost > self._workers):
            ranges = ", ".join(f"{start} to {stop - 1}" for _, start, stop in left if start < stop) or "none yet"
            text = f"{how} before it had done what it had begun, indices {ranges}: what it has written of them stays"
            if hung is None:
                self._deaths.append(WorkerError(text))
            else:
                late = f"it took longer than {hung} s for a range, and was ended: {text}"
                self._deaths.append(WorkerTimeoutError(late))
            self._give_up()

    def fail(self, error: Exception) -> None:
        """Its workers cannot be started."""
        self._deaths.append(error)
        self.table.stop(1)
        self.wanted.clear()

    def cancel(self) -> None:
        """Ends it soon."""
        self._is_cancelled = True
        self.table.stop(2)
        self.wanted.clear()
        self.kill_at = time.monotonic() + _GRACE_S

    def _is_stopped(self) -> bool:
        return self._is_cancelled or bool(self._reports or self._deaths)

    def _give_up(self) -> None:
        """Nothing is begun any more, but by those who have shares of their own."""
        if not self.own:
            self.table.stop(1)
            self.wanted.clear()

    @property
    def is_over(self) -> bool:
        return not self.wanted and not self.serving

    def tell(self) -> None:
        """When it is over: the call gets what has come of it."""
        self._kept, self.content = [], b""
        self.call._end(self._outcome())

    def _outcome(self) -> BaseException | None:
        failures = len(self._reports) + len(self._deaths)
        if self._reports:
            error = min(self._reports, key=lambda report: _LAST if report.at is None else report.at).exception()
        elif self._deaths:
            error = self._deaths[0]
        elif self.table.done == self._ranges:
            return None
        else:
            return concurrent.futures.CancelledError("the call was cancelled")
        if failures > 1:
            noted(error, f"and {failures - 1} more of its workers failed")
        return error


def new_map(
    pool: Pool,
    work: tuple[bytes, bytes] | None,
    starts: np.ndarray,
    workers: int,
    own: bool,
    timeout: float | None,
    retries: int,
    kept: list[Any],
    cpu: bool,
) -> Map:
    """A call that was not begun.

    Args:
        work: the kernel and what it is mapped over, pickled; None where the workers have them.
        kept: what has to stay until it is over.
    """
    ranges = len(starts) - 1
    words, table = new_table(pool, workers, starts)
    call = Call(table, workers, int(starts[-1]), cpu)
    content = Work(work, words._reduced(5, keep=False)[1], workers, ranges, own)
    return Map(call, table, pickle.dumps(content), ranges, workers, own, timeout, retries, [*kept, words])
