"""Being told what happens to datasets."""

import numpy as np
import pytest
from conftest import started

import arrow_shm as shm


def test_a_watch_tells_what_happens_to_datasets_of_a_pattern(pool):
    pool["run-0"] = {"a": np.zeros(1)}
    watch = pool.watch("run-*", timeout=0)
    assert list(watch) == []
    pool["run-1"] = {"a": np.zeros(1)}
    pool["other"] = {"a": np.zeros(1)}
    assert list(watch) == [("run-1", "appeared")]
    pool["run-1"] = {"a": np.ones(1)}
    pool.rename("run-0", "run-2")
    assert sorted(watch) == [("run-0", "deleted"), ("run-1", "changed"), ("run-2", "appeared")]
    del pool["run-1"]
    event = next(pool.watch("run-*", timeout=0), None)
    assert event is None
    (event,) = watch
    assert (event.name, event.kind) == ("run-1", "deleted")


def test_what_another_process_publishes_is_waited_for(pool, directory):
    with pytest.raises(TimeoutError, match="no dataset 'late'"):
        pool.wait("late", timeout=0)
    other = started(directory, "sys.stdin.readline(); pool.put('late', {'a': np.arange(3)}, persistent=True)")
    watch = pool.watch()
    other.stdin.write("go\n")
    other.stdin.flush()
    assert pool.wait("late", timeout=60)["a"].tolist() == [0, 1, 2]
    assert next(watch) == ("late", "appeared")
    other.stdin.close()
    assert other.wait() == 0
    assert pool.wait("late").persistent


def test_a_watch_of_a_pool_that_was_closed_says_so(directory):
    pool = shm.open("p", size="16MiB", slots=64, directory=directory)
    watch = pool.watch()
    pool.close()
    with pytest.raises(shm.ClosedError):
        next(watch)
