"""Arrays and tables in shared memory, for any process of one host: Python, Java and Flink read them in place.

>>> import arrow_shm as shm, numpy as np
>>> with shm.open("lab", size="1GiB") as pool:           # made if absent
...     pool.put("run-42", {"camera": {"frames": np.zeros((2, 3), "f4")}}, attrs={"operator": "eve"})
...     frames = pool["run-42"]["camera"]["frames"]      # in place, read-only; stays valid
...     del pool["run-42"]
"""

from importlib.metadata import version as _version

from . import _fork
from ._arrays import SharedArray
from ._errors import (
    ClosedError,
    DamagedError,
    DatasetExistsError,
    DatasetNotFoundError,
    Error,
    InUseError,
    InvalidError,
    LockTimeoutError,
    PoolFullError,
    PoolNotFoundError,
    StaleError,
    UntrustedError,
    VersionError,
)
from ._export import export
from ._load import load
from ._map import (
    Call,
    Context,
    Executor,
    Input,
    Insights,
    Kernel,
    KernelError,
    Part,
    Parts,
    ProcessContext,
    SerialContext,
    ThreadContext,
    WorkerError,
    WorkerInsight,
    WorkerTimeoutError,
    kernel,
    processes,
    rows,
    serial,
    threads,
)
from ._pool import Dataset, Group, Participant, Pool, open, pools, remove
from ._watch import Event, Watch

__all__ = [
    "Call",
    "ClosedError",
    "Context",
    "DamagedError",
    "Dataset",
    "DatasetExistsError",
    "DatasetNotFoundError",
    "Error",
    "Event",
    "Executor",
    "Group",
    "InUseError",
    "Input",
    "Insights",
    "InvalidError",
    "Kernel",
    "KernelError",
    "LockTimeoutError",
    "Part",
    "Participant",
    "Parts",
    "Pool",
    "PoolFullError",
    "PoolNotFoundError",
    "ProcessContext",
    "SerialContext",
    "SharedArray",
    "StaleError",
    "ThreadContext",
    "UntrustedError",
    "VersionError",
    "Watch",
    "WorkerError",
    "WorkerInsight",
    "WorkerTimeoutError",
    "export",
    "kernel",
    "load",
    "open",
    "pools",
    "processes",
    "remove",
    "rows",
    "serial",
    "threads",
]
__version__ = _version("arrow-shm")
_fork.register()
