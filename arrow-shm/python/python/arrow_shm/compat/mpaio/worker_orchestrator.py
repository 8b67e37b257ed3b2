"""Runs workers, and hands their results back."""

from __future__ import annotations

import asyncio
import datetime
import functools
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Any

import anyio
import psutil
from anyio.streams.memory import MemoryObjectSendStream

from .worker import Worker

_PERIOD_S = 0.2


class WorkerOrchestrator:
    """Has an executor do all parts of all workers' arrays.

    Args:
        executor: any one, of threads or processes. It is shut down at the end of ``run``.
        workers: one for each array.
        monitor_cpu_usage: whether ``run`` tells how busy the cores were.
    """

    def __init__(self, executor: Executor, workers: Sequence[Worker[Any]], monitor_cpu_usage: bool) -> None:
        self._executor = executor
        self._workers = workers
        self._monitor_cpu_usage = monitor_cpu_usage

    @staticmethod
    async def wrapper(fut: asyncio.Future[Any], send_channel: MemoryObjectSendStream[Any]) -> None:
        """Sends a result once it is there."""
        async with send_channel:
            await send_channel.send(await fut)

    @staticmethod
    async def cpu_percent(df_data: dict[str, list[Any]]) -> None:
        """Adds how busy each core was, and the time in UTC, five times a second until it is cancelled."""
        while True:
            for core, percent in enumerate(psutil.cpu_percent(None, percpu=True)):
                df_data[f"core_{core}"].append(percent)
            # Without a time zone, as its users plot it.
            df_data["time"].append(datetime.datetime.utcnow())
            await asyncio.sleep(_PERIOD_S)

    async def run(self) -> dict[str, list[Any]]:
        """Runs everything, and returns when all callbacks have.

        Returns:
            what is needed for a DataFrame: ``core_0`` and so on, in percent, and ``time``; or nothing.

        Raises:
            ExceptionGroup: a part has failed; what was not begun by then is not.
        """
        usage: dict[str, list[Any]] = defaultdict(list)
        with self._executor as executor:
            async with anyio.create_task_group() as monitoring:
                if self._monitor_cpu_usage:
                    monitoring.start_soon(self.cpu_percent, usage)
                async with anyio.create_task_group() as work:
                    for worker in self._workers:
                        self._start(worker, executor, work)
                monitoring.cancel_scope.cancel()
        return usage

    def _start(self, worker: Worker[Any], executor: Executor, work: anyio.abc.TaskGroup) -> None:
        data = worker.data_iterator
        run_in_executor = asyncio.get_running_loop().run_in_executor
        sender, receiver = anyio.create_memory_object_stream[Any]()
        work.start_soon(worker.consumer, receiver)
        # Each result has a sender of its own, and the consumer ends with the last.
        with sender:
            for start, end in data:
                part = functools.partial(
                    worker.process, data.shm_name, data.shm_shape, data.data_type, start, end
                )
                work.start_soon(self.wrapper, run_in_executor(executor, part), sender.clone())
