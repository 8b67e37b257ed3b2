"""pasha's interface: what it promises, and what it once got wrong."""

import itertools
import os
import signal
import threading
import warnings

import numpy as np
import pytest
from conftest import eventually
from suites.in_pool import address, is_in_pool

from arrow_shm.compat import pasha as psh
from arrow_shm.compat.pasha.functor import Functor, gen_split_slices

CONTEXTS = {"serial": psh.SerialContext, "threads": psh.ThreadContext, "processes": psh.ProcessContext}

pytestmark = pytest.mark.usefixtures("compat")


@pytest.fixture(params=CONTEXTS)
def context(request):
    return CONTEXTS[request.param](num_workers=3)


@pytest.mark.parametrize("dtype", ["f8", "u2", "U3", "M8[ns]", ">i4", "V8", [("a", "f4"), ("b", "i2", (3,))]], ids=str)
def test_arrays_lie_in_the_pool_whatever_they_are_of(context, dtype):
    for shape, order in itertools.product([(), (0, 3), 5, np.int64(5), [2, 3], (2, 3, 4)], "CF"):
        array = context.alloc(shape, dtype, order=order)
        expected = np.empty(shape, dtype, order)
        assert (array.shape, array.dtype) == (expected.shape, expected.dtype)
        assert array.size == 0 or (array.strides == expected.strides and is_in_pool(address(array)))
        if isinstance(context, psh.ProcessContext):
            assert array.tobytes() == bytes(array.nbytes), "for processes it is zeros"


def test_an_array_is_like_another_one_but_for_what_is_said(context):
    like = np.zeros((2, 3, 4), "f4", order="F")
    assert context.alloc(like=like).flags.f_contiguous
    assert context.alloc(like=like[::2, ::2]).flags.c_contiguous
    assert context.alloc(like=like, order="A").flags.f_contiguous
    assert context.alloc(5, like=like).shape == (5,) and context.alloc(like=like, dtype="u1").dtype == "u1"
    assert context.alloc(3).dtype == "f8"
    workers = context.num_workers
    assert context.alloc(like=like, per_worker=True).shape == (2, 3, 4, workers)
    assert context.alloc((2, 3), per_worker=True, fill=7).tolist() == [[[7] * 3] * 2] * workers
    assert context.alloc((2, 3), order="A", per_worker=True).shape == (workers, 2, 3)
    with pytest.raises(ValueError, match="shape must be specified"):
        context.alloc()
    with pytest.raises(ValueError, match="'X'"):
        context.alloc(3, order="X")


def test_an_array_can_be_filled_with_an_array(context):
    assert context.alloc((2, 3), fill=np.arange(3)).tolist() == [[0, 1, 2], [0, 1, 2]]


def test_objects_are_for_workers_that_are_no_processes():
    assert psh.ThreadContext(2).alloc(2, object, fill="a").tolist() == ["a", "a"]
    with pytest.raises(TypeError, match="object"):
        psh.ProcessContext(2).alloc(2, object)


@pytest.mark.parametrize("items", [0, 1, 2, 3, 100], ids=str)
def test_a_kernel_sees_each_index_and_value_once_and_writes_what_all_see(context, items):
    values = np.random.rand(items)
    # One longer, so that there is something to allocate.
    out = context.alloc(items + 1, fill=-1)
    workers = context.alloc(items + 1, "i8", fill=-1)

    def kernel(worker, index, value):
        assert out[index] == -1
        out[index] = 3 * value
        workers[index] = worker

    assert context.map(kernel, values) is None
    np.testing.assert_array_equal(out[:-1], 3 * values)
    assert out[-1] == -1 and set(workers[:-1]) <= set(range(context.num_workers))
    assert isinstance(context, psh.ThreadContext) or workers[:-1].tolist() == sorted(workers[:-1])


@pytest.mark.parametrize("values", [[5, 6], (5, 6), range(5, 7), "ab", np.arange(5, 7), [{"a": 1}, None]], ids=repr)
def test_whatever_has_a_length_and_slices_can_be_mapped_over(context, values):
    seen = context.alloc(2, "?", fill=False)

    def kernel(worker, index, value):
        seen[index] = value == values[index]

    context.map(kernel, values)
    assert seen.all()


