"""A pool for each test, which leaves nothing behind."""

import gc
import itertools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import arrow_shm as shm

_numbers = itertools.count()


def eventually(what: str, is_so: Callable[[], bool]) -> None:
    """Waits until something is so, and says what if it never is."""
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until, f"not within a minute: {what}"
        time.sleep(0.005)


@pytest.fixture
def directory() -> Iterator[str]:
    path = Path(f"/dev/shm/python-pools-{os.getpid()}-{next(_numbers)}")
    path.mkdir()
    yield str(path)

    def is_removed() -> bool:
        # An exception that was expected keeps what was there when it was raised.
        gc.collect()
        try:
            return all(shm.remove(name, directory=path) for name in shm.pools(path))
        except shm.InUseError:
            return False

    eventually("the pools can be removed", is_removed)
    path.rmdir()


@pytest.fixture
def pool(directory: str) -> Iterator[shm.Pool]:
    with shm.open("p", size="16MiB", slots=1024, directory=directory) as pool:
        yield pool


def started(directory: str, program: str) -> subprocess.Popen:
    """Another process of Python, with the pool open as `pool`; its pipes are texts."""
    start = (
        "import arrow_shm as shm, numpy as np, pyarrow as pa, sys\n"
        f"pool = shm.open('p', size='16MiB', slots=1024, directory={directory!r})\n"
    )
    command = [sys.executable, "-c", start + program]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def compat(directory: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The libraries of arrow_shm.compat have their pools in a directory of this test."""
    from arrow_shm.compat import _pools

    monkeypatch.setenv("ARROW_SHM_DIR", directory)
    yield directory
    gc.collect()
    for folder, name in list(_pools._open):
        if folder == directory:
            _pools.close(name, folder)
