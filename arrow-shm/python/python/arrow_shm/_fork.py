"""What a forked child goes on reading and writing: all that its parent had open when it was forked."""

from __future__ import annotations

import os
import threading

from . import _core

_forking = threading.Lock()
_heritage: _core.Heritage | None = None


def _before() -> None:
    global _heritage
    _forking.acquire()
    _heritage = _core.Heritage()


def _in_parent() -> None:
    global _heritage
    heritage, _heritage = _heritage, None
    _forking.release()
    if heritage is not None:
        heritage.drop()


def _in_child() -> None:
    global _heritage
    heritage, _heritage = _heritage, None
    _forking.release()
    if heritage is not None:
        heritage.accept()


def register() -> None:
    """Once, when this package is imported."""
    os.register_at_fork(before=_before, after_in_parent=_in_parent, after_in_child=_in_child)
