"""mpaio's interface: what it promises, and what it once got wrong; and blocks of shared memory by name."""

import concurrent.futures
import multiprocessing
import pickle

import numpy as np
import pytest
from suites.in_pool import is_in_pool

pytest.importorskip("anyio")
pytest.importorskip("psutil")

import anyio  # noqa: E402
import compat_workers as work  # noqa: E402

import arrow_shm as shm  # noqa: E402
from arrow_shm.compat import _pools  # noqa: E402
from arrow_shm.compat.mpaio.data_iterator import DataIterator  # noqa: E402
from arrow_shm.compat.mpaio.worker import Worker  # noqa: E402
from arrow_shm.compat.mpaio.worker_orchestrator import WorkerOrchestrator  # noqa: E402
from arrow_shm.compat.shared_memory import SharedMemory, SharedMemoryManager  # noqa: E402

pytestmark = pytest.mark.usefixtures("compat")


def block(manager, array):
    memory = manager.SharedMemory(array.nbytes)
    np.ndarray(array.shape, array.dtype, memory.buf)[:] = array
    return memory.name


def parts(name, array, size):
    return DataIterator(name, size, array.size, array.shape, array.dtype)


def executors():
    spawn = multiprocessing.get_context("spawn")
    return {
        "threads": lambda: concurrent.futures.ThreadPoolExecutor(3),
        "forked": lambda: concurrent.futures.ProcessPoolExecutor(2, multiprocessing.get_context("fork")),
        "spawned": lambda: concurrent.futures.ProcessPoolExecutor(2, spawn),
        "ours": lambda: shm.processes(_pools.pool(), workers=2).executor(),
    }


@pytest.mark.parametrize("kind", executors())
def test_parts_of_several_arrays_go_to_workers_of_any_executor(kind):
    numbers, texts = np.arange(1000), np.array([f"foo_{i}" for i in range(10)])
    with SharedMemoryManager() as manager:
        adder = work.Adder(parts(block(manager, numbers), numbers, 300))
        joiner = work.Joiner(parts(block(manager, texts), texts, 4))
        executor = executors()[kind]()
        usage = anyio.run(WorkerOrchestrator(executor, [adder, joiner], monitor_cpu_usage=True).run)
    assert adder.result == 499_500
    assert sorted(joiner.parts, key=lambda part: int(part[4])) == [
        "foo_0foo_1foo_2foo_3", "foo_4foo_5foo_6foo_7", "foo_8foo_9",
    ]  # fmt: skip
    assert "core_0" in usage and len(usage["core_0"]) == len(usage["time"]) >= 1
    with pytest.raises(RuntimeError):
        executor.submit(print)


def test_any_array_of_the_pool_is_opened_by_its_path():
    _pools.pool().put("run-42", {"camera": {"numbers": np.arange(100)}})
    adder = work.Adder(parts("run-42/camera/numbers", np.arange(100), 7))
    with concurrent.futures.ThreadPoolExecutor(2) as executor:
        assert anyio.run(WorkerOrchestrator(executor, [adder], False).run) == {}
    assert adder.result == 4950


def test_a_part_that_fails_is_raised():
    failing = work.Failing(DataIterator("any", 1, 3, (3,), np.dtype("i8")))
    with pytest.raises(BaseException) as failed:
        anyio.run(WorkerOrchestrator(concurrent.futures.ThreadPoolExecutor(1), [failing], False).run)
    assert "on purpose" in repr(getattr(failed.value, "exceptions", failed.value))


def test_parts_are_ranges_in_order_and_the_last_is_shorter():
    assert list(DataIterator("x", 4, 12, (12,), np.int32, start_idx=2)) == [(2, 6), (6, 10), (10, 12)]
    assert list(DataIterator("x", 4, 0, (0,), np.int32)) == []
    with pytest.raises(AttributeError):
        DataIterator("x", 4, 1, (1,), np.int32).chunk_size = 3
    with pytest.raises(TypeError):
        Worker(None)


@pytest.mark.parametrize("size", [0, -3])
def test_parts_of_nothing_are_an_error_and_no_hang(size):
    with pytest.raises(ValueError, match="never comes to an end"):
        DataIterator("x", size, 10, (10,), np.int32)


# ---- Blocks ----


def test_a_block_is_shared_by_its_name_until_it_is_unlinked():
    made = SharedMemory(create=True, size=100)
    assert made.size == 100 and bytes(made.buf) == bytes(100)
    assert is_in_pool(np.frombuffer(made.buf, "u1").__array_interface__["data"][0])
    opened = SharedMemory("/" + made.name)
    opened.buf[3] = 7
    assert made.buf[3] == 7 and pickle.loads(pickle.dumps(made)).buf[3] == 7 and opened.name == made.name
    with pytest.raises(FileExistsError):
        SharedMemory(made.name, create=True, size=1)
    array = np.ndarray((100,), "u1", opened.buf)
    opened.close()
    made.unlink()
    del opened, made.__dict__["_buf"]
    assert array[3] == 7
    for gone in (made.unlink, lambda: SharedMemory(made.name)):
        with pytest.raises(FileNotFoundError):
            gone()
    with pytest.raises(ValueError):
        SharedMemory(create=True, size=0)
    with pytest.raises(ValueError):
        SharedMemory()


def test_a_part_of_a_dataset_is_a_block_that_is_not_unlinked_by_itself():
    pool = _pools.pool()
    pool.put("a/b", {"c": {"d": np.asfortranarray(np.arange(6, dtype="i1").reshape(2, 3))}, "e": np.zeros(1)})
    block = SharedMemory("a/b/c/d")
    assert list(block.buf) == [0, 3, 1, 4, 2, 5] and block.buf.readonly
    with pytest.raises(ValueError, match="part of a dataset"):
        block.unlink()
    for wrong in ("a/b", "a/b/c"):
        with pytest.raises(ValueError, match="no array"):
            SharedMemory(wrong)
    for wrong in ("a", "a/b/x", "x"):
        with pytest.raises(FileNotFoundError):
            SharedMemory(wrong)


def test_a_manager_unlinks_what_it_has_made():
    with SharedMemoryManager() as manager:
        kept, gone = manager.SharedMemory(10), manager.SharedMemory(10)
        gone.unlink()
    for block in (kept, gone):
        with pytest.raises(FileNotFoundError):
            SharedMemory(block.name)
    with pytest.raises(ValueError, match="not started"):
        manager.SharedMemory(10)
