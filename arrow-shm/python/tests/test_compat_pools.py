"""The pools that the libraries share: made when they are used, and removed by the last who leaves them."""

import gc
import os

import numpy as np
import pytest
from test_compat_programs import started

import arrow_shm as shm
from arrow_shm.compat import _pools, cute_shm

pytestmark = pytest.mark.usefixtures("compat")


def test_the_last_who_leaves_removes_a_pool_and_what_it_has_stays_readable(compat):
    with shm.open("compat", directory=compat):
        assert _pools.pool().closed is False
        _pools.close("compat")
        assert shm.pools(compat) == ["compat"], "somebody else has it open"
    array = _pools.array((1000,), "i8")
    array[:] = 7
    _pools.close("compat")
    assert os.listdir(compat) == [] and (array == 7).all()
    child = os.fork()
    if child == 0:
        os._exit(0 if (array == 7).all() else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_pool_with_a_dataset_that_lasts_or_with_something_that_is_to_be_adopted_stays(compat):
    cute_shm.arrays_to_shm("p", {"a": np.arange(3)}, persistent=True)
    _pools.close("compat")
    assert cute_shm.shm_to_arrays("p")["a"]["data"].tolist() == [0, 1, 2]
    cute_shm.unlink("p")
    gc.collect()
    incoming = os.path.join(_pools.pool().directory, "incoming", "file.npy")
    np.save(incoming, np.arange(3))
    _pools.close("compat")
    assert shm.pools(compat) == ["compat"]
    os.remove(incoming)
    cute_shm.arrays_to_shm("ends", {"a": np.arange(3)})
    _pools.close("compat")
    assert os.listdir(compat) == []


def test_a_pool_that_the_user_names_stays(compat, monkeypatch):
    shm.open("mine", size="8MiB", slots=64).close()
    monkeypatch.setenv("ARROW_SHM_POOL", "mine")
    assert _pools.pool().size == 8 << 20
    _pools.close_all()
    assert shm.pools(compat) == ["mine"]


def test_processes_open_it_while_others_leave_it(compat):
    program = (
        "from arrow_shm.compat import _pools\n"
        "for i in range(150):\n"
        "    array = _pools.pool(slots=64).empty(10)\n"
        "    array[:] = i\n"
        "    _pools.close('compat')\n"
        "    assert (array == i).all()\n"
        "print('done')\n"
    )
    running = [started(program, compat) for _ in range(3)]
    assert [process.communicate(timeout=120)[0] for process in running] == ["done\n"] * 3
    if shm.pools(compat):
        # Two have left it at the same time, and each has seen the other.
        _pools.pool()
        _pools.close("compat")
    assert os.listdir(compat) == []
