"""What workers of the libraries do, importable by processes that were not forked."""

import os
import pickle
import signal
import time

import numpy as np

from arrow_shm.compat import npshmex, pyarraypool
from arrow_shm.compat.mpaio.worker import Worker
from arrow_shm.compat.shared_memory import SharedMemory


def fill(array, row, value):
    array[row] = value


def total(array):
    return float(np.sum(array))


def keep(array, has_it):
    has_it.set()
    signal.pause()
    return array


def transferable(n):
    return pyarraypool.make_transferable(np.arange(n))


def loads(pickled):
    return pickle.loads(pickled).tolist()


def add_one(x):
    return x + 1


def write(x):
    x[...] = -1
    return x


def same(x):
    return x


def attached_total(key):
    return float(npshmex.SharedArray.attach(key).sum())


def put(x):
    return npshmex.shm_put(x)


def fail(x):
    raise LookupError(f"no {x.size}")


def kill(_):
    os.kill(os.getpid(), signal.SIGKILL)


def wait_for(path, x):
    while not os.path.exists(path):
        time.sleep(0.005)
    return x.sum()


class Image:
    def __init__(self, name, pixels):
        self.name = name
        self.pixels = pixels


def brighter(image):
    image.pixels = image.pixels + 1
    return image


class Adder(Worker[int]):
    def __init__(self, iterator):
        super().__init__(iterator)
        self.result = 0

    @staticmethod
    def process(shm_name, shape, dtype, start_idx, end_idx):
        array = np.ndarray(shape, dtype, SharedMemory(shm_name).buf)
        return int(array[start_idx:end_idx].sum())

    def process_callback(self, processed_items):
        self.result += processed_items


class Joiner(Worker[str]):
    def __init__(self, iterator):
        super().__init__(iterator)
        self.parts = []

    @staticmethod
    def process(shm_name, shape, dtype, start_idx, end_idx):
        array = np.ndarray(shape, dtype, SharedMemory(shm_name).buf)
        return "".join(array[start_idx:end_idx])

    def process_callback(self, processed_items):
        self.parts.append(processed_items)


class Failing(Adder):
    @staticmethod
    def process(shm_name, shape, dtype, start_idx, end_idx):
        raise LookupError("on purpose")
