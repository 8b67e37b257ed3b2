"""Arrays travel between processes as pickles that say where they are."""

import gc
import multiprocessing
import pickle
import threading

import numpy as np
import pytest
import workers
from conftest import eventually
from suites.in_pool import address, is_in_pool

import arrow_shm as shm

METHODS = ["fork", "spawn", "forkserver"]
VIEWS = {
    "all": np.s_[:],
    "slice": np.s_[1:3],
    "steps": np.s_[::2, 1::3],
    "backwards": np.s_[::-1, ::-2],
    "column": np.s_[:, 2],
    "more": np.s_[1, None, :, ...],
}


@pytest.fixture(params=METHODS)
def context(request):
    return multiprocessing.get_context(request.param)


def gated(context, processes):
    """A pool of workers that wait at a gate if they are told to, and the gate."""
    gate = context.Event()
    return context.Pool(processes, workers.start, (gate,)), gate


def test_a_pickle_says_where_an_array_is(pool):
    live = pool.empty((100_000,), "f8")
    live[:] = 1
    pickled = pickle.dumps(live[10:20])
    assert len(pickled) < 250
    part = pickle.loads(pickled)
    assert (type(part), part.flags.writeable) == (shm.SharedArray, True)
    part[0] = 7
    assert live[10] == 7


@pytest.mark.parametrize("dtype", ["<f8", "?", "<M8[25us]", "<U3", [("a", "<f4"), ("b", "<i2", (3,))]], ids=str)
@pytest.mark.parametrize("view", VIEWS)
def test_views_of_any_strides_are_loaded_as_they_are(pool, dtype, view):
    array = np.zeros((5, 6), dtype)
    array.view("u1").reshape(-1)[:] = 1 if dtype == "?" else 0
    if dtype == "<f8":
        array[...] = np.arange(30).reshape(5, 6)
    pool["d"] = {"c": array, "f": np.asfortranarray(array)}
    for name in "cf":
        expected = pool["d"][name][VIEWS[view]]
        for one in (expected, expected.T):
            found = pickle.loads(pickle.dumps(one))
            assert (found.dtype, found.shape) == (one.dtype, one.shape)
            assert [s for s, n in zip(found.strides, found.shape) if n > 1] == [
                s for s, n in zip(one.strides, one.shape) if n > 1
            ]
            assert address(found) == address(one) and not found.flags.writeable
            np.testing.assert_array_equal(found, one)


def test_what_is_calculated_is_an_ordinary_array_and_pickled_by_value(pool):
    live = pool.empty((1000,), "f8")
    live[:] = 1
    for derived in (live + 1, np.sqrt(live), live.copy(), np.concatenate([live, live]), np.asarray(live), live.astype("f4")):
        found = pickle.loads(pickle.dumps(derived))
        assert type(found) is np.ndarray and not is_in_pool(address(found))
        np.testing.assert_array_equal(found, derived)
    assert type(live + 1) is np.ndarray and isinstance(live.sum(), np.float64)
    before = address(live)
    live += 1
    np.add(live, 1, out=live)
    assert type(live) is shm.SharedArray and address(live) == before and live[3] == 3
    empty = pool.empty((0, 3), "f8")
    assert pickle.loads(pickle.dumps(empty)).shape == (0, 3)


