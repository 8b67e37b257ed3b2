"""How an array is parted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DataIterator:
    """An array in shared memory, and the parts that workers get: iterating gives (start, end) of each, in order.

    Args:
        shm_name: what it is opened by.
        chunk_size: how many items a part has; the last may have fewer.
        size_of_data: how many items there are.
        shm_shape: the array's shape.
        data_type: the type of its elements.
        start_idx: the first item of the first part.
    """

    shm_name: str
    chunk_size: int
    size_of_data: int
    shm_shape: tuple[int, ...]
    data_type: Any
    start_idx: int = 0

    def __post_init__(self) -> None:
        if self.chunk_size < 1:
            raise ValueError(f"a chunk_size of {self.chunk_size} never comes to an end: a part has 1 item at least")

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for start in range(self.start_idx, self.size_of_data, self.chunk_size):
            yield start, min(start + self.chunk_size, self.size_of_data)
