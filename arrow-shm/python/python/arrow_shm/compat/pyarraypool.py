"""pyarraypool's interface over arrow-shm: arrays that processes hand each other without a copy.

>>> import numpy as np
>>> from arrow_shm.compat import pyarraypool
>>> shared = pyarraypool.make_transferable(np.zeros(3))    # pass it to a worker of multiprocessing
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import secrets
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from .. import _arrays, _errors, _pool
from . import _datasets, _pools

MemorySizeType = str | int | float

LOGGER = logging.getLogger(__name__)

_UNITS = {"G": 1 << 30, "M": 1 << 20, "K": 1 << 10}
# Beside the arrays: what pickles are kept with, one for each process that sends.
_SPARE_SLOTS = 128

_link_path = f"{tempfile.gettempdir()}/pyarraypool.seg"
_slot_count = 10_000
_data_size = 512 << 20
_autostart = True
_global_pool: ShmObjectPool | None = None
# By the identity of an array that was made transferable: that array, and what it was made to.
_made: dict[int, tuple[weakref.ref[np.ndarray], weakref.ref[ndarrayproxy]]] = {}


class PoolAlreadyExists(Exception):
    """The pool is running already."""


class PoolNotRunning(Exception):
    """The pool is not running, and is not to be started by itself."""


def _parse_datasize_to_bytes(value: MemorySizeType) -> int:
    if isinstance(value, str) and value[-1:] in _UNITS:
        size = int(float(value[:-1]) * _UNITS[value[-1]])
    else:
        size = int(float(value))
    if size <= 0:
        raise ValueError(f"pool size cannot be null or less: {value!r}")
    return size


class ndarrayproxy(_arrays.SharedArray):
    """An array in shared memory. Its pickle says where it is; what is made of it, also a slice, cannot be pickled."""

    python_id: int = 0

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self.python_id == 0:
            raise ValueError(
                "Cannot transfer none registered object (did you try sending slice ?): call make_transferable with it"
            )
        return _received, (self.python_id, self.view(_arrays.SharedArray))

    def __array_wrap__(self, array: np.ndarray, context: Any = None, return_scalar: bool = False) -> Any:
        if array is self or array.ndim == 0:
            return super().__array_wrap__(array, context, return_scalar)
        return array.view(ndarrayproxy)

    def _named(self, python_id: int) -> ndarrayproxy:
        self.python_id = python_id
        _proxies[python_id] = self
        return self


_proxies: weakref.WeakValueDictionary[int, ndarrayproxy] = weakref.WeakValueDictionary()


def _received(python_id: int, array: np.ndarray) -> ndarrayproxy:
    return array.view(ndarrayproxy)._named(python_id)


def make_transferable(arr: np.ndarray, *, transfer_required: bool = True) -> ndarrayproxy:
    """A copy of an array in shared memory, which is not copied any more when it is pickled for another process.

    Args:
        arr: the array. For one that was made transferable before, and still exists, it is the same memory again.
        transfer_required: nothing: what was pickled is kept until it has arrived, and nothing else is.

    Raises:
        MemoryError: there is no room, or there are no slots.
        TypeError: its elements are objects, or it has a mask.
    """
    pool = get_reusable_pool()
    if isinstance(arr, np.ma.MaskedArray):
        raise TypeError("a masked array has a mask beside its data: make both transferable")
    source, proxy = _made.get(id(arr), (lambda: None, lambda: None))
    before = proxy() if source() is arr else None
    if before is not None:
        return before[...]._named(before.python_id)
    arr = np.asarray(arr) if not isinstance(arr, np.ndarray) else arr
    shared = _pools.array(arr.shape, arr.dtype, of=pool._pool()).view(ndarrayproxy)
    shared[...] = arr
    identity = id(arr)
    _made[identity] = (weakref.ref(arr, lambda _: _made.pop(identity, None)), weakref.ref(shared))
    return shared._named(secrets.randbelow((1 << 63) - 1) + 1)


# ---- The pool ----


def get_reusable_pool() -> ShmObjectPool:
    """The pool of this process, which is started if it may be."""
    if _global_pool is None:
        if not _autostart:
            raise PoolNotRunning("the pool is not running: call start_pool, or configure_global_pool(autostart=True)")
        start_pool()
    assert _global_pool is not None
    return _global_pool


def start_pool() -> None:
    """Starts the pool; several processes with one link path have the same one.

    Raises:
        PoolAlreadyExists: it is running.
    """
    global _global_pool
    if _global_pool is not None:
        raise PoolAlreadyExists("the pool is running: stop_pool first")
    _global_pool = ShmObjectPool(path=_link_path, data_size=_data_size, slot_count=_slot_count)
    LOGGER.info("Pool attached (data_size: %d bytes, slot_count: %d)", _data_size, _slot_count)


def stop_pool() -> None:
    """Leaves the pool. Arrays stay readable. Idempotent."""
    global _global_pool
    if _global_pool is not None:
        _made.clear()
        _pools.close(_global_pool._name)
        _global_pool = None
    LOGGER.info("Pool detached")


def configure_global_pool(
    *,
    link_path: Path | str | None = None,
    slot_count: int | None = None,
    data_size: MemorySizeType | None = None,
    autostart: bool | None = None,
) -> None:
    """Says what a pool is like that is started from now on; what is not given stays.

    Args:
        link_path: which pool it is. One that there is already stays as it is.
        slot_count: how many arrays there can be; 10,000 by default.
        data_size: bytes of all arrays, as a number or like "512M"; 512 MiB by default.
        autostart: whether it is started when it is first used.
    """
    global _link_path, _slot_count, _data_size, _autostart
    _link_path = _link_path if link_path is None else str(link_path)
    _slot_count = _slot_count if slot_count is None else slot_count
    _data_size = _data_size if data_size is None else _parse_datasize_to_bytes(data_size)
    _autostart = _autostart if autostart is None else autostart


@contextlib.contextmanager
def object_pool_context() -> Iterator[None]:
    """The pool runs within the ``with`` block."""
    start_pool()
    try:
        yield
    finally:
        stop_pool()


def cleanup_shm() -> None:
    """Removes what earlier programs have left. A pool that somebody uses stays."""
    name = _name_of(_link_path)
    try:
        if _pool.remove(name):
            LOGGER.info("Pool removed: %s", name)
    except _errors.InUseError as e:
        LOGGER.warning("Pool not removed: %s", e)


def _name_of(path: str) -> str:
    return f"pyarraypool-{hashlib.sha256(str(Path(path).absolute()).encode()).hexdigest()[:12]}"


class ShmObjectPool:
    """Memory by number, in a pool. An object is there until all who have attached it have detached it, but not before
    another process has, or it was said to be releasable."""

    def __init__(self, *, slot_count: int = 5000, data_size: int = 524288000, path: str = "pyarraypool.seg") -> None:
        self._name = _name_of(path)
        # A block has up to a quarter more than what is in it.
        self._size = data_size + data_size // 4 + (1 << 20)
        self._slots = slot_count + _SPARE_SLOTS
        # How often each is attached here, and it with its state: whether it was handed over, whether its maker has left.
        self._attached: dict[int, tuple[int, bool, np.ndarray, np.ndarray]] = {}
        self._lock = threading.Lock()
        self._pool()

    def _pool(self) -> _pool.Pool:
        return _pools.pool(self._name, size=self._size, slots=self._slots)

    def add_object(self, python_id: int, request_size: int) -> memoryview:
        """Memory for a new object."""
        publication = _datasets.Publication(self._pool())
        memory = publication.new(("memory",), (request_size,), np.uint8)
        state = publication.new(("state",), (2,), np.uint8)
        state[...] = 0
        publication.publish(_object(python_id), persistent=False, overwrite=False)
        with self._lock:
            self._attached[python_id] = (1, True, memory, state)
        return memoryview(memory)

    def attach_object(self, python_id: int) -> memoryview:
        """The memory of an object that any process has added."""
        with self._lock:
            if python_id in self._attached:
                count, is_maker, memory, state = self._attached[python_id]
            elif python_id in _proxies:
                return memoryview(_bytes(_proxies[python_id]))
            else:
                found = dict(_datasets.entries(self._pool()[_object(python_id)]))
                count, is_maker, memory, state = 0, False, found["memory"].array, found["state"].array
                state[0] = 1
            self._attached[python_id] = (count + 1, is_maker, memory, state)
        return memoryview(memory)

    def detach_object(self, python_id: int) -> None:
        """Says that an attached object is not used here any more. Who still has its memory goes on to."""
        with self._lock:
            if python_id not in self._attached:
                return
            count, is_maker, memory, state = self._attached.pop(python_id)
            if count > 1:
                self._attached[python_id] = (count - 1, is_maker, memory, state)
                return
            # Whoever of the two is later finds what the other one has said.
            if is_maker:
                state[1] = 1
            if state[0] and state[1]:
                with contextlib.suppress(_errors.DatasetNotFoundError):
                    del self._pool()[_object(python_id)]

    def set_object_releasable(self, python_id: int) -> None:
        """Says that an object need not be handed over before it may go."""
        with self._lock:
            if python_id in self._attached:
                self._attached[python_id][3][0] = 1

    def memview_of(self, python_id: int) -> memoryview | None:
        """The memory of an object that is used here; None if there is none."""
        if python_id in _proxies:
            return memoryview(_bytes(_proxies[python_id]))
        with self._lock:
            return memoryview(self._attached[python_id][2]) if python_id in self._attached else None

    def dump(self) -> str:
        """What is in it, for people."""
        pool = self._pool()
        lines = [f"{pool!r}: {pool.used} bytes used"]
        lines += [f"attached here: {python_id}, {held[2].size} bytes" for python_id, held in self._attached.items()]
        return "\n".join([*lines, *(f"process {who.process_id}: {who.command}" for who in pool.who())])


def _object(python_id: int) -> str:
    return f".pyarraypool/{python_id}"


def _bytes(array: np.ndarray) -> np.ndarray:
    return array.reshape(-1).view(np.ndarray).view(np.uint8)
