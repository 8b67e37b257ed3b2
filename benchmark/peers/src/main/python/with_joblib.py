"""joblib: arrays above 1 MB are copied to a file in /dev/shm that the worker maps; results are pickled.

With n_jobs=1 joblib calls the function in its own process, so it has two workers, of which the large array needs one.
"""

from __future__ import annotations

import os

import joblib
from joblib.externals.loky import get_reusable_executor

import peer
from peer import Array


def add_one(array: Array) -> Array:
    return array + 1


class Joblib(peer.Peer):
    packages = ("joblib",)

    def start(self) -> None:
        self.folder = f"/dev/shm/{self.tag}"
        os.mkdir(self.folder)
        self.resources.callback(os.rmdir, self.folder)
        self.resources.callback(lambda: get_reusable_executor().shutdown(wait=True))

    def add_one(self, placed: list[Array]) -> list[Array]:
        # Each call finds the same two workers again.
        parallel = joblib.Parallel(n_jobs=2, temp_folder=self.folder)
        return list(parallel(joblib.delayed(add_one)(array) for array in placed))


if __name__ == "__main__":
    peer.main(Joblib)
