"""What can go wrong with a kernel and its workers."""

from .._errors import Error


class WorkerError(Error, RuntimeError):
    """A worker was killed or has ended, or its exception cannot be told to another process.

    It is also the cause of an exception that a kernel has raised in another process: its text is the traceback there.
    """


class WorkerTimeoutError(WorkerError, TimeoutError):
    """A worker took longer for a range than it was given, and was killed."""


class KernelError(Error, TypeError):
    """A kernel or an argument cannot be handed to another process."""
