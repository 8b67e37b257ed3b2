"""What becomes of a parallel map when something fails: nothing hangs, nothing is wrong, nothing is left, and the context goes
on to work. ``ARROW_SHM_KILLS=1000`` kills more workers than ten, ``ARROW_SHM_SEED`` repeats a run."""

import contextlib
import gc
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import CancelledError

import kernels
import numpy as np
import pytest
from conftest import eventually

import arrow_shm as shm

KILLS = int(os.environ.get("ARROW_SHM_KILLS", "10"))
SEED = int(os.environ.get("ARROW_SHM_SEED", random.randrange(1 << 32)))


@pytest.fixture
def context(directory):
    with shm.processes("p", workers=2, size="16MiB", directory=directory) as context:
        yield context


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def have_ended(pids):
    eventually(f"{pids} have ended", lambda: not any(map(is_running, pids)))


def works(context):
    out = context.alloc(10, fill=0)
    context.map(lambda worker, index, value: out.__setitem__(index, value), range(10), chunks=3)
    assert out.tolist() == list(range(10))


@pytest.mark.parametrize(
    ("how", "words"), [("SIGKILL", r"was killed by signal 9 \(SIGKILL\)"), ("SIGSEGV", "SIGSEGV"), ("exit", "with status 3")]
)
def test_a_worker_that_ends_is_an_error_and_the_context_goes_on(context, how, words, capfd):
    out = context.alloc(4, fill=0)

    def kernel(worker, index, value):
        out[index] = 1
        if index == 1:
            kernels.end(how)

    works(context)
    before = context.pids()
    with pytest.raises(shm.WorkerError, match=f"worker 0, process [0-9]+, .*{words}.* indices 0 to 1: what it has written"):
        context.map(kernel, range(4))
    assert out.tolist() == [1, 1, 1, 1], "who has another share does it"
    works(context)
    assert len(set(before) & set(context.pids())) == 1
    with pytest.raises(shm.WorkerError, match=f"{words}.*before it had done what was submitted"):
        context.submit(kernels.end, how).result()
    works(context)
    assert "Fatal Python error: Segmentation fault" in capfd.readouterr().err or how != "SIGSEGV"


def test_what_a_killed_worker_has_left_is_done_again_where_that_is_asked_for(context):
    times = context.alloc(20, "i8", fill=0)

    def kernel(worker, index, value):
        times[index] += 1
        if index == 7 and times[index] <= value:
            kernels.end("SIGKILL")

    for chunks in (None, 4, "auto"):
        for retries in (1, 2):
            times[...] = 0
            context.map(kernel, [retries] * 20, chunks=chunks, retries=retries)
            assert times[7] == retries + 1 and times.all() and times[19] == 1
    times[...] = 0
    with pytest.raises(shm.WorkerError, match="indices 7 to 7"):
        context.map(kernel, [2] * 20, chunks=1, retries=1)
    assert times[7] == 2
    works(context)


def test_arrays_with_an_entry_for_each_worker_are_not_retried_unless_the_kernel_resets_them(context):
    sums = context.alloc(1, fill=0, per_worker=True)
    mine = sums[:1]

    def kernel(worker, index, value):
        mine[0] = worker

    with pytest.raises(ValueError, match="counted twice"):
        context.map(kernel, range(3), retries=1)
    context.map(shm.kernel(resets=True)(kernel), range(3), retries=1)


def test_a_hanging_worker_is_ended_and_says_where_it_was(context, capfd):
    out = context.alloc(4, fill=0)

    def kernel(worker, index, value):
        out[index] += 1
        if index == 2 and out[index] < value:
            threading.Event().wait()

    with pytest.raises(shm.WorkerTimeoutError, match="longer than 0.2 s for a range") as failed:
        context.map(kernel, [9] * 4, timeout=0.2)
    assert isinstance(failed.value, TimeoutError) and "indices 2 to 3" in str(failed.value)
    assert "in kernel" in capfd.readouterr().err
    out[...] = 0
    context.map(kernel, [2] * 4, timeout=0.2, retries=1)
    assert out.tolist() == [1, 1, 2, 1]

    def deaf(worker, index, value):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        out[index] = 7
        while True:
            time.sleep(1)

    with pytest.raises(shm.WorkerTimeoutError):
        context.map(deaf, [0], timeout=0.2)
    assert out[0] == 7
    works(context)


def test_a_stopped_worker_is_ended_too(context):
    def kernel(worker, index, value):
        os.kill(os.getpid(), signal.SIGSTOP)

    with pytest.raises(shm.WorkerTimeoutError):
        context.map(kernel, [0], timeout=0.2)
    works(context)


