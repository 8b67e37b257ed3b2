"""The table of a call, in an array that all its workers have."""

from __future__ import annotations

import numpy as np

from .. import _core
from .._arrays import SharedArray, address, memory_of
from .._pool import Pool


def new_table(pool: Pool, workers: int, starts: np.ndarray) -> tuple[SharedArray, _core.CallTable]:
    """A table whose ranges are all free, with the array that it lies in, for as long as others are to find it."""
    ranges = len(starts) - 1
    words = pool.empty(_core.CallTable.bytes(workers, ranges), np.uint8)
    words[...] = 0
    table = table_over(words, workers, ranges)
    table.set_starts(starts.tolist())
    return words, table


def table_over(words: SharedArray, workers: int, ranges: int) -> _core.CallTable:
    """The table that lies in an array."""
    memory = memory_of(words)
    assert memory is not None
    return _core.CallTable(memory, address(words) - address(memory), workers, ranges)
