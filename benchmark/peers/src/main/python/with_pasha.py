"""pasha: arrays in memory that is shared by fork, so that each map() starts its worker anew, which counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pasha

import peer
from peer import Array


class Pasha(peer.Peer):
    packages = ("pasha",)

    def start(self) -> None:
        pasha.set_default_context("processes", num_workers=1)

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[list[Array]]:
        shared = [pasha.alloc(like=array) for array in arrays]
        for target, array in zip(shared, arrays, strict=True):
            target[:] = array
        yield shared

    def add_one(self, placed: list[Array]) -> list[Array]:
        def kernel(worker_id: int, index: int, value: int) -> None:
            placed[value] += 1

        pasha.map(kernel, range(len(placed)))
        return placed


if __name__ == "__main__":
    peer.main(Pasha)
