"""The parallel map: the same results in every context, and what is refused before anything is done."""

import asyncio
import gc
import os
import pickle
import pty
import re
import subprocess
import sys
import threading
from concurrent.futures import CancelledError

import kernels
import numpy as np
import pytest
from conftest import eventually
from suites.in_pool import address, is_in_pool

import arrow_shm as shm

HERE = os.path.dirname(__file__)
CHUNKS = [None, 1, 7, 1000, "auto"]


def made(kind, directory, **options):
    options |= {"pool": "p", "directory": directory, "size": "64MiB"}
    if kind == "serial":
        return shm.serial(**options)
    return getattr(shm, kind)(workers=3, **options)


@pytest.fixture(scope="module")
def folder():
    path = f"/dev/shm/python-maps-{os.getpid()}"
    os.mkdir(path)
    yield path
    gc.collect()
    for name in shm.pools(path):
        eventually("the pool can be removed", lambda name=name: gc.collect() >= 0 and is_removed(name, path))
    os.rmdir(path)


def is_removed(name, path):
    try:
        return shm.remove(name, directory=path)
    except shm.InUseError:
        return False


@pytest.fixture(scope="module", params=["serial", "threads", "processes"])
def context(request, folder):
    with made(request.param, folder) as context:
        yield context


@pytest.fixture(scope="module")
def processes(folder):
    with made("processes", folder) as context:
        yield context