def test_workers_write_their_parts_and_what_they_read_is_not_copied(pool, context):
    live = pool.empty((1000,), "f8")
    pool["d"] = {"numbers": np.arange(1000, dtype="f8")}
    numbers = pool["d"]["numbers"]
    with context.Pool(4) as w:
        w.starmap(workers.fill, [(live[i : i + 10], i) for i in range(0, 1000, 10)])
        assert w.map(workers.total, [numbers, numbers[::-1]]) == [(499_500, False, "SharedArray")] * 2
        assert w.apply(workers.total_and_strides, (numbers[::-100],)) == (numbers[::-100].tolist(), (-800,))
        doubled = w.apply(workers.doubled, (numbers[:3],))
        assert len(pool.who()) == 1, "workers take no place"
    assert live.tolist() == [i // 10 * 10 for i in range(1000)] and doubled.tolist() == [0, 2, 4]
    live.seal()


def test_an_array_that_is_dropped_when_it_was_submitted_arrives(pool, context):
    w, gate = gated(context, 1)
    with w:
        w.apply_async(workers.wait)
        results = []
        for i in range(20):
            array = pool.empty((10_000,), "i8")
            array[:] = i
            results.append(w.apply_async(workers.total, (array,)))
            del array
        gc.collect()
        # What would be free by now is used again.
        for _ in range(20):
            pool.empty((10_000,), "i8")[:] = -1
        gate.set()
        assert [result.get(60)[0] for result in results] == [i * 10_000 for i in range(20)]
        # What has arrived and was used is free again: together they are more than the pool has.
        for _ in range(500):
            w.apply(workers.total, (pool.empty((10_000,), "i8"),))


def test_results_that_workers_make_or_hand_back_arrive(pool, directory, context):
    with context.Pool(2) as w:
        made = w.starmap(workers.make, [(directory, n) for n in range(1, 20)])
        assert all((array == n).all() and array.shape == (n,) for n, array in enumerate(made, 1))
        pool["d"] = {"a": np.arange(100)}
        back = w.map(workers.same, [pool["d"]["a"][i:] for i in range(50)])
        del pool["d"]
        assert [array[0] for array in back] == list(range(50))
        further = w.map(workers.same, back)
        del back
        gc.collect()
        assert [array[0] for array in w.map(workers.same, further)] == list(range(50))
    assert (further[7] == np.arange(7, 100)).all()


def test_one_pickle_is_loaded_by_many_as_long_as_anything_keeps_it(pool, context):
    with context.Pool(3) as w:
        # Made after the workers, which keep all that there is when they are forked.
        array = pool.empty((100,), "i8")
        array[:] = 5
        pickled = pickle.dumps(array[:3])
        assert w.map(workers.loads, [pickled] * 12, chunksize=1) == [[5, 5, 5]] * 12
        del array
        kept = pickle.loads(pickled)
        assert w.map(workers.loads, [pickled] * 12, chunksize=1) == [[5, 5, 5]] * 12
        del kept
        gc.collect()
        eventually("nobody keeps it", lambda: "is gone" in str(w.apply(workers.loads, (pickled,))))
        for _ in range(50):
            pool.empty((100,), "i8")[:] = -1
        assert "is gone: nobody holds it any more" in w.apply(workers.loads, (pickled,))
        with pytest.raises(shm.StaleError, match="keep it there for longer"):
            pickle.loads(pickled)
        with pytest.raises(ReferenceError):
            pickle.loads(pickled)


def test_a_lease_keeps_what_nobody_else_keeps_and_others_load_it_meanwhile(pool, context):
    with context.Pool(1) as one, context.Pool(1) as other:
        array = pool.empty((100,), "i8")
        array[:] = 5
        pickled = pickle.dumps(array)
        one.apply(workers.keep, (array,))
        del array
        gc.collect()
        for _ in range(100):
            pool.empty((100,), "i8")[:] = -1
        for _ in range(5):
            assert other.apply(workers.loads, (pickled,)) == [5] * 100
        one.apply(workers.let_go)
        eventually("it is free", lambda: "is gone" in str(other.apply(workers.loads, (pickled,))))


def test_a_pickle_that_was_never_loaded_ends_with_the_pool_that_made_it(directory, context):
    with shm.open("p", size="16MiB", slots=64, directory=directory) as pool, context.Pool(1) as w:
        shm.open("p", directory=directory).close()
        pickled = pickle.dumps(pool.empty((1 << 20,), "u1"))
        for _ in range(30):
            pickle.dumps(pool.empty((10,), "u1"))
        assert len(w.apply(workers.loads, (pickled,))) == 1 << 20
        pickled = pickle.dumps(pool.empty((10,), "u1"))
        pool.close()
        assert "is gone" in w.apply(workers.loads, (pickled,))
        assert shm.remove("p", directory=directory)
        assert "somebody has removed it" in w.apply(workers.loads, (pickled,)) or "is gone" in w.apply(
            workers.loads, (pickled,)
        )


def test_what_outlives_its_pool_is_pickled_by_value_once_it_is_sealed(directory):
    with shm.open("p", size="16MiB", slots=64, directory=directory) as pool:
        pool["d"] = {"a": np.arange(10)}
        sealed, live = pool["d"]["a"], pool.empty((10,), "i8")
        part = sealed[::2]
    found = pickle.loads(pickle.dumps(part))
    assert type(found) is np.ndarray and found.tolist() == [0, 2, 4, 6, 8]
    with pytest.raises(shm.ClosedError):
        pickle.dumps(live)
    del sealed, live, part
    gc.collect()


def test_an_array_is_not_sealed_while_a_worker_may_write_it(pool, context):
    # Before there is the array, so that a forked one has it from its pickle alone.
    with context.Pool(1) as w:
        live = pool.empty((100,), "i8")
        w.apply(workers.keep, (live[:10],))
        with pytest.raises(BufferError, match="held by others"):
            live.seal()
        live[0] = 3
        w.apply(workers.let_go)
        live.seal()
        assert w.apply(workers.total, (live[:1],)) == (3, False, "SharedArray")
        with pytest.raises(ValueError, match="read-only"):
            w.apply(workers.fill, (live[:1], 4))
    pool["d"] = {"live": live}
    assert address(pool["d"]["live"]) != 0 and pool["d"]["live"][0] == 3


def test_what_a_killed_process_has_loaded_comes_back(pool, context):
    array = pool.empty((9 << 20,), "u1")
    here, there = context.Pipe()
    process = context.Process(target=workers.keep_until_told, args=(array, there))
    process.start()
    assert here.recv() == "kept"
    del array
    gc.collect()
    assert not can_allocate(pool, 1, 9 << 20)
    process.kill()
    process.join()
    eventually("there is room again", lambda: can_allocate(pool, 1, 9 << 20))


def can_allocate(pool, n, size):
    try:
        arrays = [pool.empty((size,), "u1") for _ in range(n)]
    except MemoryError:
        return False
    return len(arrays) == n


def test_what_is_being_built_is_not_pickled_and_what_was_given_up_is_neither(pool):
    with pool.build((10,), "i8") as out:
        out[:] = 1
        with pytest.raises(ValueError, match="by this process alone"):
            pickle.dumps(out)
    assert pickle.loads(pickle.dumps(out[3:])).tolist() == [1] * 7
    with pytest.raises(RuntimeError), pool.build((10,), "i8") as lost:
        raise RuntimeError
    with pytest.raises(ValueError, match="given up"):
        pickle.dumps(lost)


def test_many_threads_pickle_and_load(pool):
    problems = []

    def work(number):
        try:
            for i in range(200):
                array = pool.empty((10,), "i8")
                array[:] = number * 1000 + i
                pickled = pickle.dumps(array)
                del array
                found = pickle.loads(pickled)
                assert found.tolist() == [number * 1000 + i] * 10
        except Exception as e:
            problems.append(e)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems


@pytest.mark.parametrize("pickled", [b"", b"12345", bytes(12), bytes(36), b"\xff" * 36], ids=repr)
def test_damaged_pickles_are_one_clear_error(pool, pickled):
    from arrow_shm._arrays import load

    array = pool.empty((10,), "i8")
    path = array.__reduce_ex__(5)[1][0]
    with pytest.raises((shm.StaleError, ValueError)):
        load(path, pickled, 0, (10,), None, "i8")
    with pytest.raises((shm.Error, ValueError)):
        load("/dev/shm/no-pool", pickled, 0, (10,), None, "i8")
    good = array.__reduce_ex__(5)[1][1]
    for offset, shape, strides in [(128, (1000,), None), (-8, (1,), None), (128, (2,), (1 << 40,)), (1 << 62, (1,), None)]:
        with pytest.raises((ValueError, TypeError)):
            load(path, good, offset, shape, strides, "i8")
