"""Ray: arguments are copied into its object store; results are read in place from there."""

from __future__ import annotations

import os

import peer
from peer import Array

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"

import ray  # noqa: E402 it reads its environment when it is imported

OBJECT_STORE_BYTES = 2 << 30


class Ray(peer.Peer):
    packages = ("ray",)

    def start(self) -> None:
        ray.init(
            num_cpus=1,
            include_dashboard=False,
            log_to_driver=False,
            logging_level="error",
            object_store_memory=OBJECT_STORE_BYTES,
            _node_ip_address="127.0.0.1",
            _temp_dir=str(self.scratch),
        )
        self.resources.callback(ray.shutdown)

        @ray.remote(num_cpus=1)
        class Worker:
            def add_one(self, array: Array) -> Array:
                return array + 1

        self.worker = Worker.remote()  # type: ignore[attr-defined]

    def add_one(self, placed: list[Array]) -> list[Array]:
        return list(ray.get([self.worker.add_one.remote(array) for array in placed]))


if __name__ == "__main__":
    peer.main(Ray)
