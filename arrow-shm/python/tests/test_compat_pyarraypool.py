"""pyarraypool's interface: what it promises, and what it once got wrong."""

import gc
import multiprocessing
import pickle

import compat_workers as work
import numpy as np
import pytest
from conftest import eventually
from suites.in_pool import address, is_in_pool

import arrow_shm as shm
from arrow_shm.compat import pyarraypool


@pytest.fixture(autouse=True)
def configured(compat, monkeypatch, tmp_path):
    for name in ("_link_path", "_slot_count", "_data_size", "_autostart"):
        monkeypatch.setattr(pyarraypool, name, getattr(pyarraypool, name))
    pyarraypool.configure_global_pool(link_path=tmp_path / "pool.seg", slot_count=200, data_size="16M", autostart=True)
    yield
    gc.collect()
    pyarraypool.stop_pool()


@pytest.fixture(params=["fork", "spawn"])
def workers(request):
    with multiprocessing.get_context(request.param).Pool(2) as pool:
        yield pool


@pytest.mark.parametrize("dtype", ["f8", ">i4", "?", "M8[ns]", "m8[s]", "U3", "V5", [("a", "f4"), ("b", ">i2", (3,))]], ids=str)
def test_arrays_of_every_type_are_copied_and_loaded_in_place(dtype):
    for shape in [(), (0, 3), (5,), (2, 3)]:
        array = np.zeros(shape, dtype)
        shared = pyarraypool.make_transferable(array)
        assert (shared.dtype, shared.shape, shared.tobytes()) == (array.dtype, array.shape, array.tobytes())
        assert shared.flags.writeable and shared.flags.c_contiguous and shared.python_id != 0
        loaded = pickle.loads(pickle.dumps(shared))
        assert (type(loaded), loaded.python_id, loaded.dtype) == (pyarraypool.ndarrayproxy, shared.python_id, array.dtype)
        if not array.size:
            continue
        assert is_in_pool(address(shared)) and is_in_pool(address(loaded))
        # The same memory.
        shared[...] = np.frombuffer(b"1\0\0\0" * array.itemsize, dtype)[0]
        assert loaded.tobytes() == shared.tobytes()


def test_what_arrays_show_is_copied_whatever_their_strides_are():
    array = np.arange(24).reshape(4, 6)
    for view in (array, array.T, array[::-1], array[::2, 1:], np.asfortranarray(array)):
        np.testing.assert_array_equal(pyarraypool.make_transferable(view), view)


def test_workers_write_disjoint_parts(workers):
    shared = pyarraypool.make_transferable(np.zeros((10, 3)))
    workers.starmap(work.fill, [(shared, i, i) for i in range(10)])
    assert shared.tolist() == [[i] * 3 for i in range(10)]
    # What was received is passed on.
    back = workers.apply(work.same, (shared,))
    back[0] = 7
    assert workers.apply(work.total, (back,)) == shared.sum() == 156


def test_a_new_array_at_the_address_of_an_old_one_has_its_own_data(workers):
    for i in range(200):
        assert pyarraypool.make_transferable(np.full(10, i)).tolist() == [i] * 10
    assert [array.tolist() for array in workers.map(work.transferable, range(1, 60))] == [
        list(range(n)) for n in range(1, 60)
    ]


def test_temporaries_arrive_also_when_there_are_several_of_one_array(workers):
    array = np.arange(100)
    results = [workers.apply_async(work.total, (pyarraypool.make_transferable(array),)) for _ in range(50)]
    gc.collect()
    assert [result.get(60) for result in results] == [4950] * 50


def test_the_same_array_is_the_same_memory_as_long_as_that_is_there():
    array = np.arange(3)
    first = pyarraypool.make_transferable(array)
    second = pyarraypool.make_transferable(array)
    assert (address(first), first.python_id) == (address(second), second.python_id)
    array[:] = 7
    del first, second
    gc.collect()
    assert pyarraypool.make_transferable(array).tolist() == [7, 7, 7]
    assert pyarraypool.make_transferable([1, 2]).tolist() == [1, 2]


def test_one_pickle_is_loaded_by_many(workers):
    shared = pyarraypool.make_transferable(np.arange(3))
    assert workers.map(work.loads, [pickle.dumps(shared)] * 20, chunksize=1) == [[0, 1, 2]] * 20


def test_what_is_made_of_it_is_not_transferred_by_accident():
    shared = pyarraypool.make_transferable(np.arange(10.0))
    for derived in (shared[1:], shared + 1, np.sqrt(shared), shared.copy(), shared.view(), shared.T):
        with pytest.raises(ValueError, match="Cannot transfer none registered object"):
            pickle.dumps(derived)
    assert isinstance(shared.sum(), np.float64)
    shared += 1
    assert pickle.loads(pickle.dumps(shared))[0] == 1


