"""damage.py DIRECTORY SEED SECONDS: changes bytes of a pool's files and reads all that is in it then, again and again: it is
read, or an error. Says what it does next, so that whoever has started it knows what it has died of."""

import contextlib
import gc
import os
import random
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

import arrow_shm as shm

EDGES = [0, 1, 0x7F, 0x80, 0xFFFF_FFFF, 0x7FFF_FFFF, 2**64 - 1, 2**63 - 1]
ALLOWED = (shm.Error, pa.ArrowException)


def made(directory):
    with shm.open("p", size="1MiB", slots=64, directory=directory) as pool:
        numbers = np.arange(30.0).reshape(5, 6)
        pool.put("arrays", {"c": numbers, "group": {"f": np.asfortranarray(numbers)}}, attrs={"n": [1, {"a": 0.5}]}, persistent=True)
        structures = np.zeros(3, [("a", "<f4"), ("b", "<i2", (3,))])
        pool.put("more", {"s": structures, "t": np.array(["a", "ß"]), "d": np.array([7], "<M8[ns]")}, persistent=True)
        pool.put("tensor", {"t": numbers}, format="tensor", persistent=True)
        columns = {"n": [1, None, 3], "t": ["a", None, "ü"], "l": [[1], [], None], "s": [{"a": 1}, None, {"a": 2}]}
        table = pa.table(columns).append_column("k", pa.array(["x", "y", "x"]).dictionary_encode())
        pool.put("table", {"t": table}, persistent=True)


def changed(chance, content):
    content = bytearray(content)
    for _ in range(chance.randrange(1, 5)):
        # What says what there is stands at the beginning of a file, or of a block.
        at = chance.randrange(len(content)) if chance.random() < 0.3 else chance.randrange(min(len(content), 4096))
        kind = chance.randrange(5)
        if kind == 0:
            content[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            content[at] = chance.randrange(256)
        elif kind == 2:
            length = chance.choice([1, 2, 4, 8])
            content[at : at + length] = chance.choice(EDGES).to_bytes(8, "little")[:length]
        elif kind == 3:
            start, length = chance.randrange(len(content)), chance.randrange(1, 16)
            content[at : at + length] = content[start : start + length]
        elif chance.random() < 0.1:
            del content[at:]
        if not content:
            break
    return bytes(content)


def read_all(pool):
    for name in list(pool):
        try:
            read(pool[name])
        except ALLOWED:
            pass


def read(group):
    repr(group.attrs)
    for name in group:
        try:
            value = group[name]
            if isinstance(value, shm.Group):
                read(value)
            elif isinstance(value, pa.Table):
                # pyarrow's affair, which has errors of many kinds: for names that are no UTF-8, times that Python cannot say.
                with contextlib.suppress(Exception):
                    value.validate(full=True)
                    value.to_pylist()
            else:
                value.tobytes()
        except ALLOWED:
            pass


def restore(root, files):
    for path in (*root.iterdir(), *(root / "slabs").iterdir(), *(root / "names").iterdir(), *(root / "incoming").iterdir()):
        if path.is_file() and path not in files:
            path.unlink()
    for path, content in files.items():
        # What has a place in the pool keeps its file: the next opening is another process's, as far as the pool knows.
        path.write_bytes(content)
        path.chmod(0o600)


def main(directory, seed, seconds):
    made(directory)
    root = Path(directory, os.readlink(Path(directory, "p")))
    files = {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    targets = [path for path in files if files[path] and path.name != "lock"]
    until = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < until:
        chance = random.Random(f"{seed} {rounds}")
        # Half of all in what is in segments, which is the least looked at before it is read.
        slabs = [path for path in targets if path.parent.name == "slabs"]
        path = chance.choice(slabs if chance.random() < 0.5 else targets)
        print(f"round {rounds}: {path.relative_to(root)}", flush=True)
        path.write_bytes(changed(chance, files[path]))
        try:
            with shm.open("p", create=False, directory=directory) as pool:
                read_all(pool)
        except ALLOWED:
            pass
        gc.collect()
        restore(root, files)
        rounds += 1
    with shm.open("p", create=False, directory=directory) as pool:
        assert sorted(pool) == ["arrays", "more", "table", "tensor"] and pool["table"]["t"].num_rows == 3
    print(f"{rounds} rounds", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
