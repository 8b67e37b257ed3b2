"""What is done with the parts of one array."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic

from anyio.streams.memory import MemoryObjectReceiveStream

from .data_iterator import DataIterator
from .item_type import ItemT


class Worker(ABC, Generic[ItemT]):
    """The work on one array: ``process`` runs on each part wherever the executor has it run, ``process_callback`` here."""

    def __init__(self, data_iterator: DataIterator) -> None:
        self._data_iterator = data_iterator

    @property
    def data_iterator(self) -> DataIterator:
        """The array and its parts."""
        return self._data_iterator

    @staticmethod
    @abstractmethod
    def process(shm_name: str, shape: tuple[int, ...], dtype: Any, start_idx: int, end_idx: int) -> ItemT:
        """Opens the array and works on a part of it. Static, as in another process there is nothing of this object."""

    @abstractmethod
    def process_callback(self, processed_items: ItemT) -> None:
        """Takes what ``process`` has returned, in the order in which parts are ready."""

    async def consumer(self, receive_channel: MemoryObjectReceiveStream[ItemT]) -> None:
        """Passes each result on to ``process_callback`` until there are no more."""
        async with receive_channel:
            async for result in receive_channel:
                self.process_callback(result)
