"""cute-shm's interface over arrow-shm: nested dicts of arrays by the name of a project.

>>> import numpy as np
>>> from arrow_shm.compat import cute_shm as cute
>>> with cute.unlinked_arrays_to_shm("myproject", {"a": np.zeros(3), "b": {"c": np.ones(2)}}):
...     cute.shm_to_arrays("myproject")["b"]["c"]["data"]
array([1., 1.])

A project is a dataset of the pool, and any dataset can be read as a project. HDF5 files need h5py.
"""

from .core import (
    ArrayDict,
    MetaArrayDict,
    Project2Toml,
    SharedArray,
    SharedArrayDict,
    SharedArrayMeta,
    bytes_to_human,
    unlink,
)
from .hdf5_shm import hdf5_size, hdf5_to_shm, unlinked_hdf5_to_shm
from .numpy_shm import arrays_to_shm, shm_to_arrays, unlinked_arrays_to_shm
from .progress import ShmProgress

__all__ = [
    "ArrayDict",
    "MetaArrayDict",
    "Project2Toml",
    "SharedArray",
    "SharedArrayDict",
    "SharedArrayMeta",
    "ShmProgress",
    "arrays_to_shm",
    "bytes_to_human",
    "hdf5_size",
    "hdf5_to_shm",
    "shm_to_arrays",
    "unlink",
    "unlinked_arrays_to_shm",
    "unlinked_hdf5_to_shm",
]
__version__ = "1.2"
