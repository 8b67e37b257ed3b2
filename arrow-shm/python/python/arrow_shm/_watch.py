"""Being told what happens to datasets."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Iterator
from typing import Literal, NamedTuple, cast

from . import _core

# A key that interrupts the program is seen within this time.
_SLICE = 0.2


class Event(NamedTuple):
    """What has become of a dataset."""

    name: str
    kind: Literal["appeared", "changed", "deleted"]


class Watch(Iterator[Event]):
    """Events of a pool, from when this was made; one thread at a time."""

    def __init__(self, watch: _core.Watch, pattern: str, timeout: float | None) -> None:
        self._watch = watch
        self._pattern = pattern
        self._timeout = timeout

    def __next__(self) -> Event:
        event = self.event(None if self._timeout is None else time.monotonic() + self._timeout)
        if event is None:
            raise StopIteration
        return event

    def event(self, until: float | None) -> Event | None:
        """The next event; None if there is none until then, by ``time.monotonic``."""
        while True:
            left = _SLICE if until is None else until - time.monotonic()
            change = self._watch.next(min(left, _SLICE))
            if change is not None and fnmatch.fnmatchcase(change[0], self._pattern):
                return cast(Event, Event._make(change))
            if change is None and left <= 0:
                return None
