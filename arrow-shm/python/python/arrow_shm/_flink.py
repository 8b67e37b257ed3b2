"""A function of Python under an operator of Flink: a process that the operator has started, and talks to by a socket.

A message is its length without these eight bytes (big endian), a letter, and the content. From Flink:

``s``
    Apply it to a segment, which Flink keeps until it has the answer: slot and generation (4 and 8 bytes, little endian),
    then what it is (``<f8 [3]``).
``v``
    Apply it to what is no segment of the pool: the length of what it is (4 bytes, big endian), that, and the bytes.

From here:

``h``
    The first one, if the function is there: JSON.
``r``
    A segment: a reference (FORMAT.md, 12.2).
``v``
    A result for which the pool has no room: its bytes.
``n``
    No result.
``e``
    It has raised, or could not be had: JSON.

The end of the socket is the end of the other process.
"""

from __future__ import annotations

import ctypes
import importlib
import inspect
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any

import numpy as np

from . import _core, _formats
from ._arrays import array_over
from ._errors import Error, PoolFullError
from ._pool import Pool
from ._pool import open as open_pool

VERSION = 1
_LENGTH_BYTES = 8
_PARCEL_BYTES = 12
_PR_SET_PDEATHSIG = 1
_MOST_TEXT = 100_000


class Results:
    """Where results are laid down: in the pool, or in this process's memory where that is not to be had."""

    def __init__(self, pool: Pool | None, name: str) -> None:
        self._pool = pool
        self._epoch = pool._core.epoch(f"python {name}") if pool is not None else None

    def message(self, result: Any) -> tuple[bytes, bytes | bytearray]:
        """Letter and content."""
        if result is None:
            return b"n", b""
        if self._pool is not None and self._epoch is not None:
            try:
                segment, _ = self._pool._segment("result", result, False)
                return b"r", segment.reference(self._epoch)
            except PoolFullError:
                pass
        return b"v", _formats.bytes_of(result)


def main(arguments: list[str]) -> None:
    path, parent, directory, parent_directory, name, function = arguments
    _end_with(int(parent))
    with socket.socket(socket.AF_UNIX) as flink:
        flink.connect(path)
        try:
            apply, close = _function(function)
            results = Results(_pool(parent_directory, name), function)
        except BaseException as e:
            _send(flink, b"e", _said(e))
            return
        _send(flink, b"h", json.dumps({"version": VERSION, "python": sys.version.split()[0]}).encode())
        while (message := _receive(flink)) is not None:
            _send(flink, *_answer(apply, results, directory, message))
        close()


def _end_with(parent: int) -> None:
    """Also while a function runs that looks at no socket."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(f"the process {parent} that has started this one is gone")


def _function(name: str) -> tuple[Callable[[Any], Any], Callable[[], Any]]:
    """What is applied, and what is called in the end. A class is one object for each process."""
    module, _, path = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if inspect.isclass(found):
        found = found()
    if not callable(found):
        raise TypeError(f"{name} is {type(found).__name__}, allowed is a function, or a class whose objects are called")
    return found, getattr(found, "close", lambda: None)


def _pool(directory: str, name: str) -> Pool | None:
    """Nothing without a pool, or if this process cannot have it: then all is by value, and the log says why."""
    if not name:
        return None
    try:
        return open_pool(name, directory=directory, create=False)
    except Error as e:
        print(f"results go by value: {e}", file=sys.stderr, flush=True)
        return None


def _answer(apply: Callable[[Any], Any], results: Results, directory: str, message: bytearray) -> tuple[bytes, Any]:
    try:
        # Only the function keeps what it is given.
        return results.message(apply(_value(directory, message)))
    except BaseException as e:
        return b"e", _said(e)


def _value(directory: str, message: bytearray) -> Any:
    letter, content = message[:1], memoryview(message)[1:]
    if letter == b"s":
        memory = np.asarray(_core.received(directory, bytes(content[:_PARCEL_BYTES])))
        text = bytes(content[_PARCEL_BYTES:]).decode()
    else:
        length = int.from_bytes(content[:4], "big")
        text = bytes(content[4 : 4 + length]).decode()
        memory = np.frombuffer(content[4 + length :].toreadonly(), np.uint8)
    start = _formats.start_of(memory)
    return _formats.table_in(memory) if _formats.is_table(start) else array_over(memory, start, text)


def _said(e: BaseException) -> bytes:
    text = "".join(traceback.format_exception(type(e), e, e.__traceback__))
    said = {"type": type(e).__qualname__, "message": str(e)[:_MOST_TEXT], "traceback": text[-_MOST_TEXT:]}
    return json.dumps(said).encode()


def _send(flink: socket.socket, letter: bytes, content: bytes | bytearray) -> None:
    flink.sendall(b"".join(((1 + len(content)).to_bytes(_LENGTH_BYTES, "big"), letter, content)))


def _receive(flink: socket.socket) -> bytearray | None:
    head = _exactly(flink, _LENGTH_BYTES)
    return None if head is None else _exactly(flink, int.from_bytes(head, "big"))


def _exactly(flink: socket.socket, length: int) -> bytearray | None:
    """So many bytes; nothing at the end."""
    content = bytearray(length)
    rest = memoryview(content)
    while rest:
        count = flink.recv_into(rest)
        if count == 0:
            return None
        rest = rest[count:]
    return content


if __name__ == "__main__":
    main(sys.argv[1:])