def test_workers_that_cannot_begin_are_an_error_of_what_waits_for_them(directory, capfd):
    with shm.processes("p", workers=2, directory=directory, initializer=kernels.failing_start) as context:
        with pytest.raises(LookupError, match="there is no camera") as failed:
            context.map(print, [1])
        assert "in failing_start" in str(failed.value.__cause__)
        with pytest.raises(LookupError, match="there is no camera"):
            context.submit(print, 1).result()
    with shm.processes("p", workers=2, directory=directory, initializer=kernels.end, initargs=("exit",)) as context:
        with pytest.raises(shm.WorkerError, match="status 3 before it was ready"):
            context.map(print, [1])


def test_kernels_that_cannot_be_loaded_are_errors(context, tmp_path, monkeypatch):
    (tmp_path / "only_here.py").write_text("def kernel(worker, index, value): pass\n")
    context.map(lambda worker, index, value: None, range(2))
    monkeypatch.syspath_prepend(str(tmp_path))
    import only_here

    with pytest.raises(ModuleNotFoundError, match="only_here") as failed:
        context.map(only_here.kernel, range(2))
    assert "in worker" in str(failed.value.__cause__)
    works(context)


def test_a_kernel_that_kills_whoever_loads_it_does_not_go_on_for_ever(context):
    class Deadly:
        def __reduce__(self):
            return kernels.end, ("SIGKILL",)

        def __call__(self, worker, index, value):
            pass

    with pytest.raises(shm.WorkerError, match="indices none yet"):
        context.map(Deadly(), range(10), chunks=1, retries=1000)
    works(context)


def test_a_stale_array_is_an_error(context, directory):
    other = shm.open("other", directory=directory)
    gone = other.empty((3,), "f8")
    other.close()
    with pytest.raises(shm.ClosedError):
        context.map(lambda worker, index, value: gone.__setitem__(index, value), range(3))
    works(context)


def killing(context, at_work, stop, rng):
    """Kills one worker after the other until it is told to stop: once any, which may just begin, else one at work; which."""
    killed = set()
    any_at = rng.randrange(10)
    while not stop.is_set():
        pids = [pid for pid in context.pids() if pid not in killed]
        if len(killed) != any_at:
            pids = [pid for pid in pids if pid in at_work]
        if pids:
            pid = rng.choice(pids)
            killed.add(pid)
            os.kill(pid, signal.SIGKILL)
        stop.wait(rng.random() * 0.02)
    return killed


def test_maps_whose_workers_are_killed_at_random_hang_never_and_are_never_wrong(directory):
    print("seed", SEED)
    rng = random.Random(SEED)
    descriptors = len(os.listdir("/proc/self/fd"))
    with shm.processes("p", workers=3, size="16MiB", directory=directory) as context:
        values = context.put(np.arange(3000.0))
        out = context.alloc(like=values)
        times = context.alloc(like=values, dtype="i8")
        at_work = context.alloc(3, "i8", fill=0)

        def kernel(worker, index, value):
            at_work[worker] = os.getpid()
            times[index] += 1
            out[index] = 3 * value

        @shm.kernel(batch=True)
        def batch(worker, rows, part):
            at_work[worker] = os.getpid()
            times[rows] += 1
            out[rows] = 3 * part
            time.sleep(0.002)

        maps = killed = failed = 0
        while killed < KILLS:
            out[...], times[...], at_work[...] = -1, 0, 0
            maps += 1
            stop, counts = threading.Event(), []
            killer = threading.Thread(target=lambda: counts.append(killing(context, at_work, stop, rng)))
            killer.start()
            retries, chunks = rng.choice([0, 1000]), rng.choice([None, 37, 500, "auto"])
            try:
                context.map(rng.choice([kernel, batch]), values, chunks=chunks, retries=retries, timeout=60)
                np.testing.assert_array_equal(out, 3 * np.asarray(values))
                assert retries or (times == 1).all(), "nothing is done twice that was not asked for"
            except shm.WorkerError as e:
                assert "SIGKILL" in str(e) and retries == 0, e
                failed += 1
                np.testing.assert_array_equal(out[out != -1], 3 * np.asarray(values)[out != -1])
                assert times.max() <= 1
            finally:
                stop.set()
                killer.join()
            with contextlib.suppress(shm.WorkerError):
                assert context.submit(kernels.add_one, np.arange(20_000)).result(60)[5] == 6
            killed += len(counts[0])
        print(maps, "maps,", killed, "kills,", failed, "failed maps")
        eventually("all workers are there again", lambda: len(context.pids()) == 3)
        works(context)
        pids = context.pids()
        del values, out, times, at_work, kernel, batch, killer
        gc.collect()
    have_ended(pids)
    del context
    eventually("descriptors are closed", lambda: gc.collect() >= 0 and len(os.listdir("/proc/self/fd")) <= descriptors)


