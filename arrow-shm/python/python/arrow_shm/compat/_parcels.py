"""What is pickled so that its arrays go through shared memory, wherever in it they are."""

from __future__ import annotations

import io
import pickle
from multiprocessing.reduction import ForkingPickler
from typing import Any

import numpy as np

from .. import _arrays
from . import _pools

_ALIGNMENT = 64
# Arrays from this size on have memory of their own, so that a small one does not keep the large ones beside it.
_LARGE = 1 << 20


class _Pickler(ForkingPickler):
    """As multiprocessing pickles, but that no array's elements are in the stream: they are in its buffers."""

    def reducer_override(self, value: Any) -> Any:
        kind = type(value)
        if not isinstance(value, np.ndarray) or value.dtype.hasobject:
            return NotImplemented
        if kind is np.ma.MaskedArray:
            return _masked, (value.data, value.mask, value.fill_value, value.hardmask)
        if (kind.__reduce__, kind.__reduce_ex__) != (np.ndarray.__reduce__, np.ndarray.__reduce_ex__):
            # It knows itself what it is: an array in a pool, for example, is handed over by what says where it is.
            return NotImplemented
        if value.nbytes == 0:
            return _array, (bytearray(), value.dtype, value.shape, "C", None if kind is np.ndarray else kind)
        order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
        elements = np.ascontiguousarray(value.T if order == "F" else value).reshape(-1)
        return _array, (
            # Not all types are buffers, but their bytes are.
            pickle.PickleBuffer(elements.view(np.uint8)),
            value.dtype,
            value.shape,
            order,
            None if kind is np.ndarray else kind,
        )


def _array(memory: Any, dtype: np.dtype, shape: tuple[int, ...], order: Any, kind: type | None) -> np.ndarray:
    array = np.ndarray(shape, dtype, memory, order=order)
    return array if kind is None else array.view(kind)


def _masked(data: np.ndarray, mask: Any, fill_value: Any, is_hard: bool) -> np.ma.MaskedArray:
    return np.ma.MaskedArray(data, mask, fill_value=fill_value, hard_mask=is_hard)


def pickled(value: Any) -> tuple[bytes, list[np.ndarray]]:
    """The stream of a pickle, and the bytes of the arrays, which are not copied."""
    stream, buffers = io.BytesIO(), []
    _Pickler(stream, 5, True, buffers.append).dump(value)
    return stream.getvalue(), [np.frombuffer(buffer.raw(), np.uint8) for buffer in buffers]


class Parcel:
    """A value whose arrays were copied into shared memory; what is unpickled is the value, with arrays in place.

    Args:
        value: anything that can be pickled.
        is_kept: whether the arrays are kept until they have arrived. If not, they are as long as this is, so that nothing
            is left of what never arrives.
    """

    def __init__(self, value: Any, is_kept: bool) -> None:
        self._is_kept = is_kept
        self._stream, buffers = pickled(value)
        pool = _pools.pool()
        self._memories: list[np.ndarray] = []
        # By buffer: which memory, where in it, and how long.
        self._places: list[tuple[int, int, int]] = []
        # The small ones lie in the last memory.
        used = 0
        for buffer in buffers:
            if buffer.size >= _LARGE:
                self._places.append((len(self._memories), 0, buffer.size))
                self._memories.append(pool.empty(buffer.size, np.uint8))
            else:
                self._places.append((-1, used, buffer.size))
                used += -(-buffer.size // _ALIGNMENT) * _ALIGNMENT
        if any(memory < 0 for memory, _, _ in self._places):
            self._memories.append(pool.empty(max(used, 1), np.uint8))
        for buffer, (memory, start, length) in zip(buffers, self._places):
            self._memories[memory][start : start + length] = buffer

    def __reduce__(self) -> Any:
        memories = [memory if self._is_kept else _Lent(memory) for memory in self._memories]
        return _opened, (self._stream, memories, self._places)


class _Lent:
    """An array that its holder keeps for as long as it is needed."""

    def __init__(self, array: _arrays.SharedArray) -> None:
        self._array = array

    def __reduce__(self) -> Any:
        return self._array._reduced(5, keep=False)


def _opened(stream: bytes, memories: list[np.ndarray], places: list[tuple[int, int, int]]) -> Any:
    buffers = [memories[memory][start : start + length] for memory, start, length in places]
    return pickle.loads(stream, buffers=[buffer.view(np.ndarray) for buffer in buffers])
