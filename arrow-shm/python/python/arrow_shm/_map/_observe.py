"""What is seen of a call while it runs: a bar, and how busy the cores are."""

from __future__ import annotations

import sys
import threading
import time
from datetime import datetime, timezone
from typing import Any

_WIDTH = 40
_PERIOD_S = 0.2


class Bar:
    """A line on the terminal that says how far something is."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def show(self, fraction: float) -> None:
        """Draws it anew."""
        full = round(_WIDTH * fraction)
        seconds = time.monotonic() - self._began
        print(f"\r[{'#' * full}{'.' * (_WIDTH - full)}] {fraction:4.0%} {seconds:.0f} s", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Leaves it as it is."""
        print(file=sys.stderr)


class Usage:
    """Looks five times a second how busy each core was, until it is stopped."""

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {}
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._before = _times()
        self._thread = threading.Thread(target=self._look_on, name="arrow-shm cpu", daemon=True)
        self._thread.start()

    def _look_on(self) -> None:
        while not self._stopped.wait(_PERIOD_S):
            self._look()

    def _look(self) -> None:
        with self._lock:
            now = _times()
            for core, (busy, total) in now.items():
                busy_before, total_before = self._before.get(core, (busy, total))
                percent = 100 * (busy - busy_before) / (total - total_before) if total > total_before else 0.0
                self._columns.setdefault(core, []).append(percent)
            self._columns.setdefault("time", []).append(datetime.now(timezone.utc))
            self._before = now

    def stop(self) -> None:
        """Takes a last look. Idempotent."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._look()

    def seen(self) -> dict[str, list[Any]]:
        """What was seen until now."""
        with self._lock:
            return {name: list(values) for name, values in self._columns.items()}


def _times() -> dict[str, tuple[int, int]]:
    """Of each core, how long it was busy, and how long that and idle, in ticks since the system was started."""
    found = {}
    with open("/proc/stat") as file:
        for line in file:
            name, *fields = line.split()
            if name.startswith("cpu") and name != "cpu":
                ticks = [int(field) for field in fields[:8]]
                idle = ticks[3] + ticks[4]
                found[f"core_{name[3:]}"] = (sum(ticks) - idle, sum(ticks))
    return found
