"""The worker processes of a context: started, told what to do, watched, ended, and replaced when they are killed."""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import threading
import time
import weakref
from collections import deque
from typing import Any

from .._errors import ClosedError
from . import _frames
from ._errors import WorkerError
from ._failures import Report
from ._jobs import Map, Task, how_ended
from ._launch import Start, Started
from ._output import Output
from ._worker import Hello

_PERIOD_S = 0.05
# What ends a worker that was told to: how long it has.
_TERM_S = 1.0
_LEAVE_S = 2.0
_AT_ONCE = 1 << 18
# Who is killed before it is ready may have been killed by chance, but not so often.
_MOST_KILLED = 10

_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


class _Slot:
    """The place of one worker, which a new process takes when one is gone."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.started: Started | None = None
        # Whether none is started before there is something to do, as the last one has failed to begin.
        self.is_in_doubt = False
        # How many in a row were killed before they were ready.
        self.killed = 0
        self.refusal: Exception | None = None
        self.job: Map | Task | None = None

    def take(self, started: Started) -> None:
        """A new process has the place."""
        self.started = started
        self.is_ready = False
        self.refusal = None
        self.job = None
        self.since_ns = 0
        self.incoming = _frames.Incoming()
        self.outgoing = bytearray()
        # When it is ended, as it took longer than it was given for a range.
        self.kill_at: float | None = None
        self.hung: float | None = None

    @property
    def is_free(self) -> bool:
        return self.started is not None and self.is_ready and self.job is None


class Engine:
    """Has worker processes do jobs. All methods may be called by any thread; one of its own does what takes time.

    Args:
        initializer: pickled, what each worker calls first.
        output: to which goes what workers print; none if they print where this process does, by themselves.
        inherited: what forked workers have without being told.
    """

    def __init__(
        self, workers: int, start: Start, initializer: bytes, output: Output | None, inherited: Any = None
    ) -> None:
        self._start: Start = start
        self._initializer = initializer
        self._output = output
        self._inherited = inherited
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._slots = [_Slot(number) for number in range(workers)]
        self._tasks: deque[Task] = deque()
        self._maps: list[Map] = []
        # What has come to its end, but is not told yet: nobody's callback runs under the lock.
        self._over: list[Map | Task] = []
        self._is_closing = False
        self._selector = selectors.DefaultSelector()
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._selector.register(self._bell, selectors.EVENT_READ)
        _engines.add(self)
        self._thread = threading.Thread(target=self._run, name="arrow-shm workers", daemon=True)
        self._thread.start()

    # ---- By callers ----

    def pids(self) -> list[int]:
        """Processes of workers, those that are just being replaced left out."""
        with self._lock:
            return [slot.started.process.pid for slot in self._slots if slot.started is not None]

    def add(self, job: Map | Task) -> None:
        """Has it done, as soon as workers are free.

        Raises:
            ClosedError: the context was closed, or this process was forked since.
        """
        if os.getpid() != self._process:
            raise ClosedError("the context is its parent's: a forked process makes one of its own")
        with self._lock:
            if self._is_closing:
                raise ClosedError("the context was closed: make another one")
            if isinstance(job, Task):
                self._tasks.append(job)
            else:
                self._maps.append(job)
                job.call._cancel = lambda: self._cancel(job)
                self._end_if_over(job)
            self._hand_out()
            is_timed = isinstance(job, Map) and job.timeout is not None
            if is_timed or self._over or any(slot.started is None for slot in self._slots):
                self._ring()

    def _cancel(self, job: Map) -> None:
        with self._lock:
            if job in self._maps:
                job.cancel()
                self._end_if_over(job)
                self._ring()

    def close(self) -> None:
        """Cancels what runs, and returns when all workers have ended. Idempotent; not for a forked child."""
        if os.getpid() != self._process:
            return
        with self._lock:
            self._is_closing = True
            self._ring()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _ring(self) -> None:
        if self._bell >= 0:
            os.eventfd_write(self._bell, 1)

    # ---- Jobs ----

    def _hand_out(self) -> None:
        for slot in self._slots:
            if slot.is_free:
                job = self._next(slot.number)
                if job is not None:
                    self._begin(slot, job)

    def _next(self, worker: int) -> Map | Task | None:
        wanting = next((job for job in self._maps if worker in job.wanted), None)
        while self._tasks and (wanting is None or self._tasks[0].sequence < wanting.sequence):
            task = self._tasks.popleft()
            if task.future.set_running_or_notify_cancel():
                return task
        return wanting

    def _begin(self, slot: _Slot, job: Map | Task) -> None:
        slot.job = job
        slot.since_ns = time.monotonic_ns()
        if isinstance(job, Map):
            job.begin(slot.number)
            self._send(slot, _frames.frame(_frames.CALL, job.content))
        else:
            self._send(slot, _frames.frame(_frames.TASK, job.content))

    def _end_if_over(self, job: Map) -> None:
        if job.is_over and job in self._maps:
            self._maps.remove(job)
            self._over.append(job)

    def _send(self, slot: _Slot, message: bytes) -> None:
        assert slot.started is not None
        if not slot.outgoing:
            try:
                sent = slot.started.connection.send(message)
            except BlockingIOError:
                sent = 0
            except OSError:
                # It is gone, which is seen in a moment.
                return
            if sent == len(message):
                return
            message = message[sent:]
            self._selector.modify(slot.started.connection, selectors.EVENT_READ | selectors.EVENT_WRITE, slot)
        slot.outgoing += message

    def _send_more(self, slot: _Slot) -> None:
        assert slot.started is not None
        try:
            sent = slot.started.connection.send(slot.outgoing[:_AT_ONCE])
        except BlockingIOError:
            return
        except OSError:
            sent = len(slot.outgoing)
        del slot.outgoing[:sent]
        if not slot.outgoing:
            self._selector.modify(slot.started.connection, selectors.EVENT_READ, slot)

    # ---- By its own thread ----

    def _run(self) -> None:
        try:
            while not self._is_closing:
                self._fill()
                self._see_to_workers(self._selector.select(self._patience()))
                with self._lock:
                    self._look_at_clocks()
                    self._hand_out()
                self._tell()
        finally:
            # Whatever has happened, nobody waits for what does not come.
            self._is_closing = True
            self._leave()

    def _see_to_workers(self, ready: list[tuple[selectors.SelectorKey, int]]) -> None:
        # What was printed before something was said is to be seen before what comes of that.
        for slot in {key.data for key, _ in ready if key.data is not None}:
            self._print(slot)
        with self._lock:
            for key, mask in ready:
                if key.data is None:
                    os.eventfd_read(self._bell)
                else:
                    self._attend(key.data, key.fileobj, mask)

    def _patience(self) -> float | None:
        with self._lock:
            is_timed = any(job.timeout is not None or job.kill_at is not None for job in self._maps)
            is_killing = any(slot.started is not None and slot.kill_at is not None for slot in self._slots)
            return _PERIOD_S if is_timed or is_killing else None

    def _tell(self) -> None:
        """Says what has come to its end that it has."""
        with self._lock:
            over, self._over = self._over, []
        for job in over:
            job.tell()

    def _fill(self) -> None:
        """Starts processes where there are none; if that fails, so does all that waits."""
        for slot in self._slots:
            if slot.started is not None or (slot.is_in_doubt and not (self._maps or self._tasks)):
                continue
            try:
                started = Started(self._start, len(self._slots), self._output is not None, self._inherited)
            except Exception as e:
                with self._lock:
                    slot.is_in_doubt = True
                    self._fail_all(e)
                continue
            with self._lock:
                slot.take(started)
                for source in started.sources():
                    self._selector.register(source, selectors.EVENT_READ, slot)
                hello = Hello(slot.number, self._process, self._initializer)
                self._send(slot, _frames.frame(_frames.HELLO, pickle.dumps(hello)))

    def _attend(self, slot: _Slot, source: Any, mask: int) -> None:
        started = slot.started
        if started is None:
            return
        if source == started.ended:
            # What it has said before is still there.
            self._receive(slot)
            self._bury(slot)
        elif source is started.connection:
            if mask & selectors.EVENT_WRITE:
                self._send_more(slot)
            if mask & selectors.EVENT_READ and not self._receive(slot):
                self._bury(slot)

    def _receive(self, slot: _Slot) -> bool:
        """Takes what a worker has said; whether it can say more."""
        assert slot.started is not None
        while True:
            try:
                received = slot.started.connection.recv(_AT_ONCE)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not received:
                return False
            for kind, content in slot.incoming.add(received):
                self._said(slot, kind, content)
            if len(received) < _AT_ONCE:
                return True

    def _said(self, slot: _Slot, kind: int, content: bytes) -> None:
        job = slot.job
        if job is None:
            report: Report | None = pickle.loads(content)
            slot.is_ready = report is None
            slot.refusal = None if report is None else report.exception()
        elif isinstance(job, Map):
            slot.job = None
            job.answered(slot.number, pickle.loads(content))
            self._end_if_over(job)
        elif kind == _frames.PLACE:
            self._send(slot, job.placed(content))
        else:
            slot.job = None
            job.answered(kind, content)
            self._over.append(job)
            if job.is_called:
                # What it has made is here, and no other keeps it any more when it is let go.
                self._send(slot, _frames.frame(_frames.TAKEN))

    def _bury(self, slot: _Slot) -> None:
        """A process has ended, or has closed its socket, which comes to the same."""
        started = slot.started
        assert started is not None
        self._print(slot)
        if self._output is not None:
            self._output.end(slot.number)
        for source in started.sources():
            self._selector.unregister(source)
        status = started.close()
        how = how_ended(slot.number, started.process.pid, status)
        job, slot.job, slot.started = slot.job, None, None
        slot.killed = slot.killed + 1 if status < 0 and not slot.is_ready else 0
        slot.is_in_doubt = not slot.is_ready and not 0 < slot.killed <= _MOST_KILLED
        if isinstance(job, Task):
            job.fail(WorkerError(f"{how} before it had done what was submitted"))
            self._over.append(job)
        elif isinstance(job, Map):
            job.died(slot.number, how, slot.hung)
            self._end_if_over(job)
        elif slot.is_in_doubt and not self._is_closing:
            self._fail_all(slot.refusal or WorkerError(f"{how} before it was ready: what it has printed says why"))

    def _fail_all(self, error: Exception) -> None:
        """Nobody can do what waits."""
        for job in list(self._maps):
            job.fail(error)
            self._end_if_over(job)
        while self._tasks:
            task = self._tasks.popleft()
            if task.future.set_running_or_notify_cancel():
                task.fail(error)
                self._over.append(task)

    def _look_at_clocks(self) -> None:
        now = time.monotonic()
        for slot in self._slots:
            started, job = slot.started, slot.job
            if started is None:
                continue
            if slot.kill_at is not None:
                if now >= slot.kill_at:
                    started.signal(signal.SIGKILL)
            elif isinstance(job, Map):
                if job.kill_at is not None and now >= job.kill_at:
                    slot.kill_at = now
                    started.signal(signal.SIGKILL)
                elif job.timeout is not None and self._is_late(slot, job):
                    slot.hung = job.timeout
                    slot.kill_at = now + _TERM_S
                    started.signal(signal.SIGTERM)

    def _is_late(self, slot: _Slot, job: Map) -> bool:
        assert job.timeout is not None
        since_ns = max(job.table.line_of(slot.number)[1], slot.since_ns)
        return time.monotonic_ns() - since_ns > job.timeout * 1e9

    def _print(self, slot: _Slot) -> None:
        """Passes on what a worker has printed; by this thread alone."""
        started = slot.started
        if started is None:
            return
        for fd in list(started.outputs):
            which = started.outputs[fd]
            try:
                while received := os.read(fd, _AT_ONCE):
                    assert self._output is not None
                    self._output.add(slot.number, which, received)
            except BlockingIOError:
                continue
            # It has closed it, and would be seen to for ever.
            self._selector.unregister(fd)
            started.close_output(fd)

    # ---- The end ----

    def _leave(self) -> None:
        with self._lock:
            for job in list(self._maps):
                job.cancel()
                self._end_if_over(job)
            while self._tasks:
                self._tasks.popleft().future.cancel()
            # Who is not at work sees that nothing more comes; who is has no time left.
            for slot in self._slots:
                if slot.started is not None:
                    slot.started.dismiss(slot.job is not None)
        until = time.monotonic() + _LEAVE_S
        while any(slot.started is not None for slot in self._slots) and time.monotonic() < until:
            self._see_to_workers(self._selector.select(_PERIOD_S))
        with self._lock:
            for slot in self._slots:
                if slot.started is not None:
                    self._bury(slot)
            self._selector.close()
            os.close(self._bell)
            self._bell = -1
        if self._output is not None:
            self._output.close()
        self._tell()

    # ---- In a forked child ----

    def _forget(self) -> None:
        """Closes what is the parent's, so that its workers see when it ends."""
        self._selector.close()
        os.close(self._bell)
        self._bell = -1
        for slot in self._slots:
            if slot.started is not None:
                slot.started.forget()


def _forget() -> None:
    for engine in list(_engines):
        if engine._bell >= 0:
            engine._forget()


os.register_at_fork(after_in_child=_forget)