@pytest.mark.parametrize("values", [{1, 2}, {"a": 1}, iter([1]), 3, object()], ids=lambda value: type(value).__name__)
def test_nothing_else_can(context, values):
    with pytest.raises(ValueError, match="no default functor"):
        context.map(print, values)


def test_functors_of_ones_own_are_found_and_have_any_number_of_values(context, monkeypatch):
    monkeypatch.setattr(Functor, "_functor_types", list(Functor._functor_types))

    class Table:
        rows = [("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 5)]

    class Rows(Functor):
        def __init__(self, table):
            self.table = table

        @classmethod
        def wrap(cls, value):
            return cls(value) if isinstance(value, Table) else None

        def split(self, num_workers):
            # More shares than workers.
            return gen_split_slices(len(self.table.rows), part_len=1)

        def iterate(self, share):
            for index in range(*share.indices(len(self.table.rows))):
                yield index, *self.table.rows[index]

    out = context.alloc(5, "i8")

    def kernel(worker, index, name, number):
        out[index] = number * (name == "abcde"[index])

    context.map(kernel, Table())
    assert out.tolist() == [1, 2, 3, 4, 5]

    class More(Rows):
        pass

    with pytest.raises(ValueError, match="ambiguous"):
        context.map(kernel, Table())
    Table._pasha_functor_ = lambda self: Rows(self)
    context.map(kernel, Table())
    with pytest.raises(ValueError, match="either"):
        gen_split_slices(3)


def test_axes_and_dimensions_of_arrays(context):
    array = np.arange(24).reshape(2, 3, 4)
    out = context.alloc(4, "i8")

    def kernel(worker, index, value):
        assert value.shape == (3, 2) if isinstance(value, np.ndarray) else value.dims == ("x", "y")
        out[index] = value.sum()

    context.map(kernel, psh.NdarrayFunctor(array, axis=2))
    assert out.tolist() == array.sum((0, 1)).tolist()
    xarray = pytest.importorskip("xarray")
    out[...] = 0
    context.map(kernel, psh.DataArrayFunctor(xarray.DataArray(array, dims=["x", "y", "z"]), dim="z"))
    assert out.tolist() == array.sum((0, 1)).tolist()


def test_a_reduction_has_a_place_for_each_worker(context):
    totals = context.alloc(1, fill=0, per_worker=True)

    def kernel(worker, index, value):
        totals[worker] += value

    context.map(kernel, np.arange(1000))
    assert totals.sum() == 499_500


class OnPurposeError(Exception):
    def __init__(self, number, text):
        # It can be pickled, but not made again from that.
        super().__init__(f"{number} {text}")


def test_the_first_exception_is_raised_as_it_was_and_the_others_end(context):
    done = context.alloc(9, "?", fill=False)

    def kernel(worker, index, value):
        if index in (4, 7):
            raise LookupError(f"at {index}")
        done[index] = True

    with pytest.raises(LookupError, match="at [47]"):
        context.map(kernel, np.arange(9))
    assert done[:4].all() and not done[4]
    if isinstance(context, psh.ProcessContext):
        assert done.tolist() == [True, True, True, True, False, False, True, False, False]


def test_an_exception_that_cannot_be_told_is_told_as_text():
    def kernel(worker, index, value):
        raise OnPurposeError(3, "things")

    with pytest.raises(psh.WorkerError, match="OnPurposeError: 3 things"):
        psh.ProcessContext(2).map(kernel, [1])


def test_a_worker_says_where_it_has_failed():
    def kernel(worker, index, value):
        raise LookupError("on purpose")

    with pytest.raises(LookupError) as failed:
        psh.ProcessContext(2).map(kernel, [1, 2])
    assert "in worker 0, process" in str(failed.value.__cause__) and "raise LookupError" in str(failed.value.__cause__)


def test_a_killed_worker_is_an_error_and_holds_nobody_up():
    context = psh.ProcessContext(3)
    out = context.alloc(3)

    def kernel(worker, index, value):
        if worker == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        out[index] = 1

    for _ in range(5):
        with pytest.raises(psh.WorkerError, match="worker 1, process [0-9]+, was killed by signal 9"):
            context.map(kernel, np.arange(3))
    assert out.tolist() == [1, 0, 1]


def test_short_maps_and_failing_ones_never_hang_one_that_follows():
    context = psh.ProcessContext(3)
    out = context.alloc(3)

    def kernel(worker, index, value):
        out[index] += 1
        if value == "fail":
            raise KeyError

    for _ in range(20):
        context.map(kernel, [])
        with pytest.raises(KeyError):
            context.map(kernel, ["a", "fail", "c"])
    assert out.tolist() == [20, 20, 20]


def test_writes_that_nobody_sees_are_warned_of_and_others_are_not():
    lost, read, shared = np.zeros(5), np.arange(1 << 22), psh.alloc(5)
    context = psh.ProcessContext(2)

    def losing(worker, index, value):
        lost[index] = value
        shared[index] = read[index]

    with pytest.warns(psh.LostWriteWarning, match="'lost', which workers do not share"):
        context.map(losing, np.arange(1, 6))
    assert not lost.any() and shared.tolist() == [0, 1, 2, 3, 4]

    def keeping(worker, index, value):
        shared[index] = read[index] + len(lost)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        context.map(keeping, np.arange(5))
        psh.ThreadContext(2).map(losing, np.arange(5))
    assert lost.tolist() == [0, 1, 2, 3, 4]


def test_threads_map_at_the_same_time_in_one_context():
    context = psh.ThreadContext(3)
    outs = [context.alloc(50, fill=0) for _ in range(8)]

    def work(number):
        for _ in range(10):
            context.map(lambda worker, index, value: outs[number].__setitem__(index, value + number), np.arange(50))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, out in enumerate(outs):
        assert out.tolist() == list(range(number, 50 + number))


def test_there_is_a_worker_at_least_and_the_default_context_can_be_set(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    assert psh.ProcessContext().num_workers == 1
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    assert psh.ThreadContext().num_workers == 10
    with pytest.raises(ValueError, match="at least 1"):
        psh.ThreadContext(0)
    monkeypatch.setattr(psh, "_default_context", None)
    assert type(psh.get_default_context()) is psh.ProcessContext
    psh.set_default_context("threads", num_workers=4)
    assert (type(psh.get_default_context()), psh.get_default_context().num_workers) == (psh.ThreadContext, 4)
    mine = psh.SerialContext()
    psh.set_default_context(mine)
    assert psh.get_default_context() is mine
    out = psh.alloc(3)
    psh.map(lambda worker, index, value: out.__setitem__(index, value), [1, 2, 3])
    assert out.tolist() == [1, 2, 3]
    with pytest.raises(ValueError, match="invalid map method"):
        psh.set_default_context("fibres")


def test_a_context_of_ones_own_is_made_of_a_pool():
    from multiprocessing.pool import ThreadPool
    from queue import Queue

    from arrow_shm.compat.pasha.context import PoolContext

    class Mine(PoolContext):
        def __init__(self):
            super().__init__(num_workers=2)
            self.id_queue = Queue()
            self.mine = threading.local()

        def init_worker(self, functor):
            self.mine.worker, self.mine.functor = self.id_queue.get(), functor

        def run_worker(self, share):
            super().run_worker(self.function, self.mine.functor, share, self.mine.worker)

        def map(self, function, functor):
            super().map(function, functor, ThreadPool)

    context = Mine()
    out = context.alloc(10)
    context.map(lambda worker, index, value: out.__setitem__(index, value), np.arange(10))
    assert out.tolist() == list(range(10))


def test_workers_end_with_their_parent(tmp_path):
    from test_compat_programs import started

    program = (
        "import os, signal\n"
        "import numpy as np\n"
        "from arrow_shm.compat import pasha as psh\n"
        "out = psh.alloc(2, 'i8')\n"
        "def kernel(worker, index, value):\n"
        "    out[index] = os.getpid()\n"
        "    if index == 0:\n"
        "        while not out.all():\n"
        "            pass\n"
        "        print(*out, flush=True)\n"
        "    signal.pause()\n"
        "psh.ProcessContext(2).map(kernel, [0, 1])\n"
    )
    parent = started(program)
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    parent.kill()
    parent.wait()
    eventually("the workers have ended", lambda: not any(os.path.exists(f"/proc/{pid}") for pid in pids))
