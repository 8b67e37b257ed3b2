"""The pools of the libraries: one of this user's for all of them, unless a library or the user says which.

A pool is opened when it is first used, in each process. One that was made here for want of another is removed by the last
process that leaves it, if there is nothing in it any more, so that no memory is kept for nobody.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from multiprocessing import util
from typing import Any

from .. import _arrays, _core, _pool
from .._map import _alloc

_DEFAULT = "compat"
_SMALLEST = 1 << 20
# Finalizers of this priority run when daemons have been joined, so that they are no participants any more.
_LAST = -100
# How long a worker that ends waits until its results have arrived, and how often it looks.
_PATIENCE_S = 10.0
_PERIOD_S = 0.005

_lock = threading.Lock()
# By directory and name.
_open: dict[tuple[str, str], _pool.Pool] = {}
_is_left_at_exit = False


def _forget() -> None:
    # What is open is the parent's, and another of its threads may have had the lock.
    global _lock, _is_left_at_exit
    _lock = threading.Lock()
    _open.clear()
    _is_left_at_exit = False


os.register_at_fork(after_in_child=_forget)


def pool(name: str | None = None, *, size: int | None = None, slots: int | None = None) -> _pool.Pool:
    """This process's opening of a pool, by default that which ``$ARROW_SHM_POOL`` names."""
    global _is_left_at_exit
    name = name or os.environ.get("ARROW_SHM_POOL") or _DEFAULT
    directory = _directory()
    with _lock:
        found = _open.get((directory, name))
        if found is None or found.closed:
            free = os.statvfs(directory)
            found = _pool.open(name, size=size or max(free.f_bavail * free.f_frsize, _SMALLEST), slots=slots)
            _open[directory, name] = found
            if not _is_left_at_exit:
                util.Finalize(None, close_all, exitpriority=_LAST)
                _is_left_at_exit = True
        return found


def _directory() -> str:
    return os.environ.get("ARROW_SHM_DIR", "/dev/shm")


def close_all() -> None:
    """Leaves all pools that are open here."""
    for directory, name in list(_open):
        close(name, directory)


def close(name: str, directory: str | None = None) -> None:
    """Leaves a pool, if it is open here."""
    with _lock:
        found = _open.pop((directory or _directory(), name), None)
    if found is None or found.closed:
        return
    parent = multiprocessing.parent_process()
    if parent is not None:
        # What this process has sent, it keeps until it has arrived.
        until = time.monotonic() + _PATIENCE_S
        while not _core.all_arrived() and parent.is_alive() and time.monotonic() < until:
            time.sleep(_PERIOD_S)
    if name == os.environ.get("ARROW_SHM_POOL"):
        found.close()
    else:
        found._core.close_and_remove_unused()


# ---- Arrays ----


def array(
    shape: tuple[int, ...], dtype: Any, order: str = "C", of: _pool.Pool | None = None
) -> _arrays.SharedArray:
    """An array in a pool, of any type but objects, which is writable by all that have it; its elements are whatever was
    there."""
    return _alloc.shared_array(pool() if of is None else of, shape, dtype, order)
