"""What the processes that tests start do with arrays; a module, so that all of them can import it."""

import pickle

import numpy as np

import arrow_shm as shm

_gate = None
_kept = []


def start(gate):
    """Of a worker: it waits at the gate where it is told to."""
    global _gate
    _gate = gate


def wait(_=None):
    _gate.wait(60)


def fill(part, value):
    part[...] = value


def total(array):
    return float(array.sum()), bool(array.flags.writeable), type(array).__name__


def total_and_strides(array):
    return array.tolist(), array.strides


def same(array):
    return array


def keep(array):
    _kept.append(array)


def keep_until_told(array, told):
    _kept.append(array)
    told.send("kept")
    told.recv()


def let_go():
    _kept.clear()


def make(directory, n):
    """An array that this worker makes, which takes a place for that, and leaves it with the last of them."""
    pool = shm.open("p", directory=directory)
    array = pool.empty((n,), "i8")
    array[:] = n
    _kept.append(pool)
    return array


def loads(pickled):
    try:
        return pickle.loads(pickled).tolist()
    except shm.StaleError as e:
        return str(e)


def doubled(array):
    return np.multiply(array, 2)
