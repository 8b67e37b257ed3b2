"""What can go wrong. Each is also the exception that Python has for it, and says what came, what was allowed, what to do."""


class Error(Exception):
    """Whatever this package raises by itself."""

    def __str__(self) -> str:
        # Not KeyError's, which quotes the sentence.
        return str(self.args[0]) if self.args else ""


class DatasetNotFoundError(Error, KeyError):
    """There is no such dataset, or nothing at such a path in it."""


class PoolNotFoundError(Error, FileNotFoundError):
    """There is no such pool."""


class DatasetExistsError(Error, FileExistsError):
    """There is a dataset of that name already."""


class InUseError(Error, BufferError):
    """Somebody else works with it."""


class PoolFullError(Error, MemoryError):
    """The pool, its slots or the file system have no room left."""


class DamagedError(Error, ValueError):
    """What a file in the pool says cannot be."""


class UntrustedError(Error, PermissionError):
    """Another user could have prepared it, so nothing of it was read."""


class VersionError(Error, ValueError):
    """Another version of the format."""


class StaleError(Error, ReferenceError):
    """What a pickle stood for is gone: nobody keeps it any more."""


class ClosedError(Error, ValueError):
    """The pool was closed, or this process was forked since it was opened."""


class LockTimeoutError(Error, TimeoutError):
    """A lock was not to be had in time."""


class InvalidError(Error, ValueError):
    """Something was asked for that cannot be."""


class SystemError_(Error, OSError):
    """The operating system refused."""


_KINDS = {
    "Exists": DatasetExistsError,
    "InUse": InUseError,
    "Full": PoolFullError,
    "Damaged": DamagedError,
    "Untrusted": UntrustedError,
    "Version": VersionError,
    "Stale": StaleError,
    "Closed": ClosedError,
    "Invalid": InvalidError,
    "Timeout": LockTimeoutError,
    "Absent": DatasetNotFoundError,
}


def by_kind(kind: str, message: str) -> Error:
    """The exception of one of the crate's kinds."""
    return _KINDS.get(kind, SystemError_)(message)