@pytest.mark.parametrize("bad", [np.array([None]), np.ma.masked_array([1, 2], [True, False])], ids=["objects", "mask"])
def test_what_cannot_be_transferred_whole_is_refused(bad):
    with pytest.raises(TypeError):
        pyarraypool.make_transferable(bad)


def test_nothing_is_left_of_what_nobody_refers_to():
    for i in range(100):
        pyarraypool.make_transferable(np.zeros(1 << 17), transfer_required=bool(i % 2))
    kept = [pyarraypool.make_transferable(np.zeros(1 << 18)) for _ in range(7)]
    with pytest.raises(MemoryError, match="Close or delete"):
        kept += [pyarraypool.make_transferable(np.zeros(1 << 18)) for _ in range(7)]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_what_a_killed_process_had_comes_back(method):
    context = multiprocessing.get_context(method)
    shared = pyarraypool.make_transferable(np.zeros(1 << 20))
    has_it = context.Event()
    other = context.Process(target=work.keep, args=(shared, has_it))
    other.start()
    assert has_it.wait(60)
    del shared
    other.kill()
    other.join()
    gc.collect()

    def has_room():
        try:
            return len([pyarraypool.make_transferable(np.zeros(1 << 20)) for _ in range(2)]) == 2
        except MemoryError:
            return False

    eventually("there is room again", has_room)


def test_the_pool_starts_and_stops_as_it_is_told():
    pyarraypool.configure_global_pool(autostart=False)
    with pytest.raises(pyarraypool.PoolNotRunning):
        pyarraypool.make_transferable(np.zeros(1))
    with pyarraypool.object_pool_context():
        shared = pyarraypool.make_transferable(np.arange(3))
        with pytest.raises(pyarraypool.PoolAlreadyExists):
            pyarraypool.start_pool()
    assert shared.tolist() == [0, 1, 2]
    pyarraypool.stop_pool()
    with pytest.raises(pyarraypool.PoolNotRunning):
        pyarraypool.get_reusable_pool()
    with pytest.raises(RuntimeError), pyarraypool.object_pool_context():
        raise RuntimeError
    with pyarraypool.object_pool_context():
        assert pyarraypool.make_transferable(np.arange(3)).tolist() == [0, 1, 2]
    del shared
    gc.collect()
    pyarraypool.cleanup_shm()
    pyarraypool.cleanup_shm()


@pytest.mark.parametrize("size, expected", [("2G", 2 << 30), ("0.5M", 1 << 19), ("1.5K", 1536), ("7", 7), (7.9, 7)])
def test_sizes_have_units(size, expected):
    assert pyarraypool._parse_datasize_to_bytes(size) == expected


@pytest.mark.parametrize("size", [0, -1, "0", "0.5", "0G", "1T", "M", ""])
def test_sizes_that_are_none_are_refused(size):
    with pytest.raises(ValueError):
        pyarraypool.configure_global_pool(data_size=size)


def test_pools_with_one_link_path_are_one_and_the_first_says_its_size(compat):
    pool = pyarraypool.get_reusable_pool()
    pyarraypool.configure_global_pool(data_size="1G")
    again = pyarraypool.ShmObjectPool(path=pyarraypool._link_path, data_size=1 << 30)
    assert again._pool() is pool._pool() and len(shm.pools(compat)) == 1 and pool._pool().size < 32 << 20


def test_objects_are_there_by_number_until_they_were_handed_over_and_nobody_uses_them(workers):
    pool = pyarraypool.get_reusable_pool()
    memory = pool.add_object(7, 100)
    memory[:3] = b"abc"
    assert bytes(pool.memview_of(7)[:3]) == b"abc" and pool.memview_of(8) is None
    with pytest.raises(FileExistsError):
        pool.add_object(7, 100)
    pool.attach_object(7)
    pool.detach_object(7)
    assert pool.memview_of(7) is not None and "7, 100 bytes" in pool.dump()
    pool.detach_object(7)
    assert pool.memview_of(7) is None
    # It was not handed over yet.
    other = multiprocessing.get_context("fork").Process(target=attach_and_detach, args=(7,))
    other.start()
    other.join()
    assert other.exitcode == 0
    with pytest.raises(KeyError):
        pool.attach_object(7)
    pool.add_object(7, 10)
    pool.set_object_releasable(7)
    pool.detach_object(7)
    pool.detach_object(7)
    with pytest.raises(KeyError):
        pool.attach_object(7)
    shared = pyarraypool.make_transferable(np.arange(3, dtype="u1"))
    assert bytes(pool.memview_of(shared.python_id)) == bytes(pool.attach_object(shared.python_id)) == b"\0\1\2"


def attach_and_detach(number):
    pool = pyarraypool.ShmObjectPool(path=pyarraypool._link_path)
    assert bytes(pool.attach_object(number)[:3]) == b"abc"
    pool.detach_object(number)
