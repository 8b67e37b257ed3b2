"""What the libraries' own pages tell to type, in programs of their own, with the libraries' own names."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import arrow_shm as shm
import arrow_shm.compat

MODULES = Path(arrow_shm.compat.__file__).parent / "modules"


def python_path(*folders):
    return os.pathsep.join([*map(str, folders), os.environ.get("PYTHONPATH", "")])


def started(program, directory=None):
    """Another process of Python, to which the libraries' own names mean the modules here; its pipes are texts."""
    environment = {**os.environ, "PYTHONPATH": python_path(MODULES, Path(__file__).parent)}
    if directory:
        environment["ARROW_SHM_DIR"] = directory
    return subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    )


PYARRAYPOOL = """
import pyarraypool
import multiprocessing
import numpy as np

def task(x, i, value):
    x[i, :, :] = value

def main():
    arr = np.random.random((10, 20, 50))
    I, J, K = arr.shape
    with multiprocessing.Pool(processes=3) as pool:
        shmarr = pyarraypool.make_transferable(arr)
        pool.starmap(task, [(shmarr, i, i) for i in range(I)])
    print([float(shmarr[i].mean()) for i in range(I)])

if __name__ == "__main__":
    main()
"""

NPSHMEX = """
import numpy as np
from npshmex import ProcessPoolExecutor
import SharedArray

def add_one(x):
    return x + 1

def add_one_in_place(shm_key):
    x = SharedArray.attach(shm_key)
    x += 1

ex = ProcessPoolExecutor()
big_data = np.ones(int(2e5))
f = ex.submit(add_one, big_data)
print(f.result()[0])
shm_key = 'shm://test'
big_data = SharedArray.create(shm_key, int(2e5))
big_data += 1
f = ex.submit(add_one_in_place, shm_key)
f.result()
SharedArray.delete(shm_key)
print(big_data[0])
"""

PASHA = """
import numpy as np
import pasha as psh

inp = np.random.rand(100)
outp = psh.alloc(like=inp)

def triple_it(worker_id, index, value):
    outp[index] = 3 * value

psh.map(triple_it, inp)
np.testing.assert_allclose(outp, inp*3)
psh.set_default_context('threads', num_workers=4)
outp[:] = 0
psh.map(triple_it, inp)
np.testing.assert_allclose(outp, inp*3)
print("both")
"""

CUTE_SHM = """
import numpy as np
import cute_shm as cute

arrays = {"a": np.eye(3, dtype=np.int64), "b": {"b1": np.zeros(100, dtype=np.float32), "b2": np.zeros(300)}}
cute.arrays_to_shm("myproject", arrays, persistent=False, overwrite=False)
shm_arrays: cute.SharedArrayDict = cute.shm_to_arrays("myproject", persistent=False)
a_meta: cute.SharedArrayMeta = shm_arrays["a"]["meta"]
print(shm_arrays["a"]["data"].sum(), a_meta["shape"], a_meta["dtype"])
cute.unlink("myproject")
with cute.unlinked_arrays_to_shm("myproject", arrays):
    print(list(cute.shm_to_arrays("myproject")["b"]))

def get_np(project_name):
    return cute.shm_to_arrays(project_name)["a"]["data"]

with cute.unlinked_arrays_to_shm("myproject", arrays):
    a = get_np("myproject")
print(a[0])
"""

MPAIO = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.managers import SharedMemoryManager
from multiprocessing.shared_memory import SharedMemory

import anyio
import numpy as np
from mpaio.data_iterator import DataIterator
from mpaio.worker import Worker
from mpaio.worker_orchestrator import WorkerOrchestrator

class AddIntWorker(Worker["int"]):
    result = 0

    @staticmethod
    def process(shm_name, shape, dtype, start_idx, end_idx):
        shm = SharedMemory(shm_name)
        data = np.ndarray(shape=shape, dtype=dtype, buffer=shm.buf)
        return int(sum(data[start_idx:end_idx]))

    def process_callback(self, processed_items):
        self.result += processed_items

async def runner():
    executor = ProcessPoolExecutor(mp_context=multiprocessing.get_context("fork"), max_workers=2)
    with SharedMemoryManager() as manager:
        data = np.arange(1, 10_001)
        shm = manager.SharedMemory(data.nbytes)
        shared = np.ndarray(shape=data.shape, dtype=data.dtype, buffer=shm.buf)
        np.copyto(shared, data)
        worker = AddIntWorker(DataIterator(shm.name, 5_000, data.size, data.shape, data.dtype))
        await WorkerOrchestrator(executor, workers=[worker], monitor_cpu_usage=True).run()
        print(worker.result)

anyio.run(runner)
"""

PROGRAMS = {
    "pyarraypool": (PYARRAYPOOL, [str([float(i) for i in range(10)])]),
    "npshmex": (NPSHMEX, ["2.0", "2.0"]),
    "pasha": (PASHA, ["both"]),
    "cute_shm": (CUTE_SHM, ["3 [3, 3] int64", "['b1', 'b2']", "[1 0 0]"]),
    "mpaio": (MPAIO, ["50005000"]),
    "mpaio, in the pool": (
        MPAIO.replace("multiprocessing.managers import", "arrow_shm.compat.shared_memory import").replace(
            "multiprocessing.shared_memory import", "arrow_shm.compat.shared_memory import"
        ),
        ["50005000"],
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_example_of_a_library_runs_and_leaves_nothing(name, directory):
    program, expected = PROGRAMS[name]
    if name.startswith("mpaio"):
        pytest.importorskip("anyio")
        pytest.importorskip("psutil")
    running = started(program, directory)
    output, _ = running.communicate(timeout=120)
    assert (running.returncode, output.splitlines()) == (0, expected)
    assert shm.pools(directory) == []


def test_the_five_are_modules_of_one_package_that_are_imported_when_they_are_used():
    program = (
        "import sys, arrow_shm.compat\n"
        "assert not [m for m in sys.modules if m.startswith('arrow_shm.compat.')], sys.modules\n"
        "from arrow_shm.compat import pasha, cute_shm, npshmex, pyarraypool\n"
        "import pasha.context, cute_shm.core\n"
        "assert pasha.MapContext is sys.modules['arrow_shm.compat.pasha'].MapContext is pasha.context.MapContext\n"
        "try:\n"
        "    arrow_shm.compat.other\n"
        "except AttributeError as e:\n"
        "    print(e)\n"
    )
    assert "no attribute 'other'" in started(program).communicate(timeout=60)[0]