PARENT = """
import arrow_shm as shm, gc, os, signal, sys, time
start, directory, end = sys.argv[1:]
# Whoever has started the tests may ignore it, as shells do for what runs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
psh = shm.processes("p", workers=2, directory=directory, start=start)
out = psh.alloc(2, "i8", fill=0)
def waiting(worker, index, value):
    out[index] = 1
    while True:
        time.sleep(60)
def filling(worker, index, value):
    out[index] = value
def telling(worker, index, value):
    print("at it")
    waiting(worker, index, value)
if end == "interrupt":
    try:
        psh.map(telling, range(2))
    except KeyboardInterrupt:
        psh.map(filling, [5, 6])
        print(out.tolist(), flush=True)
    sys.exit()
psh.map(filling, range(2))
if end != "idle":
    out[...] = 0
    call = psh.start(waiting, range(2))
    while not out.all():
        time.sleep(0.01)
print(*psh.pids(), flush=True)
if end in ("exit", "idle"):
    sys.exit(7)
time.sleep(60)
"""


def parent(directory, start, end):
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, start, directory, end], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 2, process.communicate()
    return process, pids


@pytest.mark.parametrize("start", ["spawn", "fork", "forkserver"])
def test_workers_end_with_a_killed_parent_whatever_they_do(directory, start):
    process, pids = parent(directory, start, "wait")
    process.kill()
    process.communicate()
    have_ended(pids)


@pytest.mark.parametrize("end", ["exit", "idle"])
def test_a_program_that_ends_takes_its_workers_with_it(directory, end):
    process, pids = parent(directory, "spawn", end)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (7, "", "")
    have_ended(pids)


def test_an_interrupt_ends_the_map_and_the_context_goes_on(directory):
    command = [sys.executable, "-c", PARENT, "spawn", directory, "interrupt"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert sorted(process.stdout.readline() for _ in range(2)) == ["[p 0] at it\n", "[p 1] at it\n"]
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (out, err, process.returncode) == ("[5, 6]\n", "", 0)


def test_a_context_that_is_garbage_ends_its_workers(directory):
    context = shm.processes("p", workers=2, directory=directory)
    works(context)
    pids = context.pids()
    del context
    gc.collect()
    have_ended(pids)


def use_in_child(directory, results):
    with shm.processes("child", workers=2, directory=directory) as context:
        works(context)
        results.send(context.pids())


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_children_of_any_kind_have_contexts_of_their_own(context, directory, method):
    works(context)
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context(method).Process(target=use_in_child, args=(directory, there))
    process.start()
    assert here.poll(60)
    have_ended(here.recv())
    process.join(60)
    assert process.exitcode == 0
    works(context)


def test_a_forked_child_is_told_that_a_context_is_its_parent_s_and_leaves_it_alone(context):
    works(context)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            for use in (context.map, context.submit):
                with contextlib.suppress(shm.ClosedError):
                    use(len, "abc")
                    os._exit(2)
            context.close()
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0
    works(context)


@pytest.mark.parametrize("start", ["fork", "forkserver"])
def test_other_ways_to_start_give_the_same(directory, start, capfd):
    kernels.begin()
    with shm.processes("p", workers=2, directory=directory, start=start) as context:
        works(context)
        assert context.submit(kernels.is_begun).result() == (start == "fork")
        context.map(lambda worker, index, value: print("line", index), range(2))
        assert sorted(capfd.readouterr().out.splitlines()) == ["[p 0] line 0", "[p 1] line 1"]
        with pytest.raises(shm.WorkerError, match="SIGKILL"):
            context.map(lambda worker, index, value: kernels.end("SIGKILL"), [1])
        works(context)
        pids = context.pids()
    have_ended(pids)


def test_closing_cancels_what_runs_and_what_waits(directory):
    context = shm.processes("p", workers=1, directory=directory)
    begun = context.alloc(1, fill=0)

    def waiting(worker, index, value):
        begun[0] = 1
        threading.Event().wait()

    call, task = context.start(waiting, [1]), None
    eventually("it has begun", lambda: begun[0] == 1)
    task = context.submit(pow, 2, 3)
    pids = context.pids()
    context.close()
    with pytest.raises(CancelledError):
        call.result(60)
    with pytest.raises(CancelledError):
        task.result(60)
    have_ended(pids)
