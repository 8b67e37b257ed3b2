"""npshmex's interface over arrow-shm: an executor of processes whose arguments and results go through shared memory.

>>> import numpy as np
>>> from arrow_shm.compat.npshmex import ProcessPoolExecutor
>>> ex = ProcessPoolExecutor()
>>> ex.submit(np.square, np.arange(3)).result()
array([0, 1, 4])
"""

from __future__ import annotations

import concurrent.futures
import multiprocessing
import os
import pickle
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import numpy as np

from .. import _errors
from . import SharedArray, _datasets, _parcels, _pools

__version__ = "0.2.1"

_SCHEME = "shm://"
_PREFIX = "npshmex_"
_STREAM = "pickle"

_array_wrappers: dict[type, str] = {}


def register_array_wrapper(cls: type, attrname: str) -> None:
    """Says that objects of a class, and of those derived from it, have an array as an attribute: ``shm_put`` takes them."""
    _array_wrappers[cls] = attrname


def is_shmable(thing: Any) -> bool:
    """Whether it is an array, or an object that was registered to have one."""
    return isinstance(thing, (np.ndarray, *_array_wrappers))


def is_shmkey(key: Any) -> bool:
    """Whether it is what ``shm_put`` returns."""
    return isinstance(key, str) and key.startswith(_SCHEME + _PREFIX)


def shm_put(arr: Any, temp: bool = False, _key: str | None = None) -> str:
    """Copies an array, or an object that has one, into shared memory, and returns its key.

    Args:
        arr: an array, or an object of a registered class.
        temp: whether it goes with the first ``shm_pop``, or with this process; else it stays until it is deleted.
    """
    if not is_shmable(arr):
        raise ValueError(f"Got {arr} ({type(arr)}) instead of a numpy array or registered array wrapper!")
    publication = _datasets.Publication(_pools.pool())
    if type(arr) is np.ndarray and not arr.dtype.hasobject:
        publication.add(("data",), arr)
    else:
        stream, buffers = _parcels.pickled(arr)
        publication.add((_STREAM,), np.frombuffer(stream, np.uint8))
        for i, buffer in enumerate(buffers):
            publication.add((str(i),), buffer)
    kind = "wrapper" if not isinstance(arr, np.ndarray) else "data" if arr.dtype.names is None else "sdata"
    key = _key or f"{_SCHEME}{_PREFIX}{kind}_{secrets.token_hex(8).upper()}_{'TEMP' if temp else ''}"
    publication.publish(SharedArray._dataset(key), persistent=not temp, overwrite=False)
    return key


def shm_pop(key: str, keep: bool | None = None) -> Any:
    """What has a key, in place: whoever writes it changes what others get that have the same.

    Args:
        key: what ``shm_put`` has returned.
        keep: whether the key stays; by default if it was not put as a temporary one.

    Raises:
        FileNotFoundError: there is nothing of that key any more.
    """
    try:
        found = dict(_datasets.entries(_pools.pool()[SharedArray._dataset(key)]))
    except _errors.DatasetNotFoundError as e:
        raise FileNotFoundError(str(e)) from None
    arrays = {name: entry.array for name, entry in found.items()}
    if not (key.endswith("_") if keep is None else keep):
        # Only one can delete it, so only one gets it.
        shm_del(key)
    if _STREAM not in arrays:
        return arrays["data"]
    return pickle.loads(arrays[_STREAM], buffers=[arrays[str(i)] for i in range(len(arrays) - 1)])


def shm_del(key: str) -> None:
    """Deletes what has a key; who has got it keeps it."""
    SharedArray.delete(key)


def shm_clear() -> None:
    """Deletes all that any process has put."""
    for found in SharedArray._names():
        if found.startswith(_PREFIX):
            try:
                shm_del(found)
            except FileNotFoundError:
                # Somebody was faster.
                pass


def unshm(x: Any, keep: bool | None = None) -> Any:
    """What has a key, if it is one; of a dict, values that are keys are replaced by what has them."""
    if is_shmkey(x):
        return shm_pop(x, keep)
    if isinstance(x, dict):
        for name, value in x.items():
            if is_shmkey(value):
                x[name] = shm_pop(value, keep)
    return x


def pickle_as_array(x: Any) -> np.ndarray:
    """The bytes of a pickle."""
    return np.frombuffer(pickle.dumps(x), np.uint8)


def unpickle_from_array(x: np.ndarray) -> Any:
    """What was pickled by ``pickle_as_array``."""
    return pickle.loads(x)


def pack_dtype(dtype: np.dtype) -> np.ndarray:
    """A type, as an array."""
    return pickle_as_array(np.dtype(dtype))


def unpack_dtype(x: np.ndarray) -> np.dtype:
    """The type that was packed by ``pack_dtype``."""
    return unpickle_from_array(x)


# ---- The executor ----


class ProcessPoolExecutor(concurrent.futures.ProcessPoolExecutor):
    """That of the standard library, but arrays are not pickled, wherever in arguments and results they are: they are
    copied into shared memory, once, and used there. What is written into an argument is not seen by the caller."""

    def __init__(
        self,
        max_workers: int | None = None,
        mp_context: Any = None,
        initializer: Callable[..., Any] | None = None,
        initargs: tuple[Any, ...] = (),
        **options: Any,
    ) -> None:
        super().__init__(max_workers, mp_context, _begin, (initializer, initargs), **options)

    def submit(  # type: ignore[override]
        self, f: Callable[..., Any], /, *args: Any, shm_input: bool = True, shm_output: bool = True, **kwargs: Any
    ) -> Future[Any]:
        """The future of ``f(*args, **kwargs)``.

        Args:
            shm_input: whether arrays in the arguments go through shared memory.
            shm_output: whether those in the result do.
        """
        call = (args, kwargs)
        if shm_input:
            try:
                # Now, and not when a worker is free, so that the caller may change its arrays.
                call = _parcels.Parcel(call, is_kept=False)
            except Exception as e:
                failed: Future[Any] = Future()
                failed.set_exception(e)
                return failed
        return super().submit(_run, f, call, shm_input, shm_output)


class _Result:
    """A result, which arrives with what has a key in place of the key."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __reduce__(self) -> Any:
        return unshm, (self._value,)


def _begin(initializer: Callable[..., Any] | None, initargs: tuple[Any, ...]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if initializer is not None:
        initializer(*initargs)


def _end_with_parent() -> None:
    # Workers of a killed parent would wait for calls for ever, and keep what they have in shared memory.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(f: Callable[..., Any], call: tuple[tuple[Any, ...], dict[str, Any]], shm_input: bool, shm_output: bool) -> Any:
    args, kwargs = call
    if shm_output and not shm_input:
        for where, value in (*enumerate(args), *kwargs.items()):
            if is_shmable(value):
                raise ValueError(f"{f} got unshmd {type(value)} in argument {where}: leave shm_input and shm_output on")
    args = tuple(shm_pop(value) if is_shmkey(value) else value for value in args)
    kwargs = {name: shm_pop(value) if is_shmkey(value) else value for name, value in kwargs.items()}
    result = f(*args, **kwargs)
    return _Result(_parcels.Parcel(result, is_kept=True) if shm_output else result)
