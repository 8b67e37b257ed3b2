"""What a worker makes of a part of an array."""

from typing import TypeVar

ItemT = TypeVar("ItemT")
