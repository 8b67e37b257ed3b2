"""pasha's maps on the workers of arrow_shm: processes that are forked for one map, or threads."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..._map import ThreadContext
from ..._map._engine import Engine
from ..._map._inputs import Input
from ..._map._jobs import new_map
from ..._map._kernel import Kernel
from .. import _pools
from ._lost import LostWrites, LostWriteWarning

Work = Callable[[Any, int], None]


class _Shares(Input):
    """What each worker takes: its own shares, one after the other."""

    def __init__(self, shares: Sequence[Any]) -> None:
        self._shares = shares

    def __len__(self) -> int:
        return len(self._shares)

    def parts(self, start: int, stop: int) -> tuple[Any, ...]:
        return (self._shares[start:stop],)


def _kernel(work: Work) -> Kernel:
    def of_shares(worker: int, _: slice, shares: Sequence[Any]) -> None:
        for share in shares:
            work(share, worker)

    return Kernel(of_shares, batch=True)


def _starts(shares: Sequence[Any]) -> np.ndarray:
    return np.arange(len(shares) + 1, dtype=np.int64)


def in_threads(workers: int, shares: Sequence[Any], work: Work) -> None:
    """Has each thread do its shares, and raises what the first that failed has."""
    with ThreadContext(_pools.pool(), workers, None, None) as context:
        context._begin(_kernel(work), _Shares(shares), _starts(shares), True, None, 0, False)._wait(False)


def in_processes(workers: int, shares: Sequence[Any], work: Work, kernel: Any) -> None:
    """Has each of some processes, which are forked and have all that there is now, do its shares.

    Worker w does the shares w, w + workers, and so on, whatever becomes of the others; then the exception of the first
    share that failed is raised.
    """
    if not shares:
        return
    lost = LostWrites(kernel)
    workers = min(workers, len(shares))
    inherited = (_kernel(lost.looking(work)), _Shares(shares))
    engine = Engine(workers, "fork", pickle.dumps(None), None, inherited)
    try:
        job = new_map(_pools.pool(), None, _starts(shares), workers, True, None, 0, [], False)
        engine.add(job)
        job.call._wait(False)
    finally:
        engine.close()
        names = lost.names()
        if names:
            warnings.warn(
                f"the kernel has written into {', '.join(names)}, which workers do not share with this process, so that it "
                "is lost: allocate what it writes by alloc",
                LostWriteWarning,
                stacklevel=4,
            )
