"""Python's multiprocessing.Pool: arrays are pickled into a pipe and out of another one."""

from __future__ import annotations

import multiprocessing

import peer
from peer import Array


def add_one(array: Array) -> Array:
    return array + 1


class Multiprocessing(peer.Peer):
    def start(self) -> None:
        self.pool = self.resources.enter_context(multiprocessing.get_context("spawn").Pool(1))

    def add_one(self, placed: list[Array]) -> list[Array]:
        return self.pool.map(add_one, placed)


if __name__ == "__main__":
    peer.main(Multiprocessing)
