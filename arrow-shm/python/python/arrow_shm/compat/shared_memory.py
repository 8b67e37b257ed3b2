"""The interface of multiprocessing.shared_memory over arrow-shm, which opens any array in the pool by its name.

A block that is made here is a dataset with one array of bytes. It ends when it is unlinked, or with the process that made
it; what is made over ``buf`` stays readable all the same.
"""

from __future__ import annotations

import uuid
from typing import Any

import numpy as np

from .. import _errors
from . import _pools

_PATH = "data"


class SharedMemory:
    """A block of shared memory, or an array of a dataset as such: ``dataset/path/of/the/array``."""

    def __init__(self, name: str | None = None, create: bool = False, size: int = 0, *, track: bool = True) -> None:
        """As that of the standard library; ``track`` is not needed."""
        if create:
            if size <= 0:
                raise ValueError(f"a size of {size}: 'size' must be a positive number different from zero")
            name = name or f"psm_{uuid.uuid4().hex[:12]}"
            array = _pools.array((size,), np.uint8)
            array[...] = 0
            _pools.pool().put(name, {_PATH: array})
        elif name is None:
            raise ValueError("'name' can only be None if create is true")
        else:
            array = _find(name)
        self._open(name, array)

    @classmethod
    def _of(cls, name: str, array: np.ndarray) -> SharedMemory:
        block = cls.__new__(cls)
        block._open(name, array)
        return block

    def _open(self, name: str, array: np.ndarray) -> None:
        self._name = name.removeprefix("/")
        self._size = array.nbytes
        elements = array if array.flags.c_contiguous else array.T
        if not elements.flags.c_contiguous:
            raise ValueError(f"{name!r} is an array with gaps, whose elements are no block: open it as what it is")
        self._buf: memoryview | None = memoryview(elements.reshape(-1).view(np.uint8))

    @property
    def name(self) -> str:
        """What it is opened by."""
        return self._name

    @property
    def size(self) -> int:
        """Bytes."""
        return self._size

    @property
    def buf(self) -> memoryview | None:
        """Its bytes; read-only if it is sealed, and None once it is closed."""
        return self._buf

    def close(self) -> None:
        """Lets go of the memory. What was made over ``buf`` stays readable."""
        self._buf = None

    def unlink(self) -> None:
        """Takes the name away. The memory is free once nobody has it any more.

        Raises:
            FileNotFoundError: it has none any more.
            ValueError: it is a part of a dataset, which is deleted as a whole.
        """
        pool = _pools.pool()
        try:
            del pool[self._name]
        except _errors.DatasetNotFoundError as e:
            if _split(self._name, set(pool)):
                raise ValueError(f"{self._name!r} is a part of a dataset: delete that, or publish it without") from None
            raise FileNotFoundError(str(e)) from None

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self._name, False, self._size)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._name!r}, size={self._size})"


def _split(name: str, datasets: set[str]) -> tuple[str, str] | None:
    """A dataset and what is in it, of a path; the longest that there is."""
    ends = [i for i, character in enumerate(name) if character == "/"]
    return next(((name[:end], name[end + 1 :]) for end in reversed(ends) if name[:end] in datasets), None)


def _find(name: str) -> np.ndarray:
    name = name.removeprefix("/")
    pool = _pools.pool()
    try:
        if name in pool:
            values = list(pool[name].values())
            found = values[0] if len(values) == 1 else None
        else:
            dataset, path = _split(name, set(pool)) or (name, "")
            found = pool[dataset][path]
    except _errors.DatasetNotFoundError as e:
        raise FileNotFoundError(str(e)) from None
    if not isinstance(found, np.ndarray):
        raise ValueError(f"{name!r} is no array: write the dataset and the path of one, like 'run-42/camera/frames'")
    return found


class SharedMemoryManager:
    """Makes blocks, and unlinks them when it is shut down or its ``with`` block ends."""

    def __init__(self) -> None:
        self._blocks: list[SharedMemory] | None = None

    def start(self) -> None:
        """Begins; no process is started."""
        self._blocks = []

    def SharedMemory(self, size: int) -> SharedMemory:
        """A block of so many bytes, all 0."""
        if self._blocks is None:
            raise ValueError("the manager is not started: use it in a `with`, or call start()")
        block = SharedMemory(create=True, size=size)
        self._blocks.append(block)
        return block

    def shutdown(self) -> None:
        """Unlinks what it has made. Idempotent."""
        blocks, self._blocks = self._blocks or [], None
        for block in blocks:
            try:
                block.unlink()
            except FileNotFoundError:
                # Somebody has done so already.
                pass

    def __enter__(self) -> SharedMemoryManager:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
