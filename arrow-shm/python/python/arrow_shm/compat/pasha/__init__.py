"""pasha's interface over arrow-shm: a kernel is mapped over an input and writes into arrays that all workers share.

>>> import numpy as np
>>> from arrow_shm.compat import pasha as psh
>>> inp = np.random.rand(100)
>>> outp = psh.alloc(like=inp)
>>> def triple_it(worker_id, index, value):
...     outp[index] = 3 * value
>>> psh.map(triple_it, inp)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..._map import WorkerError
from ._lost import LostWriteWarning
from .context import MapContext, ProcessContext, SerialContext, ThreadContext
from .functor import DataArrayFunctor, ExtraDataFunctor, NdarrayFunctor, SequenceFunctor

__all__ = [
    "DataArrayFunctor",
    "ExtraDataFunctor",
    "LostWriteWarning",
    "MapContext",
    "NdarrayFunctor",
    "ProcessContext",
    "SequenceFunctor",
    "SerialContext",
    "ThreadContext",
    "WorkerError",
    "alloc",
    "get_default_context",
    "map",
    "set_default_context",
]
__version__ = "0.1.2"

_METHODS = {"serial": SerialContext, "threads": ThreadContext, "processes": ProcessContext}
_default_context: MapContext | None = None


def get_default_context() -> MapContext:
    """The context of ``alloc`` and ``map``: a ProcessContext unless another one was set."""
    global _default_context
    if _default_context is None:
        _default_context = ProcessContext()
    return _default_context


def set_default_context(ctx_or_method: MapContext | str, *args: Any, **kwargs: Any) -> None:
    """Sets the context of ``alloc`` and ``map``.

    Args:
        ctx_or_method: a context, or 'serial', 'threads' or 'processes', of which one is made with the other arguments.
    """
    global _default_context
    if isinstance(ctx_or_method, str):
        if ctx_or_method not in _METHODS:
            raise ValueError(f"invalid map method {ctx_or_method!r}: there are {', '.join(_METHODS)}")
        _default_context = _METHODS[ctx_or_method](*args, **kwargs)
    else:
        _default_context = ctx_or_method


def alloc(*args: Any, **kwargs: Any) -> np.ndarray:
    """See :meth:`MapContext.alloc`, of the default context."""
    return get_default_context().alloc(*args, **kwargs)


def map(*args: Any, **kwargs: Any) -> None:
    """See :meth:`MapContext.map`, of the default context."""
    return get_default_context().map(*args, **kwargs)
