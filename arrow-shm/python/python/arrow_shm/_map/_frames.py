"""Messages over a socket between a context and one of its workers: what kind, how long, and the bytes."""

from __future__ import annotations

import socket
import struct

_HEAD = struct.Struct("<BQ")

# From the context.
HELLO, CALL, TASK, PLACED, TAKEN = range(1, 6)
# From a worker.
READY, DONE, RESULT, FAILED, PLACE = range(6, 11)


def frame(kind: int, content: bytes = b"") -> bytes:
    """A message as bytes."""
    return _HEAD.pack(kind, len(content)) + content


def receive(connection: socket.socket) -> tuple[int, bytearray]:
    """The next message, which is waited for.

    Raises:
        EOFError: there are no more.
    """
    kind, length = _HEAD.unpack(_exactly(connection, _HEAD.size))
    return kind, _exactly(connection, length)


def _exactly(connection: socket.socket, length: int) -> bytearray:
    content = bytearray(length)
    rest = memoryview(content)
    while rest:
        received = connection.recv_into(rest)
        if not received:
            raise EOFError
        rest = rest[received:]
    return content


class Incoming:
    """Messages out of bytes as they come, in parts of any length."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def add(self, received: bytes) -> list[tuple[int, bytes]]:
        """The messages that are complete by now."""
        self._bytes += received
        complete = []
        while len(self._bytes) >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._bytes)
            end = _HEAD.size + length
            if len(self._bytes) < end:
                break
            complete.append((kind, bytes(self._bytes[_HEAD.size : end])))
            del self._bytes[:end]
        return complete
