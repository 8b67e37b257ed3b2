"""How much memory a program and all its children take at most: what is each one's own, and what is new in /dev/shm."""

from __future__ import annotations

import os
import threading
from types import TracebackType

PERIOD_SECONDS = 0.005


class Peak:
    """Looks two hundred times a second, from when it is entered until it is left."""

    def __init__(self) -> None:
        self.bytes = 0
        self._shared_before = shared_bytes()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look_on, daemon=True)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stopped.set()
        self._thread.join()

    def _look_on(self) -> None:
        while not self._stopped.wait(PERIOD_SECONDS):
            own = sum(own_bytes(pid) for pid in family(os.getpid()))
            self.bytes = max(self.bytes, own + shared_bytes() - self._shared_before)


def shared_bytes() -> int:
    used = os.statvfs("/dev/shm")
    return (used.f_blocks - used.f_bfree) * used.f_frsize


def own_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/status") as status:
            for line in status:
                if line.startswith("RssAnon:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        # It has just ended.
        pass
    return 0


def family(pid: int) -> list[int]:
    """A process and all that come from it."""
    found = [pid]
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as children:
                for child in children.read().split():
                    found += family(int(child))
    except OSError:
        # It has just ended.
        pass
    return found
