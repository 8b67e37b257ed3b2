"""npshmex: a ProcessPoolExecutor that copies each array into a file in /dev/shm, which the other side maps."""

from __future__ import annotations

import multiprocessing
import os

import npshmex
import SharedArray

import peer
from peer import Array


def add_one(array: Array) -> Array:
    return array + 1


def names() -> set[str]:
    return {name for name in os.listdir("/dev/shm") if name.startswith("npshmex_")}


class Npshmex(peer.Peer):
    packages = ("npshmex", "SharedArray")

    def start(self) -> None:
        before = names()
        self.resources.callback(lambda: [SharedArray.delete(name) for name in names() - before])
        self.executor = self.resources.enter_context(
            npshmex.ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn"))
        )

    def add_one(self, placed: list[Array]) -> list[Array]:
        futures = [self.executor.submit(add_one, array) for array in placed]
        return [future.result() for future in futures]


if __name__ == "__main__":
    peer.main(Npshmex)
