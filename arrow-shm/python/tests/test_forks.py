"""What a forked child has from its parent: all that was open is readable, and writable if it was, until the child ends."""

import contextlib
import gc
import os
import pickle
import signal
import threading
import time
import traceback

import numpy as np
import pyarrow as pa
import pytest
from conftest import eventually

import arrow_shm as shm


class Child:
    """A forked process that does something when it is told to, and says whether all went well."""

    def __init__(self, work):
        self._told, told = os.pipe()
        self._tell = told
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                os.close(self._tell)
                os.read(self._told, 1)
                work()
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        os.close(self._told)

    def go_on(self):
        os.write(self._tell, b"x")
        os.close(self._tell)
        _, status = os.waitpid(self.pid, 0)
        assert status == 0

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._tell)


def churn(pool):
    """Uses all the memory that is free."""
    with contextlib.suppress(MemoryError):
        arrays = []
        while True:
            arrays.append(pool.empty((1000,), "i8"))
            arrays[-1][:] = -1


def test_what_its_parent_has_let_go_stays_as_it_was_for_a_child(pool):
    pool["d"] = {"a": np.arange(1000), "t": pa.table({"x": np.arange(1000)})}
    array, table, live = pool["d"]["a"], pool["d"]["t"], pool.empty((1000,), "i8")
    live[:] = 3

    def check():
        assert array.tolist() == table["x"].to_pylist() == list(range(1000))
        assert (live == 3).all()
        live[:] = 4
        # It hands on what it has, too.
        assert (pickle.loads(pickle.dumps(live[:10])) == 4).all()
        assert pickle.loads(pickle.dumps(array[5:])).tolist() == list(range(5, 1000))

    killed, child = Child(check), Child(check)
    del array, table, live, pool["d"]
    gc.collect()
    killed.kill()
    churn(pool)
    child.go_on()


def test_a_grandchild_reads_what_its_parent_has_inherited_also_when_that_has_ended(pool):
    pool["d"] = {"a": np.arange(1000)}
    array = pool["d"]["a"]
    told, tell = os.pipe()
    results, result = os.pipe()

    def fork_and_end():
        if os.fork() == 0:
            try:
                os.read(told, 1)
                os.write(result, b"right" if array.tolist() == list(range(1000)) else b"wrong")
            finally:
                os._exit(0)

    Child(fork_and_end).go_on()
    del array, pool["d"]
    gc.collect()
    churn(pool)
    os.write(tell, b"x")
    os.close(result)
    assert os.read(results, 5) == b"right"
    for fd in (told, tell, results):
        os.close(fd)


def test_what_a_child_has_comes_back_when_it_ends(pool):
    array = pool.empty((9 << 20,), "u1")
    child = Child(lambda: None)
    del array
    gc.collect()
    with pytest.raises(MemoryError):
        pool.empty((9 << 20,), "u1")
    child.kill()

    def has_room():
        with contextlib.suppress(MemoryError):
            return pool.empty((9 << 20,), "u1") is not None
        return False

    eventually("the child's memory is free", has_room)


def test_children_write_what_is_being_built_and_it_is_sealed_once_they_have_ended(pool):
    children = []
    with pool.build((4, 1000), "i8") as out:
        for i in range(4):

            def fill(i=i):
                out[i] = i

            children.append(Child(fill))
        for child in children[1:]:
            child.go_on()
        with pytest.raises(BufferError, match="may still write it"):
            out.seal()
        children[0].go_on()
    pool["d"] = {"out": out}
    assert pool["d"]["out"][:, 7].tolist() == [0, 1, 2, 3]


def test_what_one_thread_puts_others_do_not_disturb_by_forking(pool):
    stopped, failed = threading.Event(), []

    def put_all():
        try:
            while not stopped.is_set():
                pool["array"] = {"a": np.arange(10_000), "t": pa.table({"x": np.arange(1000)})}
        except BaseException as e:
            failed.append(e)

    thread = threading.Thread(target=put_all)
    thread.start()
    children = []
    until = time.monotonic() + 3
    while time.monotonic() < until and not failed:
        children.append(Child(lambda: None))
        if len(children) == 4:
            children.pop(0).go_on()
    stopped.set()
    thread.join()
    for child in children:
        child.go_on()
    assert not failed
    assert pool["array"]["a"][-1] == 9_999


def test_a_shared_array_is_not_sealed_while_a_child_that_has_it_lives(pool):
    live = pool.empty((1000,), "i8")
    child = Child(lambda: live.fill(5))
    with pytest.raises(BufferError):
        live.seal()
    child.go_on()
    live.seal()
    assert (live == 5).all()


def test_a_child_loads_what_its_parent_sends_and_opens_the_pool_itself(pool, directory):
    array = pool.empty((10,), "i8")
    array[:] = 1
    pickled = pickle.dumps(array)

    def work():
        found = pickle.loads(pickled)
        found[0] = 2
        with shm.open("p", directory=directory) as own:
            own.put("of/child", {"a": found}, persistent=True)

    Child(work).go_on()
    assert array[0] == 2 and pool["of/child"]["a"].tolist() == [2] + [1] * 9
