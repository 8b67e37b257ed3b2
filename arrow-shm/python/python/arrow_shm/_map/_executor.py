"""What takes the place of the standard library's executors."""

from __future__ import annotations

import concurrent.futures
import threading
from collections.abc import Callable
from typing import Any


class Executor(concurrent.futures.Executor):
    """Submits to a context, which stays open when this is shut down."""

    def __init__(self, submit: Callable[..., concurrent.futures.Future[Any]]) -> None:
        self._submit = submit
        self._lock = threading.Lock()
        self._pending: set[concurrent.futures.Future[Any]] = set()
        self._is_shut = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        """See :meth:`Context.submit`."""
        with self._lock:
            if self._is_shut:
                # As the standard library's say it.
                raise RuntimeError("cannot schedule new futures after shutdown: make another executor")
        future = self._submit(fn, *args, **kwargs)
        with self._lock:
            self._pending.add(future)
        future.add_done_callback(self._ended)
        return future

    def _ended(self, future: concurrent.futures.Future[Any]) -> None:
        with self._lock:
            self._pending.discard(future)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Takes nothing more."""
        with self._lock:
            self._is_shut = True
            pending = list(self._pending)
        if cancel_futures:
            for future in pending:
                future.cancel()
        if wait:
            concurrent.futures.wait(pending)
