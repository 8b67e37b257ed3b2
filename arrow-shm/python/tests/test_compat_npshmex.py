"""npshmex's interface: what it promises, and what it once got wrong."""

import concurrent.futures
import contextlib
import gc
import multiprocessing
import os
import signal
import sys

import compat_workers as work
import numpy as np
import pytest
from conftest import eventually
from test_compat_programs import started
from suites.in_pool import address, is_in_pool

from arrow_shm.compat import _pools, npshmex
from arrow_shm.compat.npshmex import ProcessPoolExecutor

STRUCTURE = [("a", "<f8"), ("b", ">i2", (2,)), ("c", [("d", "?"), ("e", "U2")])]
TITLES = np.dtype([(("A title", "a"), "<f8"), ("b", "i1")])
ARRAYS = {
    "numbers": np.arange(10),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    "slice": np.arange(24).reshape(4, 6)[::2, 1::2],
    "big endian": np.arange(3, dtype=">i4"),
    "times": np.arange(3).astype("M8[s]"),
    "texts": np.array(["a", "ü"]),
    "structure": np.zeros(3, STRUCTURE),
    "unaligned": np.zeros(3, np.dtype({"names": ["a", "b"], "formats": ["i1", "i8"], "offsets": [0, 1]})),
    "titles": np.zeros((2, 2), TITLES),
    "no axis": np.array(3.5),
    "nothing": np.zeros((0, 3)),
    "objects": np.array([{"a": 1}, None], object),
    "large": np.arange(1 << 18),
}


class Named(np.ndarray):
    pass


