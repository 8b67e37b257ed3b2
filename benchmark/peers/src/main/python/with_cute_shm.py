"""cute-shm: all arrays of a hand-over are one project, whose name travels; the worker adds in place."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager

import cute_shm

import peer
from peer import Array


def add_one(project: str, root: str) -> None:
    cute_shm.Project2Toml.root = cute_shm.core.Path(root)
    for shared in cute_shm.shm_to_arrays(project, persistent=False).values():
        shared["data"] += 1
        memory = shared["meta"]["shm"]
        # The mapping cannot be closed while the array is there.
        del shared["data"]
        memory.close()


class CuteShm(peer.Peer):
    packages = ("cute-shm",)

    def start(self) -> None:
        cute_shm.Project2Toml.root = self.scratch
        self.pool = self.resources.enter_context(multiprocessing.get_context("spawn").Pool(1))

    @contextmanager
    def placed(self, arrays: list[Array]) -> Iterator[tuple[str, cute_shm.SharedArrayDict]]:
        project = f"{self.tag}-{len(arrays)}"
        with cute_shm.unlinked_arrays_to_shm(project, {str(i): array for i, array in enumerate(arrays)}):
            shared = cute_shm.shm_to_arrays(project, persistent=False)
            yield project, shared
            for array in shared.values():
                memory = array["meta"]["shm"]
                del array["data"]
                memory.close()

    def add_one(self, placed: tuple[str, cute_shm.SharedArrayDict]) -> list[Array]:
        project, shared = placed
        self.pool.apply(add_one, (project, str(self.scratch)))
        return [array["data"] for array in shared.values()]


if __name__ == "__main__":
    peer.main(CuteShm)
