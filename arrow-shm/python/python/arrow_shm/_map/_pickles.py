"""How kernels, arguments and results travel to and from another process.

Arrays in a pool travel as what says where they are, whatever has to be copied lies in the pool as well if it is large. All
else is pickled by cloudpickle, so that kernels may be closures.
"""

from __future__ import annotations

import io
import logging
import pickle
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import Any, Protocol

import cloudpickle
import numpy as np

from .._arrays import SharedArray, load, memory_of
from ._errors import KernelError

_log = logging.getLogger("arrow_shm")

MOST_CAPTURED = 1 << 20
# Bytes from which on an array is laid into the pool; a smaller one is faster in the message.
_LEAST_PLACED = 1 << 16
_MEGABYTE = 1e6
_PLAIN = (np.ndarray, SharedArray)


class Place(Protocol):
    """Makes an array in the pool, for one that is to be copied."""

    def __call__(self, shape: tuple[int, ...], dtype: np.dtype, order: str) -> SharedArray: ...


class _Local(threading.local):
    """Of a thread that unpickles: what was received, and where small arrays of results go."""

    received: list[weakref.ref[SharedArray]] | None = None
    place: Place | None = None


_local = _Local()


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """As cloudpickle's, but for arrays."""

    def __init__(self, stream: io.BytesIO, of_array: Callable[[np.ndarray], Any]) -> None:
        super().__init__(stream, 5)
        self._of_array = of_array

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            return self._of_array(value)
        if isinstance(value, CodeType):
            made = self.dispatch_table[CodeType](value)
            return _code, (*made[:2], value.co_filename)
        return super().reducer_override(value)


def _code(maker: Callable[..., CodeType], arguments: tuple[Any, ...], filename: str) -> CodeType:
    """Code that knows its file, which some versions of cloudpickle leave out: tracebacks show its lines."""
    return maker(*arguments).replace(co_filename=filename)


def _dumped(value: Any, of_array: Callable[[np.ndarray], Any], what: str) -> bytes:
    stream = io.BytesIO()
    try:
        _Pickler(stream, of_array).dump(value)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as e:
        if isinstance(e, KernelError):
            raise
        raise KernelError(f"{what} cannot be handed to another process: {type(e).__name__}: {e}") from e
    return stream.getvalue()


def dumps_kernel(kernel: Any, refer: Callable[[np.ndarray], None]) -> bytes:
    """A kernel with what it refers to. Small ordinary arrays are copied, and read-only in the worker.

    Args:
        refer: called with each array that is referred to, which the caller keeps until it has arrived.

    Raises:
        KernelError: something cannot be pickled, or an ordinary array is large: whatever were written into it in a worker
            nobody would see (a TypeError).
    """
    name = getattr(kernel, "__qualname__", type(kernel).__name__)
    return _dumped(kernel, lambda array: _captured(array, refer), f"the kernel {name!r}")


def dumps_values(value: Any, place: Place, refer: Callable[[np.ndarray], None], what: str) -> bytes:
    """Values in which ordinary arrays are copied, the large ones into the pool, as long as there is room.

    Args:
        place: makes the copies.
        refer: as of :func:`dumps_kernel`, also for the copies.

    Raises:
        KernelError: something cannot be pickled (a TypeError).
    """
    return _dumped(value, lambda array: _copied(array, place, refer), what)


def loads(stream: Any) -> Any:
    """What was pickled by one of the others."""
    return pickle.loads(stream)


class Lent:
    """An array that its holder keeps for as long as it is needed."""

    def __init__(self, array: SharedArray) -> None:
        self._array = array

    def __reduce__(self) -> Any:
        return self._array._reduced(5, keep=False)


@contextmanager
def placing(place: Place) -> Iterator[None]:
    """What is unpickled meanwhile has also its small arrays in the pool."""
    _local.place = place
    try:
        yield
    finally:
        _local.place = None


@contextmanager
def receiving(into: list[weakref.ref[SharedArray]]) -> Iterator[None]:
    """Notes which arrays of the pool are received meanwhile."""
    _local.received = into
    try:
        yield
    finally:
        _local.received = None


