"""A worker that is a process: it does what its context tells it, until that is gone."""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import os
import pickle
import select
import signal
import socket
import sys
import threading
import weakref
from typing import Any, NamedTuple

import numpy as np

from .._arrays import SharedArray, load
from . import _frames, _kernel, _pickles
from ._failures import Failure, Report
from ._inputs import Input
from ._tables import table_over

_PR_SET_PDEATHSIG = 1


class Hello(NamedTuple):
    """What a worker is told first."""

    number: int
    context: int
    # Pickled: a function without arguments, or None.
    initializer: bytes


class Work(NamedTuple):
    """A call, as a worker is told of it.

    Args:
        work: the kernel and what it is mapped over, pickled; None where the worker was forked with both.
        table: where the table is, as the arguments of :func:`load`.
    """

    work: tuple[bytes, bytes] | None
    table: tuple[Any, ...]
    workers: int
    ranges: int
    own: bool


def main(fd: int) -> None:
    """Of a new process, whose socket to the context this is."""
    _begin(socket.socket(fileno=fd), None)


def forked(
    connection: socket.socket, outputs: list[Any], foreign: list[int], inherited: tuple[Any, Input] | None
) -> None:
    """Of a process that multiprocessing has made, with descriptors for what is printed and some that it is to close."""
    for fd in foreign:
        os.close(fd)
    if outputs:
        for target, output in enumerate(outputs, 1):
            os.dup2(output.fd, target)
            os.close(output.fd)
        sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
        sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
    _begin(connection, inherited)


def _begin(connection: socket.socket, inherited: tuple[Any, Input] | None) -> None:
    # What a terminal tells all of its processes is for the context to answer.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    faulthandler.enable()
    faulthandler.register(signal.SIGTERM, chain=True)
    try:
        kind, content = _frames.receive(connection)
        assert kind == _frames.HELLO
        hello: Hello = pickle.loads(content)
        _end_with(hello.context)
        _Worker(connection, hello, inherited).serve()
    except (EOFError, ConnectionError):
        # The context has been closed, or its process is gone.
        pass


def _end_with(context: int) -> None:
    """Ends this process with that of the context, whatever it does at that moment."""
    if os.getppid() == context:
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == context:
            return
    try:
        descriptor = os.pidfd_open(context)
    except ProcessLookupError:
        os._exit(1)
    threading.Thread(target=_end_after, args=(descriptor,), name="arrow-shm context", daemon=True).start()


def _end_after(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    poll.poll()
    os._exit(1)


class _Worker:
    def __init__(self, connection: socket.socket, hello: Hello, inherited: tuple[Any, Input] | None) -> None:
        self._connection = connection
        self._number = hello.number
        self._inherited = inherited
        self._initializer = hello.initializer

    def serve(self) -> None:
        failure = None
        try:
            initializer = _pickles.loads(self._initializer)
            if initializer is not None:
                initializer()
        except BaseException as e:
            failure = Failure.of(e)
        self._answer(_frames.READY if failure is None else _frames.FAILED, failure)
        if failure is not None:
            return
        # What the last result refers to stays until it has been received.
        kept: list[np.ndarray] = []
        while True:
            kind, content = _frames.receive(self._connection)
            kept = []
            if kind == _frames.TAKEN:
                continue
            received: list[weakref.ref[SharedArray]] = []
            with _pickles.receiving(received):
                if kind == _frames.CALL:
                    failure = self._call(pickle.loads(content))
                    answer = _frames.DONE
                else:
                    failure, kept, result = self._task(content)
                    answer = _frames.RESULT if failure is None else _frames.FAILED
            del content
            flush()
            packed = None if failure is None else Report.of(failure, self._number)
            failure = None
            if not kept and any(array() is not None for array in received):
                # A kernel that refers to itself keeps its arrays, and they could not be sealed.
                gc.collect()
            if packed is None and answer == _frames.RESULT:
                self._connection.sendall(_frames.frame(answer, result))
            else:
                self._connection.sendall(_frames.frame(answer, pickle.dumps(packed)))

    def _answer(self, kind: int, failure: Failure | None) -> None:
        flush()
        report = None if failure is None else Report.of(failure, self._number)
        self._connection.sendall(_frames.frame(kind, pickle.dumps(report)))

    def _call(self, work: Work) -> Failure | None:
        try:
            words = load(*work.table)
            table = table_over(words, work.workers, work.ranges)
            if work.work is None:
                assert self._inherited is not None
                kernel, values = self._inherited
            else:
                kernel, values = map(_pickles.loads, work.work)
        except BaseException as e:
            return Failure.of(e)
        return _kernel.run(table, self._number, kernel, values, work.own)

    def _task(self, content: bytearray) -> tuple[Failure | None, list[np.ndarray], bytes]:
        """What went wrong, or the result with the arrays that it refers to."""
        try:
            function, args, kwargs = _pickles.loads(content)
            result = function(*args, **kwargs)
            del args, kwargs
            flush()
            kept: list[np.ndarray] = []
            return None, kept, _pickles.dumps_values(result, self._place, kept.append, "the result")
        except BaseException as e:
            return Failure.of(e), [], b""

    def _place(self, shape: tuple[int, ...], dtype: np.dtype, order: str) -> SharedArray:
        """An array that the context makes, which has a place in the pool."""
        self._connection.sendall(_frames.frame(_frames.PLACE, pickle.dumps((shape, dtype, order))))
        _, content = _frames.receive(self._connection)
        answer: SharedArray | Exception = pickle.loads(content)
        if isinstance(answer, Exception):
            raise answer
        return answer


def flush() -> None:
    """What was printed is to be seen before what comes of it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (AttributeError, OSError, ValueError):
            # It is closed, or none.
            pass
