"""What workers print, passed on by whole lines that say whose they are."""

from __future__ import annotations

import sys
from typing import TextIO


class Output:
    """To where this process prints, or to the end of a file."""

    def __init__(self, name: str, log: str | None) -> None:
        self._name = name
        self._log: TextIO | None = None if log is None else open(log, "a")
        # What is no whole line yet, by worker and whether it is of its errors.
        self._rest: dict[tuple[int, int], bytes] = {}

    def add(self, worker: int, which: int, printed: bytes) -> None:
        """A worker has printed something: 0 as output, 1 as an error."""
        *lines, rest = (self._rest.get((worker, which), b"") + printed).split(b"\n")
        self._rest[worker, which] = rest
        self._write(worker, which, lines)

    def end(self, worker: int) -> None:
        """A worker prints nothing more."""
        for which in range(2):
            rest = self._rest.pop((worker, which), b"")
            self._write(worker, which, [rest] if rest else [])

    def _write(self, worker: int, which: int, lines: list[bytes]) -> None:
        target = self._log if self._log is not None else (sys.stdout, sys.stderr)[which]
        if not lines or target is None:
            return
        try:
            for line in lines:
                target.write(f"[{self._name} {worker}] {line.decode(errors='replace')}\n")
            target.flush()
        except (OSError, ValueError):
            # Nobody reads what this process prints any more.
            pass

    def close(self) -> None:
        """Closes the file, if there is one."""
        if self._log is not None:
            self._log.close()
