"""A plugin for the libraries' own tests: every array that they get from a library lies in a mapping of a pool.

It looks at what the libraries' functions return, wherever in that arrays are, and writes into ``$IN_POOL`` how many there
were; one that lies elsewhere is an error in the test that got it.
"""

import functools
import importlib
import os

import numpy as np

_FUNCTIONS = {
    "pyarraypool": ["make_transferable", "_received"],
    "npshmex": ["shm_pop", "unshm", "ProcessPoolExecutor.submit"],
    "pasha": ["MapContext.alloc", "alloc"],
    "cute_shm": ["shm_to_arrays"],
    "mpaio": [],
}
_seen = 0


def is_in_pool(address: int) -> bool:
    """Whether memory is that of a pool's file."""
    with open("/proc/self/maps") as maps:
        for line in maps:
            start, end = (int(text, 16) for text in line.split(" ")[0].split("-"))
            if start <= address < end:
                return "/slabs/" in line
    return False


def address(array: np.ndarray) -> int:
    return array.__array_interface__["data"][0]


def check(value):
    global _seen
    if isinstance(value, np.ndarray):
        if value.size:
            assert is_in_pool(address(value)), f"an array of {value.dtype} {value.shape} lies outside of all pools"
            _seen += 1
    elif isinstance(value, dict):
        for inner in value.values():
            check(inner)
    elif hasattr(value, "__dict__"):
        check({name: inner for name, inner in vars(value).items() if isinstance(inner, np.ndarray)})


def checked(function):
    @functools.wraps(function)
    def call(*args, **kwargs):
        result = function(*args, **kwargs)
        if not hasattr(result, "add_done_callback"):
            check(result)
            return result
        get = result.result

        def of_future(timeout=None):
            value = get(timeout)
            check(value)
            return value

        result.result = of_future
        return result

    return call


def pytest_configure(config):
    for path in _FUNCTIONS[os.environ["LIBRARY"]]:
        *owners, name = path.split(".")
        owner = importlib.import_module(os.environ["LIBRARY"])
        for part in owners:
            owner = getattr(owner, part)
        setattr(owner, name, checked(getattr(owner, name)))


def pytest_sessionfinish(session):
    with open(os.environ["IN_POOL"], "w") as file:
        file.write(str(_seen))
