"""storm.py POOL SEED PROBLEMS: does all that a participant can as fast as it can, until it is killed, and answers commands
meanwhile. What is wrong it writes to a file in the directory PROBLEMS, and ends."""

import gc
import json
import os
import pathlib
import pickle
import random
import signal
import sys
import threading
import traceback

import numpy as np
import pyarrow as pa

import arrow_shm as shm

NAMES = ["storm/a", "storm/b", "c"]
MOST_ROWS, MOST_SEGMENTS = 2000, 5
MOST_CHILD_SECONDS = 120


def numbers(seed):
    return np.arange(seed, seed + 1 + seed % MOST_ROWS, dtype="<i8")


def is_right(value, seed):
    found = value.column(0).to_numpy() if isinstance(value, pa.Table) else np.asarray(value)
    return np.array_equal(found, numbers(seed))


def content(seed):
    return {f"s{i}": numbers(seed) for i in range(1 + seed % MOST_SEGMENTS)}


def check(dataset):
    seed = dataset.attrs["seed"]
    values = [dataset[name] for name in dataset]
    assert len(values) == 1 + seed % MOST_SEGMENTS and all(is_right(value, seed) for value in values), f"MIXED {seed}"


class Storm:
    def __init__(self, pool, seed, problems):
        self.pool = pool
        self.random = random.Random(seed)
        self.problems = problems
        self.incoming = pathlib.Path(pool.directory, "incoming")
        self.own = f"python-{os.getpid()}-"
        self.kept = []
        self.has_forked = False

    def fail(self):
        traceback.print_exc()
        pathlib.Path(self.problems, f"{os.getpid()}.txt").write_text(traceback.format_exc())
        os._exit(1)

    def run(self, work):
        try:
            while True:
                work()
        except BaseException:
            self.fail()

    def watch(self):
        for _ in self.pool.watch():
            pass

    def turn(self):
        name, other = self.random.choices(NAMES, k=2)
        seed = self.random.randrange(10_000)
        turns = [self.delete, self.rename, self.link, self.publish, self.give_up, self.share, self.ask, *[self.overwrite] * 4]
        try:
            self.random.choice([*turns, *[self.read] * 6])(name, other, seed)
        except (shm.DatasetNotFoundError, shm.DatasetExistsError):
            pass
        except shm.InUseError:
            # The child that was forked meanwhile could write what was being written then.
            if not self.has_forked:
                raise
        if self.random.random() < 0.02:
            gc.collect()

    def delete(self, name, *_):
        del self.pool[name]

    def rename(self, name, other, _):
        self.pool.rename(name, other, overwrite=True)

    def link(self, name, other, _):
        """What is there has a further name."""
        dataset = self.pool[name]
        self.pool.put(other, dict(dataset), attrs=dataset.attrs, overwrite=True)

    def publish(self, name, _, seed):
        self.pool.put(name, content(seed), attrs={"seed": seed})

    def overwrite(self, name, _, seed):
        form = self.random.choice(["npy", "tensor"])
        self.pool.put(name, content(seed), attrs={"seed": seed}, overwrite=True, persistent=True, format=form)

    def give_up(self, *_):
        try:
            with self.pool.build(self.random.randrange(1, 8000), "u1") as out:
                out[:] = 1
                raise KeyError
        except KeyError:
            pass

    def share(self, _name, _other, seed):
        live = self.pool.empty(len(numbers(seed)), "<i8")
        live[:] = numbers(seed)
        own = f"shared/{self.own}"
        self.pool.put(own, {"live": live}, overwrite=True)
        loaded = pickle.loads(pickle.dumps(live))
        assert is_right(loaded, seed)
        del self.pool[own], loaded
        gc.collect()
        try:
            live.seal()
        except shm.InUseError:
            pass
        assert is_right(live, seed)

    def ask(self, name, _, seed):
        """By a request of one segment, unless one is not answered yet; and takes the answers to those before."""
        for answer in self.incoming.glob(f"{self.own}*.answer"):
            file = self.incoming / (answer.name.removesuffix(".answer") + ".npy")
            assert json.loads(answer.read_text())["done"] != file.exists(), answer.read_text()
            file.unlink(missing_ok=True)
            answer.unlink()
        if any(self.incoming.glob(f"{self.own}*.request")):
            return
        seed -= seed % MOST_SEGMENTS
        request = f"{self.own}{self.random.randrange(1 << 40)}"
        with self.aside(f"{request}.npy") as path:
            np.save(path.open("wb"), numbers(seed))
        with self.aside(f"{request}.request") as path:
            segments = [{"path": "s0", "file": f"{request}.npy"}]
            overwrite = self.random.random() < 0.9
            asked = {"formatVersion": 2, "dataset": name, "attributes": {"seed": seed}, "segments": segments}
            path.write_text(json.dumps(asked | {"overwrite": overwrite}))

    def aside(self, name):
        return Aside(self.incoming, name)

    def read(self, name, *_):
        dataset = self.pool[name]
        check(dataset)
        self.kept = [*self.kept[-2:], dataset]
        check(self.kept[0])

    def answer(self, command, *words):
        if command == "pickle":
            seed = int(words[0])
            with self.pool.build(len(numbers(seed)), "<i8") as array:
                array[:] = numbers(seed)
            return pickle.dumps(array).hex()
        if command == "load":
            try:
                return "right" if is_right(pickle.loads(bytes.fromhex(words[0])), int(words[1])) else "WRONG"
            except shm.StaleError:
                return "stale"
        assert command == "fork", command
        dataset = self.pool.wait(NAMES[0], timeout=60)
        self.has_forked = True
        child = os.fork()
        if child == 0:
            self.read_for_ever(dataset)
        return str(child)

    def read_for_ever(self, dataset):
        """In a child that was forked, whose parent is killed next: what it has inherited stays as it is."""
        signal.alarm(MOST_CHILD_SECONDS)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1):
            os.dup2(null, descriptor)
        try:
            while True:
                check(dataset)
        except BaseException:
            self.fail()


class Aside:
    """A file that others see once it is complete."""

    def __init__(self, directory, name):
        self.aside, self.path = directory / f".{name}", directory / name

    def __enter__(self):
        return self.aside

    def __exit__(self, *_):
        self.aside.rename(self.path)


storm = Storm(shm.open(sys.argv[1], create=False), int(sys.argv[2]), sys.argv[3])
print("open", flush=True)
for work in (storm.watch, storm.turn):
    threading.Thread(target=storm.run, args=(work,), daemon=True).start()
for line in sys.stdin:
    try:
        print(storm.answer(*line.split()), flush=True)
    except BaseException:
        storm.fail()
os._exit(0)