@pytest.fixture(scope="module", params=["fork", "spawn"])
def ex(request, tmp_path_factory):
    directory = f"/dev/shm/python-npshmex-{os.getpid()}-{request.param}"
    os.mkdir(directory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARROW_SHM_DIR", directory)
        with ProcessPoolExecutor(2, multiprocessing.get_context(request.param)) as executor:
            yield executor
        gc.collect()
        _pools.close("compat")
    # The last one has removed the pool.
    os.rmdir(directory)


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_of_every_type_go_through_shared_memory_and_come_back_as_they_were(ex, name):
    array = ARRAYS[name]
    found = ex.submit(work.same, array).result()
    assert (type(found), found.dtype, found.shape) == (np.ndarray, array.dtype, array.shape)
    np.testing.assert_array_equal(found, array)
    assert found.dtype.hasobject or found.size == 0 or is_in_pool(address(found))
    assert found.flags.writeable


def test_arrays_are_found_wherever_they_are_in_arguments_and_results(ex):
    value = {"a": [np.arange(3), (np.ones(2), "text")], 5: {"deep": np.zeros((2, 2))}}
    found = ex.submit(work.same, x=value).result()
    assert found["a"][1][1] == "text" and list(found) == ["a", 5]
    for array, expected in [(found["a"][0], [0, 1, 2]), (found["a"][1][0], [1, 1]), (found[5]["deep"], [[0, 0], [0, 0]])]:
        assert array.tolist() == expected and is_in_pool(address(array))
    assert [a.tolist() for a in ex.map(work.add_one, [np.arange(2)] * 5, chunksize=2)] == [[1, 2]] * 5


def test_masks_and_subclasses_stay(ex):
    masked = np.ma.masked_array(np.arange(4), [True, False, False, True], fill_value=-7)
    found = ex.submit(work.add_one, masked).result()
    assert found.tolist() == [None, 2, 3, None] and found.fill_value == -7 and is_in_pool(address(found.data))
    named = ex.submit(work.same, np.arange(3).view(Named)).result()
    assert type(named) is Named and named.tolist() == [0, 1, 2] and is_in_pool(address(named))
    record = ex.submit(work.same, np.rec.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")])).result()
    assert type(record) is np.recarray and record.a[0] == 1


def test_a_worker_has_a_copy_of_its_own_as_it_was_when_it_was_submitted(ex, tmp_path):
    array = np.arange(5)
    future = ex.submit(work.wait_for, str(tmp_path / "go"), array)
    array[...] = 100
    (tmp_path / "go").touch()
    assert future.result() == 10
    back = ex.submit(work.write, array).result()
    assert array.tolist() == [100] * 5 and back.tolist() == [-1] * 5


def test_callbacks_see_arrays_and_exceptions_keep_their_type(ex):
    seen = []
    future = ex.submit(work.add_one, np.arange(3))
    future.add_done_callback(lambda done: seen.append(done.result().tolist()))
    future.result()
    eventually("the callback is called", lambda: seen == [[1, 2, 3]])
    with pytest.raises(LookupError, match="no 3"):
        ex.submit(work.fail, np.arange(3)).result()
    # What cannot be pickled is said in other words since Python 3.13.
    with pytest.raises(Exception, match="pickle|local object"):
        ex.submit(work.same, lambda: None).result()


def test_wrappers_arrive_whole_and_stay_as_they_are_here(ex, monkeypatch):
    monkeypatch.setattr(npshmex, "_array_wrappers", {})
    image = work.Image("x", np.arange(3))
    found = ex.submit(work.brighter, image).result()
    assert (found.name, found.pixels.tolist(), image.pixels.tolist()) == ("x", [1, 2, 3], [0, 1, 2])
    assert is_in_pool(address(found.pixels))
    with pytest.raises(ValueError, match="instead of a numpy array"):
        npshmex.shm_put(image)
    npshmex.register_array_wrapper(work.Image, "pixels")
    key = npshmex.shm_put(image)
    assert npshmex.is_shmkey(key) and isinstance(image.pixels, np.ndarray)
    assert ex.submit(work.brighter, key).result().pixels.tolist() == [1, 2, 3]
    assert npshmex.shm_pop(key, keep=False).pixels.tolist() == [0, 1, 2]


def test_keys_stand_for_arrays_until_they_are_popped_or_deleted(ex):
    npshmex.shm_clear()
    assert npshmex.SharedArray.list() == ()
    key = npshmex.shm_put(np.arange(10))
    assert ex.submit(work.add_one, key).result().sum() == 55
    assert ex.submit(work.attached_total, x_key(key)).result() == 45
    assert [(found.dtype, found.dims) for found in npshmex.SharedArray.list()] == [(np.dtype("i8"), (10,))]
    assert npshmex.shm_pop(key).sum() == npshmex.shm_pop(key, keep=True).sum() == 45
    assert npshmex.shm_pop(key, keep=False).sum() == 45
    for gone in (npshmex.shm_pop, npshmex.shm_del):
        with pytest.raises(FileNotFoundError):
            gone(key)
    once = npshmex.shm_put(np.zeros(2, STRUCTURE), temp=True)
    assert npshmex.shm_pop(once).dtype == np.dtype(STRUCTURE)
    with pytest.raises(FileNotFoundError):
        npshmex.shm_pop(once)
    assert npshmex.unshm({"a": npshmex.shm_put(np.arange(2), temp=True), "b": 1})["a"].tolist() == [0, 1]
    assert npshmex.unshm("text") == "text"
    # What a worker puts and returns arrives as what it stands for.
    assert ex.submit(work.put, np.arange(3)).result().tolist() == [0, 1, 2]
    npshmex.shm_put(ARRAYS["times"]), npshmex.shm_put(ARRAYS["objects"])
    npshmex.shm_clear()
    assert npshmex.SharedArray.list() == ()


def x_key(key):
    # Not a key, for the executor.
    return key.removeprefix("shm://")


def test_both_ways_can_be_switched_off(ex):
    for options in [{"shm_output": False}, {"shm_input": False, "shm_output": False}]:
        found = ex.submit(work.add_one, np.arange(3), **options).result()
        assert found.tolist() == [1, 2, 3] and not is_in_pool(address(found))
    with pytest.raises(ValueError, match="got unshmd"):
        ex.submit(work.add_one, np.arange(3), shm_input=False).result()
    assert ex.submit(work.add_one, 3, shm_input=False).result() == 4


def test_nothing_is_left_of_what_was_submitted(ex):
    def a_hundred_calls_need_no_more_memory():
        before = _pools.pool().used
        for _ in range(50):
            ex.submit(work.add_one, np.zeros(1 << 17)).result()
            with contextlib.suppress(LookupError):
                ex.submit(work.fail, np.zeros(1 << 17)).result()
        gc.collect()
        return _pools.pool().used <= before

    # Free blocks count as used, and there are as many as were ever in use at once, which differs with how late workers and
    # sweeps are. Any that are lost would be missing here each time.
    eventually("what was used serves again", a_hundred_calls_need_no_more_memory)


def test_the_standard_library_is_left_alone(ex):
    future = ex.submit(work.same, 1)
    assert type(future) is concurrent.futures.Future is npshmex.Future
    assert concurrent.futures._base.Future.__module__ == "concurrent.futures._base"
    with concurrent.futures.ProcessPoolExecutor(1) as plain:
        assert plain.submit(work.same, "shm://npshmex_data_X_").result() == "shm://npshmex_data_X_"


def test_helpers_with_types():
    dtype = np.dtype(STRUCTURE)
    assert npshmex.unpack_dtype(npshmex.pack_dtype(dtype)) == dtype
    assert npshmex.unpickle_from_array(npshmex.pickle_as_array({"a": 1})) == {"a": 1}
    assert npshmex.is_shmable(np.zeros(1)) and not npshmex.is_shmable([1]) and not npshmex.is_shmkey("shm://other")


# ---- Executors that end in other ways ----


def test_a_killed_worker_breaks_the_executor_and_leaks_nothing(compat):
    pool = _pools.pool()
    with ProcessPoolExecutor(1) as ex:
        assert ex.submit(work.same, 1).result() == 1
        for _ in range(3):
            with pytest.raises(concurrent.futures.process.BrokenProcessPool):
                ex.submit(work.kill, np.zeros(1 << 20)).result()
    gc.collect()
    arrays = []
    eventually("its memory is used again", lambda: has_used_again(pool, arrays))


def has_used_again(pool, arrays):
    arrays.clear()
    before = pool.used
    arrays += [pool.empty(1 << 20) for _ in range(3)]
    return pool.used <= before


@pytest.mark.skipif(sys.version_info < (3, 11), reason="executors have max_tasks_per_child since Python 3.11")
def test_results_of_workers_that_end_with_their_last_call_arrive(compat):
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as ex:
        futures = [ex.submit(work.add_one, np.full(1 << 18, i)) for i in range(6)]
        assert [int(future.result()[-1]) for future in futures] == list(range(1, 7))


def test_an_initializer_runs_in_each_worker(compat):
    with ProcessPoolExecutor(1, initializer=os.putenv, initargs=("GREETING", "hello")) as ex:
        assert ex.submit(os.system, 'test "$GREETING" = hello').result() == 0


def test_a_full_pool_is_an_exception_of_the_future(compat, monkeypatch):
    import arrow_shm as shm

    monkeypatch.setenv("ARROW_SHM_POOL", "small")
    with shm.open("small", size="4MiB", slots=128), ProcessPoolExecutor(1) as ex:
        with pytest.raises(MemoryError, match="Close or delete"):
            ex.submit(work.same, np.zeros(1 << 20)).result()
        with pytest.raises(MemoryError):
            ex.submit(np.zeros, 1 << 20).result()
        assert ex.submit(work.add_one, np.arange(3)).result().tolist() == [1, 2, 3]


def test_workers_end_with_their_parent(compat):
    program = (
        "import os, numpy as np, signal\n"
        "from arrow_shm.compat.npshmex import ProcessPoolExecutor\n"
        "def who(x):\n"
        "    return np.array([os.getpid()])\n"
        "ex = ProcessPoolExecutor(1)\n"
        "print(ex.submit(who, np.zeros(3)).result()[0], flush=True)\n"
        "signal.pause()\n"
    )
    parent = started(program, compat)
    worker = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait()
    eventually("the worker has ended", lambda: not os.path.exists(f"/proc/{worker}"))
