"""Several processes, some of which are killed."""

import os
import random

import numpy as np
from conftest import eventually, started

import arrow_shm as shm


def test_another_process_reads_and_writes_and_what_it_leaves_when_killed_comes_back(pool, directory):
    pool.put("here", {"a": np.arange(1000)}, attrs={"n": 1})
    other = started(
        directory,
        "a = pool['here']['a']\n"
        "pool.put('there', {'sum': np.array([a.sum()])}, persistent=True)\n"
        "pool.put('ends', {'a': np.zeros(1000)})\n"
        "held = pool.empty(1 << 20, 'u1')\n"
        "print('ready', flush=True)\n"
        "sys.stdin.read()\n",
    )
    assert other.stdout.readline() == "ready\n"
    assert pool["there"]["sum"][0] == 499_500
    kept = pool["ends"]["a"]
    other.kill()
    other.wait()
    eventually("what was not persistent is gone", lambda: sorted(pool) == ["here", "there"])
    assert not kept.any()
    eventually("it is no participant any more", lambda: len(pool.who()) == 1)


def test_a_forked_child_has_no_pool_but_may_open_it(pool, directory):
    pool.put("d", {"a": np.arange(10)})
    array = pool["d"]["a"]
    child = os.fork()
    if child == 0:
        status = 1
        try:
            is_closed = pool.closed
            try:
                list(pool)
            except shm.ClosedError:
                with shm.open("p", directory=directory) as own:
                    status = 0 if is_closed and own["d"]["a"][3] == 3 else 2
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert status == 0
    assert pool["d"]["a"].tolist() == array.tolist() == list(range(10))


def test_nothing_is_torn_while_publishers_are_killed(pool, directory):
    seed = int(os.environ.get("ARROW_SHM_SEED", random.randrange(1 << 30)))
    print(f"ARROW_SHM_SEED={seed}")
    chance = random.Random(seed)
    program = (
        "import random\n"
        "chance = random.Random({seed})\n"
        "print('ready', flush=True)\n"
        "while True:\n"
        "    n = chance.randrange(1, 5000)\n"
        "    pool.put('d', {{'a': np.full(n, n), 't': pa.table({{'x': np.full(n, n)}})}}, overwrite=True,\n"
        "             persistent=True, attrs={{'n': n}})\n"
    )

    def start():
        process = started(directory, program.format(seed=chance.randrange(1 << 30)))
        assert process.stdout.readline() == "ready\n"
        return process

    processes = [start(), start()]
    reads = 0
    try:
        eventually("something is published", lambda: "d" in pool)
        for _ in range(6):
            for _ in range(200):
                if "d" in pool:
                    dataset = pool["d"]
                    n = dataset.attrs["n"]
                    assert dataset["a"].tolist() == dataset["t"]["x"].to_pylist() == [n] * n
                    reads += 1
            killed = chance.randrange(2)
            assert processes[killed].poll() is None, "a publisher has ended by itself"
            processes[killed].kill()
            processes[killed].wait()
            processes[killed] = start()
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert reads > 0
    eventually("the dead are gone", lambda: len(pool.who()) == 1)
