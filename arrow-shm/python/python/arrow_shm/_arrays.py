"""Arrays in shared memory, and how they travel between processes."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _core, _formats
from ._errors import ClosedError, InvalidError


class SharedArray(np.ndarray):
    """An array whose elements lie in a pool: read-only where they are sealed, writable and seen by all where they are shared.

    Views of it (slices, transposes, any strides) are of the same memory. It and they are pickled as some 150 bytes that
    say where the elements are, for any process of the same user on the same host, also one that has not opened the pool:
    what is loaded is the same memory. A pickle keeps what it stands for until it is loaded for the first time, or until
    the process that has made it closes the pool or ends; whoever has loaded it keeps it by that. A pickle of something
    that nobody keeps any more raises :class:`StaleError`.

    What is calculated from it is an ordinary array, and so is what ``np.asarray`` makes of it: those are pickled by value.
    """

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        if array is self:
            return self
        plain = array.view(np.ndarray)
        return plain[()] if plain.ndim == 0 else plain

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._reduced(protocol, keep=True)

    def _reduced(self, protocol: Any, keep: bool) -> Any:
        """As ``__reduce_ex__``; without ``keep`` the caller itself is to keep the array until it is loaded."""
        memory = memory_of(self)
        if self.size == 0:
            # By value it would come back in this machine's byte order.
            return np.empty, (self.shape, self.dtype)
        if memory is None:
            return self.view(np.ndarray).__reduce_ex__(protocol)
        try:
            directory, parcel = memory.send(keep)
        except ClosedError:
            if not self._is_sealed():
                raise
            # What does not change any more is the same by value.
            return self.view(np.ndarray).__reduce_ex__(protocol)
        offset = address(self) - address(memory)
        strides = None if self.flags.c_contiguous else self.strides
        is_simple = self.dtype.names is None and self.dtype.subdtype is None
        return load, (directory, parcel, offset, self.shape, strides, self.dtype.str if is_simple else self.dtype)

    def seal(self) -> None:
        """Makes it immutable, for everybody.

        Views that were made of it before show the same elements; what is written through them is seen by nobody else.

        Raises:
            InUseError: another process, or another handle of this one, holds it or may write it: a worker that has
                loaded a pickle of it and not let go of that, or a child that was forked since it was made.
            ValueError: it is a view, or was received from another process, which is the one to seal it.
        """
        memory = memory_of(self)
        if memory is None or not is_whole(self, memory):
            raise InvalidError("this is a view of an array in a pool: seal the array itself, or put a copy")
        if isinstance(memory, _core.Writable):
            memory.seal()
        elif not memory.sealed:
            raise InvalidError("this array was received from another process: the one that has made it is to seal it")
        self.flags.writeable = False

    def _is_sealed(self) -> bool:
        memory = memory_of(self)
        return memory is None or memory.sealed


def address(memory: Any) -> int:
    """Where the first element, or the first byte, lies."""
    return int(memory.__array_interface__["data"][0])


def memory_of(array: np.ndarray) -> _core.Segment | _core.Writable | None:
    """The segment in which all elements of an array lie, if they do."""
    base: Any = array
    while isinstance(base, np.ndarray):
        base = base.base
    return base if isinstance(base, (_core.Segment, _core.Writable)) else None


def is_whole(array: np.ndarray, memory: _core.Segment | _core.Writable) -> bool:
    """Whether an array is what its segment says, and no view of a part of it; an error if the segment was given up."""
    _ = memory.sealed
    bytes_of = np.asarray(memory)
    whole = _formats.array_in(bytes_of, _formats.start_of(bytes_of), _formats.description(array.dtype, array.shape))
    return (whole.dtype, whole.shape, whole.strides, address(whole)) == (
        array.dtype,
        array.shape,
        array.strides,
        address(array),
    )


def array_over(memory: np.ndarray, start: bytes, description: str) -> SharedArray:
    """The array that a segment's bytes, which begin with these, are in place."""
    return _formats.array_in(memory, start, description).view(SharedArray)


def load(directory: str, parcel: bytes, offset: int, shape: tuple[int, ...], strides: Any, dtype: Any) -> SharedArray:
    """What a pickle stands for."""
    segment = _core.received(directory, parcel)
    memory = np.asarray(segment.writable() if segment.held and not segment.sealed else segment)
    if not 0 <= offset < memory.size:
        # NumPy looks at the other end only.
        raise InvalidError(f"the pickle is damaged: offset {offset} in a segment of {memory.size} bytes")
    return np.ndarray(shape, dtype, memory, offset, strides).view(SharedArray)
