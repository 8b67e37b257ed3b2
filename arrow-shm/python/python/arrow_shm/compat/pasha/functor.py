"""What can be mapped over: an input is split into shares, and a worker iterates over one of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np


def gen_split_slices(total_len: int, part_len: int | None = None, n_parts: int | None = None) -> list[slice]:
    """Slices that split a sequence, in order and as even as can be.

    Args:
        total_len: length of the sequence.
        part_len: how long a part is at most.
        n_parts: how many parts there are, if ``part_len`` is not given.
    """
    if part_len is not None:
        n_parts = -(-total_len // part_len)
    elif n_parts is None:
        raise ValueError("must specify either part_len or n_parts")
    return [slice(i * total_len // n_parts, (i + 1) * total_len // n_parts) for i in range(n_parts)]


class Functor:
    """Something that can be mapped over.

    A subclass with ``split`` and ``iterate`` can be passed to ``map``. One that has ``wrap``, too, is found for the values
    that it accepts; a value's own method ``_pasha_functor_`` comes before all of these.
    """

    _functor_types: list[type[Functor]] = []

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        Functor._functor_types.append(cls)

    @classmethod
    def try_wrap(cls, value: Any) -> Functor:
        """The functor for a value, which may be one itself.

        Raises:
            ValueError: there is none, or more than one.
        """
        if isinstance(value, cls):
            return value
        if hasattr(value, "_pasha_functor_"):
            return value._pasha_functor_()
        found = [functor for kind in cls._functor_types if (functor := kind.wrap(value)) is not None]
        if len(found) > 1:
            raise ValueError(f"default functor is ambiguous: {', '.join(type(functor).__name__ for functor in found)}")
        if not found:
            raise ValueError(f"no default functor for {type(value)}: pass a list, an array, or a Functor of your own")
        return found[0]

    @classmethod
    def wrap(cls, value: Any) -> Functor | None:
        """A functor of this type for a value, or None if it is not one for that."""
        return None

    def split(self, num_workers: int) -> Iterable[Any]:
        """Shares for so many workers; each is passed to ``iterate``."""
        raise NotImplementedError("split")

    def iterate(self, share: Any) -> Iterable[tuple[Any, ...]]:
        """What the kernel gets for each item of a share, behind the worker: the index and any number of values."""
        raise NotImplementedError("iterate")


class SequenceFunctor(Functor):
    """Maps over whatever has a length and takes slices: the kernel gets an index and what is there."""

    def __init__(self, sequence: Any) -> None:
        self.sequence = sequence

    @classmethod
    def wrap(cls, value: Any) -> Functor | None:
        return cls(value) if isinstance(value, Sequence) else None

    def split(self, num_workers: int) -> list[slice]:
        return gen_split_slices(len(self.sequence), n_parts=num_workers)

    def iterate(self, share: slice) -> Iterator[tuple[Any, ...]]:
        return zip(range(*share.indices(len(self.sequence))), self.sequence[share])


class NdarrayFunctor(SequenceFunctor):
    """Maps over an axis of an array, by default the first."""

    def __init__(self, array: Any, axis: int | None = None) -> None:
        super().__init__(array if axis is None else np.swapaxes(array, 0, axis))

    @classmethod
    def wrap(cls, value: Any) -> Functor | None:
        return cls(value) if isinstance(value, np.ndarray) else None


class DataArrayFunctor(NdarrayFunctor):
    """Maps over a dimension of an ``xarray.DataArray``, by default the first."""

    def __init__(self, array: Any, dim: str | None = None) -> None:
        super().__init__(array if dim is None else array.transpose(dim, ...))

    @classmethod
    def wrap(cls, value: Any) -> Functor | None:
        # What was never imported made no value.
        xarray = sys.modules.get("xarray")
        return cls(value) if xarray is not None and isinstance(value, xarray.DataArray) else None


class ExtraDataFunctor(Functor):
    """Maps over the trains of EXtra-data's objects: the kernel gets an index, the train's id, and its data."""

    def __init__(self, obj: Any) -> None:
        self.obj = obj
        self.n_trains = len(obj.train_ids)
        self._process = os.getpid()

    @classmethod
    def wrap(cls, value: Any) -> Functor | None:
        extra_data = sys.modules.get("extra_data")
        kinds = () if extra_data is None else (extra_data.DataCollection, extra_data.KeyData)
        return cls(value) if isinstance(value, kinds) else None

    def split(self, num_workers: int) -> list[slice]:
        return gen_split_slices(self.n_trains, n_parts=num_workers)

    def iterate(self, share: slice) -> Iterator[tuple[Any, ...]]:
        part = self.obj.select_trains(np.s_[share])
        if os.getpid() != self._process:
            # HDF5 does not bear two processes that read through one descriptor: here the files are opened anew.
            for file in part.files:
                file.close()
        # Without the trains that have no data, those behind them would get the wrong index.
        is_key = isinstance(part, sys.modules["extra_data"].KeyData)
        trains = part.trains(include_empty=True) if is_key else part.trains()
        for index, (train_id, data) in zip(range(*share.indices(self.n_trains)), trains):
            yield index, train_id, data
