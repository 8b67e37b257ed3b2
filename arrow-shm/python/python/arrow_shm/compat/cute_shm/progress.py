"""How far a transfer is."""

from __future__ import annotations

import sys
from typing import TextIO

from .core import bytes_to_human

_WIDTH = 40


class ShmProgress:
    """A bar that shows how many of so many bytes are in shared memory; of use in a ``with`` block."""

    def __init__(self, total_bytes: int, stream: TextIO | None = None) -> None:
        self._total = total_bytes
        self._done = 0
        self._shown = ""
        self._stream = stream

    def start(self) -> None:
        """Shows it."""
        self._show()

    def add(self, size: int) -> None:
        """Says that so many bytes more have arrived."""
        self._done += size
        self._show()

    def stop(self) -> None:
        """Leaves it as it is, and goes to the next line."""
        print(file=self._stream or sys.stderr, flush=True)

    def _show(self) -> None:
        part = min(1.0, self._done / self._total) if self._total else 1.0
        bar = "#" * int(part * _WIDTH)
        text = (
            f"Uploaded data: [{bar:<{_WIDTH}}] {part:4.0%} "
            f"{bytes_to_human(self._done)} / {bytes_to_human(self._total)}"
        )
        if text != self._shown:
            print(f"\r{text:<{len(self._shown)}}", end="", file=self._stream or sys.stderr, flush=True)
            self._shown = text

    def __enter__(self) -> ShmProgress:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
