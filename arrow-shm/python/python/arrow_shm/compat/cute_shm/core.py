"""Projects, and what is known of their arrays."""

from __future__ import annotations

import hashlib
import logging
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict, Union

import numpy as np

from ... import _errors, _pool
from .. import _pools
from ..shared_memory import SharedMemory

logger = logging.getLogger("cute-shm")


class SharedArrayMeta(TypedDict, total=False):
    """What is known of an array."""

    shm_name: str
    shm_private_name: str
    shm: SharedMemory
    shape: list[int]
    dtype: str
    attrs: dict[str, Any]


class SharedArray(TypedDict):
    """An array, and what is known of it."""

    meta: SharedArrayMeta
    data: np.ndarray


ArrayDict = dict[str, Union["ArrayDict", np.ndarray]]
MetaArrayDict = dict[str, Union[SharedArrayMeta, "MetaArrayDict"]]
SharedArrayDict = dict[str, Union[SharedArray, "SharedArrayDict"]]

_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


def bytes_to_human(size_bytes: int) -> str:
    """A size for people: "1.5 KB"."""
    if size_bytes == 0:
        return "0 bytes"
    if size_bytes < 0:
        return "<unknown>"
    power = min(int(math.log(size_bytes, 1024)), len(_UNITS) - 1)
    return f"{round(size_bytes / 1024**power, 2)} {_UNITS[power]}"


class Project2Toml:
    """Where it stands what is in a project: in a file that is there for as long as the project is.

    Attributes:
        root: projects under one root are not seen under another.
    """

    _DEFAULT = Path("/tmp/cute-shm")
    root: Path = _DEFAULT

    @classmethod
    def pool(cls) -> _pool.Pool:
        """The pool with the projects of this root."""
        if Path(cls.root) == cls._DEFAULT:
            return _pools.pool()
        return _pools.pool(f"cute-shm-{hashlib.sha256(str(Path(cls.root).absolute()).encode()).hexdigest()[:12]}")

    @classmethod
    def get_path(cls, project: str) -> Path:
        """The file of a project, which there may be or not."""
        name = re.sub(rb"[^A-Za-z0-9._/-]|^\.", lambda found: b"%%%02X" % found[0][0], project.encode())
        return Path(cls.pool().directory) / "names" / f"{name.decode().replace('/', '+')}.json"

    @classmethod
    def list(cls) -> dict[str, Path]:
        """All projects, and their files. Names that begin with a dot are those of other libraries."""
        return {name: cls.get_path(name) for name in sorted(cls.pool()) if not name.startswith(".")}


def check_absent(project: str, what: str) -> None:
    """Raises FileExistsError before anything is copied."""
    if project in Project2Toml.pool():
        raise FileExistsError(
            f"Project {project}: failed to transfer {what} to shared memory: there is a project of that name already. "
            "Unlink it, or say overwrite=True"
        )


def dataset_of(project: str) -> _pool.Dataset:
    """The dataset of a project, or FileNotFoundError."""
    try:
        return Project2Toml.pool()[project]
    except _errors.DatasetNotFoundError:
        raise FileNotFoundError(
            f"there is no project {project!r}; there are {', '.join(Project2Toml.list()) or 'none'}"
        ) from None


def array_size(meta: SharedArrayMeta) -> int:
    """Bytes of an array."""
    return math.prod(meta["shape"]) * np.dtype(meta["dtype"]).itemsize


def unlink(project: str) -> None:
    """Deletes a project. Who reads it goes on to.

    Raises:
        FileNotFoundError: there is none.
    """
    logger.debug("unlinking the project %r", project)
    try:
        del Project2Toml.pool()[project]
    except _errors.DatasetNotFoundError as e:
        raise FileNotFoundError(str(e)) from None


@contextmanager
def unlinked(project: str) -> Iterator[None]:
    """Deletes at the end what has just been published, unless somebody has done so, or published something else."""
    pool = Project2Toml.pool()
    mine = pool._core.dataset(project).publication
    try:
        yield
    finally:
        try:
            if pool._core.dataset(project).publication == mine:
                unlink(project)
        except (_errors.DatasetNotFoundError, FileNotFoundError):
            logger.debug("the project %r is gone already", project)