# ---- Arrays ----


def _in_pool(array: np.ndarray, refer: Callable[[np.ndarray], None]) -> Any:
    """What says where an array is, if it is in a pool that is open."""
    if type(array) not in _PLAIN or array.size == 0 or memory_of(array) is None:
        return None
    function, arguments = array.view(SharedArray)._reduced(5, keep=False)[:2]
    if function is not load:
        return None
    refer(array)
    return _shared, arguments


def _captured(array: np.ndarray, refer: Callable[[np.ndarray], None]) -> Any:
    known = _in_pool(array, refer)
    if known is not None:
        return known
    if array.nbytes > MOST_CAPTURED:
        raise KernelError(
            f"the kernel refers to an ordinary array of {array.nbytes / _MEGABYTE:.1f} MB, {array.dtype} {array.shape}, "
            "which its workers do not share, so that what they write there would be lost: make it by `alloc` if it is "
            f"written, by `put` if it is read (up to {MOST_CAPTURED / _MEGABYTE:.0f} MB are copied)"
        )
    return _by_value(array, _frozen) if type(array) in _PLAIN else NotImplemented


def _copied(array: np.ndarray, place: Place, refer: Callable[[np.ndarray], None]) -> Any:
    known = _in_pool(array, refer)
    if known is not None:
        return known
    kind = type(array)
    if kind is np.ma.MaskedArray:
        return _masked, (array.data, array.mask, array.fill_value, array.hardmask)  # type: ignore[attr-defined]
    own = (kind.__reduce__, kind.__reduce_ex__) != (np.ndarray.__reduce__, np.ndarray.__reduce_ex__)
    if own and kind is not SharedArray:
        # It knows itself what it is.
        return NotImplemented
    if array.nbytes < _LEAST_PLACED:
        return _by_value(array, _small)
    try:
        placed = place(array.shape, array.dtype, _order(array))
    except MemoryError as e:
        _log.warning("an array of %.1f MB is copied through a socket: %s", array.nbytes / _MEGABYTE, e)
        return _by_value(array, _small)
    placed[...] = array.view(np.ndarray)
    if not array.flags.writeable:
        placed = placed.view()
        placed.flags.writeable = False
    function, arguments = _in_pool(placed, refer)
    return _of_kind, (function, arguments, None if kind in _PLAIN else kind)


def _order(array: np.ndarray) -> str:
    return "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"


def _by_value(array: np.ndarray, maker: Callable[..., np.ndarray]) -> Any:
    kind = type(array)
    order = _order(array)
    return maker, (
        array.tobytes(order),  # type: ignore[arg-type]
        array.dtype,
        array.shape,
        order,
        None if kind in _PLAIN else kind,
    )


def _shared(*arguments: Any) -> SharedArray:
    array = load(*arguments)
    if _local.received is not None:
        _local.received.append(weakref.ref(array))
    return array


def _of_kind(function: Callable[..., np.ndarray], arguments: tuple[Any, ...], kind: type | None) -> np.ndarray:
    array = function(*arguments)
    return array if kind is None else array.view(kind)


def _frozen(data: bytes, dtype: np.dtype, shape: tuple[int, ...], order: Any, kind: type | None) -> np.ndarray:
    """Over bytes, which nobody can write."""
    array: np.ndarray = np.ndarray(shape, dtype, data, order=order)
    return array if kind is None else array.view(kind)


def _small(data: bytes, dtype: np.dtype, shape: tuple[int, ...], order: Any, kind: type | None) -> np.ndarray:
    array: np.ndarray = np.ndarray(shape, dtype, data, order=order)
    place = _local.place
    if place is None or kind is not None or array.size == 0:
        array = array.copy(order)
        return array if kind is None else array.view(kind)
    try:
        placed = place(shape, dtype, order)
    except MemoryError:
        return array.copy(order)
    placed[...] = array
    return placed


def _masked(data: np.ndarray, mask: Any, fill_value: Any, is_hard: bool) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(data, mask, fill_value=fill_value, hard_mask=is_hard)
