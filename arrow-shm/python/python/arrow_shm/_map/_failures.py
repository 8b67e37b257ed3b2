"""What goes wrong in a worker, and how its caller is told."""

from __future__ import annotations

import os
import pickle
import traceback
from typing import Any, NamedTuple

import cloudpickle

from ._errors import WorkerError

_READ_ONLY = (
    "\nWhat was put, is sealed, or is an ordinary array of the caller, of which this is a copy, is read-only: write into an "
    "array of `alloc`.\n"
)


class Failure(NamedTuple):
    """What was raised in a worker, at which index if that is known."""

    at: int | None
    error: BaseException
    trace: str

    @classmethod
    def of(cls, error: BaseException, index: Any = None) -> Failure:
        # Without the frame of the caller, which is no news to anybody.
        trace = error.__traceback__.tb_next if error.__traceback__ is not None else None
        text = "".join(traceback.format_exception(type(error), error, trace))
        if isinstance(error, ValueError) and "read-only" in str(error):
            text += _READ_ONLY
        return cls(index if isinstance(index, int) else None, error, text)

    def where(self, worker: int) -> str:
        at = "" if self.at is None else f", at index {self.at}"
        return f"in worker {worker}, process {os.getpid()}{at}"


class Report(NamedTuple):
    """A failure as it is told to another process."""

    at: int | None
    where: str
    # Pickled, if it can be.
    error: bytes | None
    trace: str

    @classmethod
    def of(cls, failure: Failure, worker: int) -> Report:
        return cls(failure.at, failure.where(worker), _pickled(failure.error), failure.trace)

    def exception(self) -> Exception:
        """The worker's exception, with where it was raised and the traceback there; a WorkerError if it cannot be told."""
        cause = WorkerError(f"{self.where}:\n{self.trace}")
        if self.error is None:
            return cause
        try:
            error = pickle.loads(self.error)
        except Exception:
            return cause
        error.__cause__ = cause
        noted(error, self.where)
        return error


def noted(error: BaseException, note: str) -> None:
    """Adds a line to what is printed of an exception, from Python 3.11 on."""
    if hasattr(error, "add_note"):
        error.add_note(note)


def _pickled(error: BaseException) -> bytes | None:
    if not isinstance(error, Exception):
        # Nobody's wish to end the worker is one to end its caller.
        return None
    try:
        stream = cloudpickle.dumps(error, 5)
        # Some can be pickled but not made again, which would be found by the caller only.
        pickle.loads(stream)
    except Exception:
        return None
    return stream
