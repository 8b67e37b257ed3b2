"""Writes of a kernel that nobody sees, since its workers do not share what it writes into."""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _pools

_MOST_SUMMED = 16 << 20
_SAMPLES = 4096


class LostWriteWarning(RuntimeWarning):
    """A kernel has written into an array that the caller does not share, so that nobody sees it."""


class LostWrites:
    """Looks for them in workers that are forked, by checksums of the arrays that a kernel refers to."""

    def __init__(self, kernel: Any) -> None:
        self._arrays = _private_arrays(kernel)
        # Which of them a worker has written, seen by all.
        self._written = _pools.array((len(self._arrays),), np.uint8)
        self._written[...] = 0
        self._before: list[int] | None = None

    def looking(self, work: Callable[[Any, int], None]) -> Callable[[Any, int], None]:
        """The work of a worker, which also looks what is written meanwhile."""

        def looked_at(share: Any, worker: int) -> None:
            if self._before is None:
                self._before = self._sums()
            try:
                work(share, worker)
            finally:
                for i, (before, after) in enumerate(zip(self._before, self._sums())):
                    if before != after:
                        self._written[i] = 1

        return looked_at

    def _sums(self) -> list[int]:
        return [_sum(array) for array in self._arrays.values()]

    def names(self) -> list[str]:
        """What workers have written, as it is called."""
        return sorted(name for name, is_written in zip(self._arrays, self._written) if is_written)


def _private_arrays(kernel: Any) -> dict[str, np.ndarray]:
    function = getattr(kernel, "func", kernel)
    try:
        variables = inspect.getclosurevars(function)
    except (TypeError, ValueError):
        # No function of Python, or one that refers to what is not there yet.
        return {}
    found = {**variables.globals, **variables.nonlocals}
    return {repr(name): value for name, value in found.items() if _is_private(value)}


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
