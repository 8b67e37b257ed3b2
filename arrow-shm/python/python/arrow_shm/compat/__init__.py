"""Five libraries' own interfaces over arrow-shm: change one import.

>>> from arrow_shm.compat import pyarraypool, npshmex, cute_shm, pasha, mpaio

Or change none: ``python -m arrow_shm.compat`` prints a directory which, in ``PYTHONPATH``, has them by their own names,
and whose ``bin`` has cute-shm's commands.

Each is imported when it is used, and needs no more than it does itself: mpaio needs anyio and psutil, HDF5 files h5py
(``pip install 'arrow-shm[compat]'``).
"""

import importlib
from types import ModuleType

__all__ = ["cute_shm", "mpaio", "npshmex", "pasha", "pyarraypool"]


def __getattr__(name: str) -> ModuleType:
    if name in __all__:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
