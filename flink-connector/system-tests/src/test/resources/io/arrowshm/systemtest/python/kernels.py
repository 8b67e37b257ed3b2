"""What PythonFunctionIT lets Flink apply."""

import os
import pathlib
import re
import signal
import time

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def lies_in_the_pool(address):
    for line in pathlib.Path("/proc/self/maps").read_text().splitlines():
        start, end, name = re.match(r"(\w+)-(\w+) \S+ \S+ \S+ \S+ *(.*)", line).groups()
        if int(start, 16) <= address < int(end, 16):
            return os.environ["POOL"] in name
    return False


def doubled_in_place(values):
    assert isinstance(values, np.ndarray) and not values.flags.writeable
    assert lies_in_the_pool(values.__array_interface__["data"][0])
    return values * 2


def with_squares(table):
    """Tables with an odd first number are left out."""
    number = table["number"]
    assert lies_in_the_pool(number.chunk(0).buffers()[1].address)
    if number[0].as_py() % 2 == 1:
        return None
    return table.append_column("square", pc.multiply(number, number))


class Counter:
    """How many it has seen, and once more when it is closed."""

    def __init__(self):
        print("a counter is made", flush=True)
        self.seen = 0

    def __call__(self, values):
        self.seen += 1
        return np.array([self.seen], np.int64)

    def close(self):
        print(f"a counter has seen {self.seen}", flush=True)


def refuses_seven(values):
    if values[0] == 7:
        raise ValueError("seven is not wanted")
    return values


def large(values):
    return np.full(3 << 20, values[0], np.float64)


def table_of_texts(values):
    return pa.table({"text": [str(values[0])]})


def first_time(name):
    try:
        os.close(os.open(os.path.join(os.environ["MARKS"], name), os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False


def killed_at_three(values):
    if values[0] == 3 and first_time("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    return values


def always_killed(values):
    print("this is the end", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def slow_at_three(values):
    if values[0] == 3 and first_time("slow"):
        time.sleep(1000)
    return values


def hangs(values):
    (pathlib.Path(os.environ["MARKS"]) / f"hangs-{os.getpid()}").touch()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    time.sleep(1000)


def waits_for_the_gate(values):
    gate = pathlib.Path(os.environ["MARKS"]) / "gate"
    (pathlib.Path(os.environ["MARKS"]) / f"process-{os.getpid()}").touch()
    while not gate.exists():
        time.sleep(0.01)
    return values
