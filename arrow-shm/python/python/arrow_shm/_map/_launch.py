"""How the processes of workers are started, and how they have ended."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.reduction
import multiprocessing.spawn
import multiprocessing.util
import os
import signal
import socket
import subprocess
import sys
import warnings
from typing import Any, Literal, Protocol

from . import _worker

Start = Literal["spawn", "fork", "forkserver"]
STARTS = ("spawn", "fork", "forkserver")
_THREADS = [f"{library}_NUM_THREADS" for library in ("OMP", "OPENBLAS", "MKL", "BLIS", "NUMEXPR")]


class Process(Protocol):
    """A process, which may have ended."""

    pid: int

    def status(self) -> int | None:
        """What it has ended with, negative for a signal; None while it runs."""

    def reap(self) -> int:
        """Waits until it has ended."""


class _Spawned:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def status(self) -> int | None:
        return self._process.poll()

    def reap(self) -> int:
        return self._process.wait()


class _Made:
    def __init__(self, process: Any) -> None:
        self._process = process
        self.pid: int = process.pid

    def status(self) -> int | None:
        code: int | None = self._process.exitcode
        return code

    def reap(self) -> int:
        self._process.join()
        code: int = self._process.exitcode
        return code


class Started:
    """A worker's process with this end of what connects to it.

    Whoever has it closes it once, and forgets it in a forked child.

    Args:
        workers: how many there are, which share the cores.
        is_heard: whether what it prints comes here; else it prints where this process does.
        inherited: what it has from this process, if it is forked.
    """

    def __init__(self, start: Start, workers: int, is_heard: bool, inherited: Any) -> None:
        here, there = socket.socketpair()
        pipes: list[int] = []
        try:
            with there:
                for _ in range(2 if is_heard else 0):
                    pipes += os.pipe()
                if start == "spawn":
                    self.process: Process = _spawn(there, pipes, workers)
                else:
                    self.process = _make(start, here, there, pipes, inherited)
        except BaseException:
            here.close()
            for fd in pipes[::2]:
                os.close(fd)
            raise
        finally:
            for fd in pipes[1::2]:
                os.close(fd)
        here.setblocking(False)
        self.connection = here
        # Which of its outputs, by descriptor: 0 or 1.
        self.outputs = {fd: which for which, fd in enumerate(pipes[::2])}
        for fd in self.outputs:
            os.set_blocking(fd, False)
        try:
            self.ended = os.pidfd_open(self.process.pid)
        except OSError:
            # There is none on this system, or it has ended and was waited for: the end of its socket says so, too.
            self.ended = -1

    def sources(self) -> list[Any]:
        """All that tells something of it."""
        return [self.connection, *self.outputs, *([self.ended] if self.ended >= 0 else [])]

    def dismiss(self, is_at_work: bool) -> None:
        """Tells it that nothing more comes, or ends it."""
        if is_at_work:
            self.signal(signal.SIGKILL)
        else:
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)

    def signal(self, number: int) -> None:
        """Sends it a signal, if it has not ended."""
        if self.process.status() is None:
            try:
                os.kill(self.process.pid, number)
            except ProcessLookupError:
                # Just now.
                pass

    def close(self) -> int:
        """Ends it, however it is, and returns its status."""
        self.signal(signal.SIGKILL)
        status = self.process.reap()
        self.forget()
        return status

    def forget(self) -> None:
        """Closes this process's end."""
        for fd in list(self.outputs):
            self.close_output(fd)
        self.connection.close()
        if self.ended >= 0:
            os.close(self.ended)
            self.ended = -1

    def close_output(self, fd: int) -> None:
        """Closes what it does not write to any more."""
        os.close(fd)
        del self.outputs[fd]


def _spawn(there: socket.socket, pipes: list[int], workers: int) -> Process:
    """A new interpreter, which imports nothing of the program's."""
    program = (
        f"import sys; sys.path[:] = {sys.path!r}; "
        f"from arrow_shm._map import _worker; _worker.main({there.fileno()})"
    )
    executable = multiprocessing.spawn.get_executable()
    flags = multiprocessing.util._args_from_interpreter_flags()  # type: ignore[attr-defined]
    process = subprocess.Popen(
        [executable, *flags, "-c", program],
        stdin=subprocess.DEVNULL,
        stdout=pipes[1] if pipes else None,
        stderr=pipes[3] if pipes else None,
        pass_fds=[there.fileno()],
        env=os.environ | _threads(workers) | {"PYTHONUNBUFFERED": "1"},
    )
    return _Spawned(process)


def _threads(workers: int) -> dict[str, str]:
    """Together the workers' libraries use as many threads as there are cores, unless the user has said how many."""
    each = str(max(1, len(os.sched_getaffinity(0)) // workers))
    return {name: each for name in _THREADS if name not in os.environ}


def _make(start: Start, here: socket.socket, there: socket.socket, pipes: list[int], inherited: Any) -> Process:
    context: Any = multiprocessing.get_context(start)
    outputs = [_Descriptor(fd) for fd in pipes[1::2]]
    # What it has of this end would keep it from seeing that this end is closed.
    foreign = [here.fileno(), *pipes[::2]] if start == "fork" else []
    process = context.Process(target=_worker.forked, args=(there, outputs, foreign, inherited), daemon=True)
    with warnings.catch_warnings():
        # The other threads are this package's and the caller's, who has asked for it.
        warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)
        process.start()
    return _Made(process)


class _Descriptor:
    """A descriptor for a child: of the same number if it is forked, else sent to it."""

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def __reduce__(self) -> Any:
        return _sent, (multiprocessing.reduction.DupFd(self.fd),)


def _sent(descriptor: Any) -> _Descriptor:
    return _Descriptor(descriptor.detach())
