"""Processes that are forked for one map."""

from __future__ import annotations

import ctypes
import inspect
import os
import pickle
import signal
import threading
import traceback
import warnings
import zlib
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple

import numpy as np

_PR_SET_PDEATHSIG = 1
_MOST_SUMMED = 16 << 20
_SAMPLES = 4096


class WorkerError(RuntimeError):
    """A worker was killed, or has raised what cannot be told to another process."""


class LostWriteWarning(RuntimeWarning):
    """A kernel has written into an array that the caller does not share, so that nobody sees it."""


class _Failure(NamedTuple):
    share: int
    worker: str
    # Pickled, if it can be.
    error: bytes | None
    trace: str


class _Report(NamedTuple):
    failure: _Failure | None
    lost_writes: list[str]


def run(context: Any, workers: int, shares: Sequence[Any], work: Callable[[Any, int], None], kernel: Any) -> None:
    """Has each worker do its shares, and returns when all have ended, however they did.

    Worker w does the shares w, w + workers, and so on: there is nothing that workers take from each other, so one that is
    killed holds up nobody.
    """
    started: dict[Connection, tuple[int, Any]] = {}
    left: dict[Connection, tuple[int, Any]] = {}
    reports: list[_Report] = []
    try:
        for worker in range(min(workers, len(shares))):
            mine = {number: shares[number] for number in range(worker, len(shares), workers)}
            receiver, sender = context.Pipe(duplex=False)
            process = context.Process(target=_worker, args=(worker, mine, work, kernel, sender, os.getpid()), daemon=True)
            with sender:
                _start(process)
            started[receiver] = left[receiver] = (worker, process)
        while left:
            for receiver in wait(list(left)):
                reports.append(_report_of(receiver, *left.pop(receiver)))
    finally:
        for receiver, (_, process) in started.items():
            # Who has reported ends by itself, unless the kernel has left something that does not; else the map was
            # interrupted.
            if receiver not in left:
                process.join(10)
            process.kill()
            process.join()
            receiver.close()
    lost = sorted({name for report in reports for name in report.lost_writes})
    if lost:
        warnings.warn(
            f"the kernel has written into {', '.join(lost)}, which workers do not share with this process, so that it is "
            "lost: allocate what it writes by alloc",
            LostWriteWarning,
            stacklevel=4,
        )
    failures = sorted((report.failure for report in reports if report.failure), key=lambda failure: failure.share)
    if failures:
        _raise(failures[0])


def _start(process: Any) -> None:
    with warnings.catch_warnings():
        if threading.active_count() == 1:
            # The only other threads are those of libraries that take care of forks, as ours does.
            warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        process.start()


def _report_of(receiver: Connection, worker: int, process: Any) -> _Report:
    try:
        return receiver.recv()
    except EOFError:
        process.join()
        code = process.exitcode
        how = f"was killed by signal {-code}" if code < 0 else f"has ended with status {code}"
        text = f"worker {worker}, process {process.pid}, {how} before it had done its share: what it has written stays"
        return _Report(_Failure(worker, "", pickle.dumps(WorkerError(text)), ""), [])


def _raise(failure: _Failure) -> None:
    cause = WorkerError(f"{failure.worker}\n{failure.trace}")
    if failure.error is None:
        raise cause
    error = pickle.loads(failure.error)
    if not failure.trace:
        raise error
    raise error from cause


# ---- In the worker ----


def _worker(
    number: int,
    shares: dict[int, Any],
    work: Callable[[Any, int], None],
    kernel: Any,
    sender: Connection,
    parent: int,
) -> None:
    # Nobody waits for what it does once its parent is gone.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    share = number
    failure = None
    before = _sums(kernel)
    try:
        for share, value in shares.items():
            work(value, number)
    except BaseException as e:
        where = f"in worker {number}, process {os.getpid()}, share {share}:"
        failure = _Failure(share, where, _pickled(e), traceback.format_exc())
    after = _sums(kernel)
    sender.send(_Report(failure, [name for name in before if before[name] != after[name]]))


def _pickled(error: BaseException) -> bytes | None:
    try:
        text = pickle.dumps(error)
        # Some can be pickled, but not made again, which would be found by the parent only.
        pickle.loads(text)
    except Exception:
        return None
    return text


# ---- Writes that nobody sees ----


def _sums(kernel: Any) -> dict[str, int]:
    """Checksums of the arrays that a kernel refers to and its workers do not share."""
    function = getattr(kernel, "func", kernel)
    try:
        variables = inspect.getclosurevars(function)
    except (TypeError, ValueError):
        # No function of Python, or one that refers to what is not there yet.
        return {}
    found = {**variables.globals, **variables.nonlocals}
    return {repr(name): _sum(value) for name, value in found.items() if _is_private(value)}


def _is_private(value: Any) -> bool:
    if not isinstance(value, np.ndarray) or value.dtype.hasobject or not value.flags.writeable:
        return False
    owner = value
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    return owner.base is None and owner.flags.owndata


def _sum(array: np.ndarray) -> int:
    """Of all bytes of a small array, and of samples of a large one, so that it takes some milliseconds at most."""
    if not array.flags.c_contiguous:
        if array.nbytes > _MOST_SUMMED:
            return 0
        array = np.ascontiguousarray(array)
    memory = array.reshape(-1).view(np.uint8)
    if memory.size <= _MOST_SUMMED:
        return zlib.crc32(memory)
    total = 0
    for sample in np.linspace(0, memory.size - _SAMPLES, _SAMPLES, dtype=np.int64):
        total = zlib.crc32(memory[sample : sample + _SAMPLES], total)
    return total
