"""Arrays that all workers share."""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any

import numpy as np

from .. import _formats
from .._arrays import SharedArray
from .._pool import Pool


def resolved(shape: Any, dtype: Any, order: str | None, like: Any) -> tuple[tuple[int, ...], Any, str]:
    """Shape, type and order of an array: what is not said is as in another one, if there is one.

    Raises:
        ValueError: there is no shape, or no such order.
    """
    if like is not None:
        shape = like.shape if shape is None else shape
        dtype = like.dtype if dtype is None else dtype
    elif shape is None:
        raise ValueError("array shape must be specified, or an array that it is to be like")
    if order not in ("C", "F"):
        if order not in (None, "A", "K"):
            raise ValueError(f"the order {order!r} is not known: 'C' or 'F'")
        flags = getattr(like, "flags", None)
        order = "F" if flags is not None and flags.f_contiguous and not flags.c_contiguous else "C"
    shape = (shape,) if isinstance(shape, Integral) else tuple(shape)
    return shape, np.float64 if dtype is None else dtype, order


def with_workers(shape: tuple[int, ...], order: str, workers: int) -> tuple[int, ...]:
    """A shape with an entry for each worker: the first axis in the order C, the last in the order F."""
    return (workers, *shape) if order == "C" else (*shape, workers)


def shared_array(pool: Pool, shape: Any, dtype: Any, order: str = "C") -> SharedArray:
    """An array in a pool, of any type but objects, which is writable by all that have it; its elements are whatever was
    there.

    Raises:
        TypeError: its elements would be objects.
        PoolFullError: there is no room (a MemoryError).
    """
    dtype = np.dtype(dtype)
    shape = tuple(int(length) for length in shape)
    if is_readable_elsewhere(dtype):
        return pool.empty(shape, dtype, order)
    if dtype.hasobject:
        raise TypeError(f"an array of {dtype!r} cannot be in shared memory: what an object points to is one process's")
    memory = pool.empty(dtype.itemsize * math.prod(shape), np.uint8)
    return np.ndarray(shape, dtype, memory, order="F" if order == "F" else "C").view(SharedArray)


def is_readable_elsewhere(dtype: np.dtype) -> bool:
    """Whether the format has the type; else its bytes are kept, and what they are is said beside them."""
    try:
        _formats.checked_dtype(dtype)
    except TypeError:
        return False
    return True
