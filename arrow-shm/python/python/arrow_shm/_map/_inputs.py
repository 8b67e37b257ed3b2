"""What can be mapped over, and the ranges that it is parted into."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

Chunks = int | Literal["auto"] | None
# Ranges of "auto" that each worker gets about, if all are equally fast: they become smaller towards the end.
_SHRINKING = 4
_MOST_A_WORKER = 64


class Input:
    """Something of one's own that can be mapped over: a subclass has a length, and says what is in a range of it."""

    def __len__(self) -> int:
        raise NotImplementedError("__len__")

    def entries(self, start: int, stop: int) -> Iterable[tuple[Any, ...]]:
        """For each index of a range what a kernel gets behind the worker: the index, and any number of values."""
        raise NotImplementedError("entries")

    def parts(self, start: int, stop: int) -> tuple[Any, ...]:
        """What a batch kernel gets behind the worker and the range: any number of values, each of the whole range."""
        raise NotImplementedError("parts")


class Sliced(Input):
    """Over what has a length and slices, one or several that are equally long."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values[0])

    def entries(self, start: int, stop: int) -> Iterable[tuple[Any, ...]]:
        return zip(range(start, stop), *[value[start:stop] for value in self.values])

    def parts(self, start: int, stop: int) -> tuple[Any, ...]:
        return tuple(value[start:stop] for value in self.values)


def rows(array: np.ndarray, axis: int = 0) -> np.ndarray:
    """An array seen along another axis, to map over that: values are what is at each index of the axis, in place."""
    return np.moveaxis(array, axis, 0)


def input_of(values: tuple[Any, ...]) -> Input:
    """What ``map`` was given.

    Raises:
        TypeError: something has no length or no slices.
        ValueError: several are not equally long.
    """
    if not values:
        raise TypeError("there is nothing to map over: give an array, a list, or an Input")
    if isinstance(values[0], Input):
        if len(values) > 1:
            raise TypeError("an Input is mapped over alone: let it yield all the values itself")
        return values[0]
    for value in values:
        if isinstance(value, np.ndarray):
            if value.ndim == 0:
                raise TypeError("an array without an axis cannot be mapped over: reshape it to one")
        elif not isinstance(value, Sequence):
            raise TypeError(
                f"a {type(value).__name__} cannot be mapped over, as it has no ranges: give an array, a list, or an Input"
            )
    lengths = [len(value) for value in values]
    if len(set(lengths)) > 1:
        raise ValueError(f"what is mapped over together has lengths {', '.join(map(str, lengths))}: they have to be equal")
    return Sliced(values)


def starts_of(length: int, workers: int, chunks: Chunks) -> np.ndarray:
    """Where ranges begin, in order, and where the last one ends.

    Args:
        chunks: how long ranges are; "auto" for some that become shorter towards the end, so that all workers end at once;
            None for one for each worker, as even as can be.
    """
    if chunks is None:
        # Some are empty if there are fewer indices than workers: worker w has w * length // workers and so on, wherever.
        return np.arange(workers + 1, dtype=np.int64) * length // workers if length else np.zeros(1, np.int64)
    if chunks == "auto":
        return np.array(_shrinking(length, workers), np.int64)
    if isinstance(chunks, str) or chunks != int(chunks) or chunks < 1:
        raise ValueError(f"chunks={chunks!r} is not known: a number from 1 on, 'auto', or None for one a worker")
    return np.append(np.arange(0, length, int(chunks), dtype=np.int64), length)


def _shrinking(length: int, workers: int) -> list[int]:
    starts, at = [0], 0
    least = max(1, length // (workers * _MOST_A_WORKER))
    while at < length:
        at = min(length, at + max(least, (length - at) // (workers * _SHRINKING)))
        starts.append(at)
    return starts