@pytest.mark.parametrize("chunks", CHUNKS)
@pytest.mark.parametrize("length", [0, 1, 2, 3, 100, 1001])
def test_results_are_the_serial_ones_whatever_the_ranges(context, chunks, length):
    values = context.put(np.random.default_rng(length).random(length))
    out, rows_out = context.alloc(length + 1, fill=-1), context.alloc(length + 1, fill=-1)
    workers = context.alloc(length + 1, "i8", fill=-1)

    def each(worker, index, value):
        out[index] = 3 * value
        workers[index] = worker

    @shm.kernel(batch=True)
    def batch(worker, rows, part):
        rows_out[rows] = 3 * part

    assert context.map(each, values, chunks=chunks) is None
    context.map(batch, values, chunks=chunks)
    for found in (out, rows_out):
        np.testing.assert_array_equal(found[:-1], 3 * values)
        assert found[-1] == -1
    assert set(workers[:-1]) <= set(range(context.workers))
    if chunks is None:
        bounds = [w * length // context.workers for w in range(context.workers + 1)]
        shares = [w for w in range(context.workers) for _ in range(bounds[w], bounds[w + 1])]
        assert workers[:-1].tolist() == shares


@pytest.mark.parametrize("values", [[5, 6], (5, 6), range(5, 7), "ab", np.arange(5, 7), [{"a": 1}, None]], ids=repr)
def test_whatever_has_a_length_and_slices_can_be_mapped_over(context, values):
    seen = context.alloc(2, "?", fill=False)

    def kernel(worker, index, value):
        seen[index] = value == values[index]

    context.map(kernel, values)
    assert seen.all()


def test_several_arrays_and_other_axes_are_mapped_over_together(context):
    a, b = np.arange(24).reshape(2, 3, 4), np.arange(4)
    out = context.alloc(4, "i8")

    def kernel(worker, index, column, factor):
        assert column.shape == (2, 3)
        out[index] = column.sum() * factor

    context.map(kernel, shm.rows(a, axis=2), b)
    assert out.tolist() == (a.sum((0, 1)) * b).tolist()


class Countdown(shm.Input):
    def __init__(self, length):
        self.length = length

    def __len__(self):
        return self.length

    def entries(self, start, stop):
        return ((index, self.length - index, str(index)) for index in range(start, stop))


def test_an_input_of_ones_own_has_any_values(context):
    out = context.alloc(10, "i8")

    def kernel(worker, index, left, text):
        assert int(text) == index
        out[index] = left

    context.map(kernel, Countdown(10), chunks=3)
    assert out.tolist() == list(range(10, 0, -1))


@pytest.mark.parametrize("values", [{1, 2}, {"a": 1}, iter([1]), 3, np.array(3)], ids=lambda value: type(value).__name__)
def test_nothing_else_can_be_mapped_over(context, values):
    with pytest.raises(TypeError, match="cannot be mapped over"):
        context.map(print, values)


def test_bad_arguments_are_errors_before_anything_is_done(context):
    seen = context.alloc(2, fill=0)

    def kernel(worker, index, value):
        seen[index] = 1

    for arguments, error, text in [
        ({"chunks": 0}, ValueError, "chunks=0"),
        ({"chunks": "many"}, ValueError, "chunks='many'"),
        ({"retries": -1}, ValueError, "retries=-1"),
        ({"timeout": 0}, ValueError, "timeout=0"),
    ]:
        with pytest.raises(error, match=text):
            context.map(kernel, [1, 2], **arguments)
    with pytest.raises(ValueError, match="lengths 2, 3"):
        context.map(kernel, [1, 2], [1, 2, 3])
    with pytest.raises(TypeError, match="nothing to map over"):
        context.map(kernel)
    with pytest.raises(TypeError, match="int is no kernel"):
        context.map(3, [1, 2])
    with pytest.raises(ValueError, match="2 functions for 1 arrays"):
        context.parts(np.arange(3), process=[len, len])
    assert not seen.any()


@pytest.mark.parametrize("dtype", ["f8", "u2", "U3", "M8[ns]", ">i4", "V8", [("a", "f4"), ("b", "i2", (3,))]], ids=str)
def test_arrays_of_any_type_lie_in_the_pool(context, dtype):
    for shape, order in [((), "C"), ((0, 3), "C"), (5, "F"), ((2, 3, 4), "C"), ((2, 3, 4), "F")]:
        array, expected = context.alloc(shape, dtype, order=order), np.empty(shape, dtype, order)
        assert (array.shape, array.dtype) == (expected.shape, expected.dtype)
        assert array.size == 0 or (array.strides == expected.strides and is_in_pool(address(array)))
        assert array.tobytes() == bytes(array.nbytes), "it is zeros"
        copy = context.put(np.zeros(shape, dtype, order))
        assert (copy.shape, copy.dtype, copy.flags.writeable) == (array.shape, array.dtype, False)
        assert copy.size == 0 or is_in_pool(address(copy))
    with pytest.raises(TypeError, match="object"):
        context.alloc(2, object)
    with pytest.raises(ValueError, match="shape must be specified"):
        context.alloc()
    with pytest.raises(ValueError, match="'X'"):
        context.alloc(3, order="X")
    with pytest.raises(MemoryError):
        context.alloc(1 << 40)


@pytest.mark.parametrize("order", "CF")
def test_a_reduction_has_an_entry_for_each_worker(context, order):
    totals = context.alloc((2, 1), fill=0, per_worker=True, order=order)
    assert totals.shape == ((context.workers, 2, 1) if order == "C" else (2, 1, context.workers))

    def kernel(worker, index, value):
        mine = totals[worker] if order == "C" else totals[..., worker]
        mine += value

    context.map(kernel, np.arange(1000), chunks=10)
    assert context.reduce(totals).tolist() == [[499_500]] * 2
    assert context.reduce(totals, np.maximum).max() <= 499_500
    with pytest.raises(ValueError, match="per_worker=True"):
        context.reduce(context.alloc(3))
    with pytest.raises(ValueError, match="per_worker=True"):
        context.reduce(np.zeros(3))


class OnPurposeError(Exception):
    pass


class NotMadeAgainError(Exception):
    def __init__(self, number, text):
        super().__init__(f"{number} {text}")


def test_an_exception_is_of_its_own_type_and_says_where(context):
    def kernel(worker, index, value):
        if index in (4, 7):
            raise OnPurposeError(f"at {index}")

    with pytest.raises(OnPurposeError, match="at 4") as failed:
        context.map(kernel, range(9), chunks=9)
    if sys.version_info >= (3, 11):
        assert "at index 4" in failed.value.__notes__[0] and "in worker" in failed.value.__notes__[0]
    if isinstance(context, shm.ProcessContext):
        assert "raise OnPurposeError" in str(failed.value.__cause__)
    context.map(lambda worker, index, value: None, range(9))


def test_an_exception_of_a_batch_begins_where_its_range_does(processes):
    @shm.kernel(batch=True)
    def kernel(worker, rows, part):
        if rows.start == 6:
            raise LookupError

    with pytest.raises(LookupError) as failed:
        processes.map(kernel, range(9), chunks=3)
    assert "at index 6" in str(failed.value.__cause__)


def test_an_exception_that_cannot_be_told_is_told_as_text(processes):
    def kernel(worker, index, value):
        raise NotMadeAgainError(3, "things")

    def leaving(worker, index, value):
        raise SystemExit(3)

    with pytest.raises(shm.WorkerError, match="NotMadeAgainError: 3 things"):
        processes.map(kernel, [1])
    with pytest.raises(shm.WorkerError, match="SystemExit: 3"):
        processes.map(leaving, [1])
    with pytest.raises(shm.WorkerError, match="NotMadeAgainError: 3 things"):
        processes.submit(kernel, 1, 2, 3).result()


def test_captured_arrays_are_the_same_memory_with_any_view(processes):
    out = processes.alloc((6, 4), "i8", fill=0)
    part, turned, plain = out[1:3], out.T, np.asarray(out)[5]

    def kernel(worker, index, value):
        part[:, index] = 1
        turned[index, 3] = 2
        plain[index] = 3

    processes.map(kernel, range(4))
    assert out.tolist() == [[0] * 4, [1] * 4, [1] * 4, [2] * 4, [0] * 4, [3] * 4]


def test_ordinary_arrays_that_a_kernel_writes_are_errors_and_no_lost_writes(processes):
    small, large, out = np.zeros(10), np.zeros(1 << 18), processes.alloc(10, fill=0)

    def writing(worker, index, value):
        small[index] = 1

    def reading(worker, index, value):
        out[index] = small[index] + 5

    def capturing(worker, index, value):
        out[index] = large[index]

    with pytest.raises(ValueError, match="read-only") as failed:
        processes.map(writing, range(10))
    assert "write into an array of `alloc`" in str(failed.value.__cause__)
    processes.map(reading, range(10))
    assert (out == 5).all()
    with pytest.raises(shm.KernelError, match="'.*capturing' refers to an ordinary array of 2.1 MB|ordinary array of 2.1 MB"):
        processes.map(capturing, range(10))
    sealed = processes.put(np.zeros(10))
    with pytest.raises(ValueError, match="read-only"):
        processes.map(lambda worker, index, value: sealed.__setitem__(index, 1), range(10))


def test_kernels_that_cannot_be_handed_over_are_refused(processes):
    lock = threading.Lock()
    with pytest.raises(shm.KernelError, match="cannot be handed to another process"):
        processes.map(lambda worker, index, value: lock.acquire(), range(3))
    with pytest.raises(TypeError, match="a context is one process's"):
        processes.map(lambda worker, index, value: processes.pids(), range(3))
    with pytest.raises(shm.KernelError, match="what is submitted"):
        processes.submit(len, lock)
    with pytest.raises(TypeError, match="a context is one process's"):
        pickle.dumps(processes)


def test_an_array_can_be_sealed_when_its_map_is_done(processes):
    out = processes.alloc(10)

    def kernel(worker, index, value):
        # It refers to itself, and so keeps what it refers to until that is looked for.
        out[index] = value if kernel else 0

    processes.map(kernel, range(10))
    out.seal()
    processes.pool["sealed"] = {"out": out}
    assert address(processes.pool["sealed"]["out"]) and out.tolist() == list(range(10))
    del processes.pool["sealed"]


def test_results_of_functions_lie_in_the_pool(context):
    big, small = np.arange(100_000.0), np.arange(3)
    for array in (big, small, np.asfortranarray(np.ones((300, 400)))):
        result = context.submit(kernels.add_one, array).result()
        np.testing.assert_array_equal(result, array + 1)
        assert result.flags.f_contiguous == array.flags.f_contiguous
        if isinstance(context, shm.ProcessContext):
            assert type(result) is shm.SharedArray and is_in_pool(address(result))
            context.pool.put("result", {"r": result}, overwrite=True)
            del context.pool["result"]
    value = context.submit(kernels.nested, {"x": big, "y": small}).result()
    np.testing.assert_array_equal(value["a"][0], big * 2)
    assert value["a"][1][0].tolist() == [0, 1, 2] and value["masked"].tolist() == [None, 2]
    with pytest.raises(ZeroDivisionError):
        context.submit(lambda: 1 / 0).result()


def test_what_a_call_refers_to_stays_until_it_is_done(processes):
    array, out, go_on = processes.put(np.arange(1000.0)), processes.alloc(3, fill=0), processes.alloc(1, fill=0)

    def kernel(worker, index, value):
        while not go_on[0]:
            pass
        out[index] = array.sum() + value.sum()

    values = processes.put(np.ones((3, 10)))
    futures = [processes.submit(lambda of: kernel and of.sum(), processes.put(np.arange(100) + i)) for i in range(20)]
    call = processes.start(kernel, values, chunks=1)
    array = values = None
    for _ in range(20):
        processes.put(np.full(1000, -1.0))
    go_on[0] = 1
    call.result(60)
    assert out.tolist() == [499_510] * 3
    assert [future.result(60) for future in futures] == [4950 + 100 * i for i in range(20)]


def test_arguments_are_as_they_were_and_writes_to_them_are_the_worker_s_own(processes):
    big = np.arange(100_000.0)
    future = processes.submit(kernels.add_one_in_place, big)
    result = future.result()
    assert big[0] == 0 and result[0] == 1 and is_in_pool(address(result))
    shared = processes.put(big)
    with pytest.raises(ValueError, match="read-only"):
        processes.submit(kernels.add_one_in_place, shared).result()
    live = processes.alloc(like=big, fill=1)
    assert processes.submit(kernels.add_one_in_place, live).result() is not None and live[5] == 2


def test_many_arrays_in_and_out_leave_nothing_and_go_by_value_where_there_is_no_room(processes, caplog):
    gc.collect()
    with processes.executor() as executor:
        results = list(executor.map(kernels.add_one, [np.full(500_000, i) for i in range(40)]))
    assert [result[-1] for result in results] == list(range(1, 41))
    assert "no room for 4000128 bytes" in caplog.text and not is_in_pool(address(results[-1]))
    del results, executor
    gc.collect()
    assert processes.alloc(40 << 20, "u1").size, "there is room again"


def test_an_executor_ends_and_its_context_goes_on(context):
    with context.executor() as executor:
        futures = [executor.submit(pow, i, 2) for i in range(100)]
    assert [future.result() for future in futures] == [i * i for i in range(100)]
    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(pow, 1, 1)
    assert context.submit(pow, 2, 2).result() == 4


def test_parts_of_several_arrays_come_as_they_are_ready(context):
    ints, texts = np.arange(100), np.array(["a", "bc", "def"])
    found = {part: result for part, result in context.parts(ints, texts, process=[np.sum, "".join], chunks=2)}
    assert len(found) == 52 and found[shm.Part(0, 98, 100)] == 197 and found[shm.Part(1, 0, 2)] == "abc"

    async def all_of():
        parts = context.parts(ints, process=np.sum, chunks=10)
        return [result async for _, result in parts], len(parts)

    results, left = asyncio.run(all_of())
    assert sum(results) == 4950 and len(results) == 10 and left == 0
    parts = context.parts(ints, process=lambda part: 1 // (int(part[0]) - 50), chunks=10)
    with pytest.raises(ZeroDivisionError):
        list(parts)
    assert list(parts) == []


def test_a_call_says_how_far_it_is_and_how_it_went(context):
    out = context.alloc(300, fill=0)

    def kernel(worker, index, value):
        out[index] = np.sqrt(np.arange(2000.0)).sum()

    call = context.start(kernel, range(300), chunks=10, cpu=True)
    told = threading.Event()
    call.add_done_callback(lambda _: told.set())
    assert 0 <= call.progress() <= 1
    call.result(60)
    assert told.wait(60) and call.done() and call.progress() == 1 and out.all()
    insights = call.insights()
    assert (insights.ranges, insights.indices, len(insights.workers)) == (30, 300, context.workers)
    assert 0 < sum(worker.working for worker in insights.workers) <= insights.seconds * context.workers
    cpu = call.cpu
    assert {len(values) for values in cpu.values()} == {len(cpu["time"])} and "core_0" in cpu
    with pytest.raises(ValueError, match="cpu=True"):
        _ = context.start(kernel, []).cpu


def test_a_bar_is_shown_on_a_terminal_and_nowhere_else(directory):
    program = (
        "import arrow_shm as shm, sys, time\n"
        f"with shm.threads(2, 'p', directory={directory!r}) as context:\n"
        "    context.map(lambda worker, index, value: time.sleep(0.01), range(100), progress=True)\n"
    )
    terminal, other_end = pty.openpty()
    try:
        subprocess.run([sys.executable, "-c", program], stderr=other_end, check=True, timeout=120)
        assert re.search(rb"\r\[#{40}\] 100% \d+ s\r\n$", os.read(terminal, 100_000))
    finally:
        os.close(terminal)
        os.close(other_end)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=120)
    assert (done.stdout, done.stderr) == (b"", b"")


def test_a_cancelled_call_ends_soon_and_the_context_goes_on(processes):
    begun = processes.alloc(3, "i8", fill=0)

    def waiting(worker, index, value):
        begun[index] = os.getpid()
        threading.Event().wait()

    def busy(worker, index, value):
        begun[0] = 1

    call = processes.start(waiting, range(3))
    eventually("all have begun", lambda: begun.all())
    call.cancel()
    with pytest.raises(CancelledError):
        call.result(60)
    eventually("they were ended", lambda: not any(os.path.exists(f"/proc/{pid}") for pid in begun))
    begun[...] = 0
    call = processes.start(busy, range(1 << 40))
    eventually("it has begun", lambda: begun[0] == 1)
    before = set(processes.pids())
    call.cancel()
    with pytest.raises(CancelledError):
        call.result(60)
    processes.map(lambda worker, index, value: None, range(3))
    assert len(before & set(processes.pids())) == 3, "who looks is not ended"


def test_threads_stop_when_they_are_told_to(folder):
    with made("threads", folder) as context:
        begun = threading.Event()
        call = context.start(lambda worker, index, value: begun.set(), range(1 << 40))
        assert begun.wait(60)
        call.cancel()
        with pytest.raises(CancelledError):
            call.result(60)
        with pytest.raises(ValueError, match="a thread cannot be ended"):
            context.map(print, [1], timeout=1)


def test_several_threads_use_one_context_at_once(context):
    outs = [context.alloc(50, fill=0) for _ in range(6)]
    problems = []

    def work(number):
        try:
            for i in range(10):
                out = outs[number]
                context.map(lambda worker, index, value: out.__setitem__(index, value + number), range(50), chunks=20)
                assert context.submit(pow, number, 2).result() == number * number
        except BaseException as e:
            problems.append(e)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    for number, out in enumerate(outs):
        assert out.tolist() == list(range(number, 50 + number))


def test_what_is_closed_says_so(folder):
    for kind in ("serial", "threads", "processes"):
        context = made(kind, folder)
        pids = context.pids() if kind == "processes" else []
        context.close()
        context.close()
        assert not any(os.path.exists(f"/proc/{pid}") for pid in pids) and "closed" in repr(context)
        for use in (context.map, context.start, context.submit):
            with pytest.raises(shm.ClosedError):
                use(len, "abc")


def test_a_context_closes_only_the_pool_that_is_its_own(pool):
    with shm.threads(2, pool) as context:
        out = context.alloc(3, fill=1)
        context.map(lambda worker, index, value: out.__setitem__(index, value), range(3))
    assert not pool.closed and out.tolist() == [0, 1, 2]


def test_the_default_pool_is_gone_with_its_last_context(directory, monkeypatch):
    monkeypatch.setenv("ARROW_SHM_DIR", directory)
    with shm.serial() as context, shm.serial() as other:
        assert context.pool.name == other.pool.name == "map" and shm.pools() == ["map"]
        context.close()
        assert shm.pools() == ["map"]
    assert shm.pools() == []


def test_there_is_a_worker_for_each_core_by_default(directory):
    with shm.threads(pool="p", directory=directory) as context:
        assert context.workers == len(os.sched_getaffinity(0))
    with pytest.raises(ValueError, match="at least 1"):
        shm.threads(0)
    with pytest.raises(ValueError, match="start='quickly'"):
        shm.processes("p", directory=directory, start="quickly")


def test_what_workers_print_says_whose_it_is(processes, capfd, folder, tmp_path):
    def kernel(worker, index, value):
        print("line", index)
        os.write(2, b"no newline at the end")

    processes.map(kernel, range(3))
    out, _ = capfd.readouterr()
    assert sorted(out.splitlines()) == [f"[p {i}] line {i}" for i in range(3)]
    log = tmp_path / "log"
    with made("processes", folder, log=log) as context:
        context.map(kernel, range(3))
    assert sorted(log.read_text().splitlines()) == sorted(
        line for i in range(3) for line in (f"[p {i}] line {i}", f"[p {i}] no newline at the end")
    )


def test_workers_begin_with_what_they_are_told_and_have_their_share_of_the_cores(folder):
    def begin(number):
        import builtins

        builtins.begun = number

    with made("processes", folder, initializer=begin, initargs=(7,)) as context:
        assert context.submit(lambda: __import__("builtins").begun).result() == 7
        threads = context.submit(lambda: os.environ["OMP_NUM_THREADS"]).result()
        assert int(threads) == max(1, len(os.sched_getaffinity(0)) // 3) or "OMP_NUM_THREADS" in os.environ


def test_a_program_without_a_guard_and_with_everything_of_its_own_runs(directory):
    program = (
        "import arrow_shm as shm, numpy as np\n"
        "class MyError(Exception): pass\n"
        f"psh = shm.processes('p', workers=2, directory={directory!r})\n"
        "out = psh.alloc(4, fill=0)\n"
        "def helper(value): return 2 * value\n"
        "def kernel(worker, index, value):\n"
        "    if value == 9: raise MyError('nine')\n"
        "    out[index] = helper(value)\n"
        "psh.map(kernel, [1, 2, 3, 4])\n"
        "print(out.tolist())\n"
        "try: psh.map(kernel, [9])\n"
        "except MyError as e: print(e)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr, done.returncode) == ("[2.0, 4.0, 6.0, 8.0]\nnine\n", "", 0)
