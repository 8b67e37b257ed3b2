"""Pools and what is in them."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import math
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from datetime import datetime, timezone
from typing import Any, Literal, NamedTuple, TypeVar

import numpy as np

from . import _core, _formats
from ._arrays import SharedArray, array_over, is_whole, memory_of
from ._errors import DatasetNotFoundError, PoolNotFoundError
from ._watch import Watch

_log = logging.getLogger("arrow_shm")
_Memory = TypeVar("_Memory", _core.Draft, _core.Writable)
_UNITS = {"": 1, "b": 1} | {
    f"{letter}{suffix}": 1024**power for power, letter in enumerate("kmgt", 1) for suffix in ("", "b", "ib")
}


class Participant(NamedTuple):
    """A process that has a pool open."""

    place: int
    process_id: int
    joined_at: datetime
    command: str


class Group(Mapping[str, Any]):
    """A part of a dataset: groups, arrays (``numpy.ndarray``) and tables (``pyarrow.Table``) by name, in place.

    Names with '/' lead to what is in groups: ``run["camera/frames"]``. Whatever is read stays as it is, and stays
    readable after the dataset was deleted and the pool closed, until it is garbage.
    """

    def __init__(self, owner: _Content, path: str) -> None:
        self._owner = owner
        self._path = path

    @property
    def attrs(self) -> dict[str, Any]:
        """Attributes of this group."""
        return self._owner.group_attributes(self._path)

    def _at(self, name: str) -> str:
        return f"{self._path}/{name}" if self._path else name

    def __getitem__(self, name: str) -> Any:
        path = self._at(name)
        if path in self._owner.paths:
            return self._owner.value(path)
        if path in self._owner.groups:
            return Group(self._owner, path)
        raise DatasetNotFoundError(
            f"there is no {path!r} in the dataset {self._owner.name!r}; there are {', '.join(self) or 'none'}"
        )

    def attributes(self, name: str) -> dict[str, Any]:
        """Attributes of an array or a table, or of a group."""
        path = self._at(name)
        if path in self._owner.paths:
            return self._owner.value_attributes(path)
        value = self[name]
        assert isinstance(value, Group)
        return value.attrs

    def __iter__(self) -> Iterator[str]:
        start = f"{self._path}/" if self._path else ""
        names = (path[len(start) :] for path in (*self._owner.groups, *self._owner.paths) if path.startswith(start))
        return iter(dict.fromkeys(name for name in names if name and "/" not in name))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def pandas(self, name: str) -> Any:
        """A table as a ``pandas.DataFrame`` whose columns are Arrow's, without a copy."""
        import pandas as pd

        return self[name].to_pandas(types_mapper=pd.ArrowDtype)

    def polars(self, name: str) -> Any:
        """A table as a ``polars.DataFrame``, without a copy where polars has the same layout."""
        import polars as pl

        return pl.from_arrow(self[name])

    def __repr__(self) -> str:
        what = f"{type(self).__name__} {self._owner.name!r}"
        return f"<{what}{f' at {self._path!r}' if self._path else ''}: {', '.join(self)}>"


class Dataset(Group):
    """A dataset as it was when it was opened; it holds all that is in it."""

    def __init__(self, owner: _Content) -> None:
        super().__init__(owner, "")

    @property
    def name(self) -> str:
        """What it was called when it was opened."""
        return self._owner.name

    @property
    def attrs(self) -> dict[str, Any]:
        """Attributes of the whole dataset."""
        return self._owner.attributes()

    @property
    def persistent(self) -> bool:
        """Whether it stays until it is deleted or overwritten, and does not end with its creator."""
        return self._owner.core.persistent

    @property
    def revision(self) -> int:
        """1, and one more whenever it was overwritten."""
        return self._owner.core.publication[1]

    @property
    def published_at(self) -> datetime:
        """When it was published, in UTC."""
        return _time(self._owner.core.published_at_ms)


class _Content:
    """What a dataset's groups have in common. What is not asked for is not looked at."""

    def __init__(self, name: str, core: _core.Dataset) -> None:
        self.name = name
        self.core = core
        self.paths = {path: i for i, path in enumerate(core.paths())}

    @functools.cached_property
    def groups(self) -> dict[str, None]:
        """The paths of all groups."""
        return {
            path[:end]: None
            for path in (*(f"{group}/" for group, _ in self.core.groups()), *self.paths)
            for end, character in enumerate(path)
            if character == "/"
        }

    def attributes(self) -> dict[str, Any]:
        return dict(json.loads(self.core.attributes))

    def group_attributes(self, path: str) -> dict[str, Any]:
        return dict(json.loads(dict(self.core.groups()).get(path, "{}")))

    def value_attributes(self, path: str) -> dict[str, Any]:
        return dict(json.loads(self.core.segment_attributes(self.paths[path])))

    def value(self, path: str) -> Any:
        segment, text = self.core.segment(self.paths[path])
        memory = np.asarray(segment if segment.sealed else segment.writable())
        start = _formats.start_of(memory)
        return _formats.table_in(memory) if _formats.is_table(start) else array_over(memory, start, text)


class Pool(MutableMapping[str, Any]):
    """A pool that this process has open: datasets by name.

    Made by :func:`open`. A context manager: at its end the pool is closed, and datasets end that are not persistent. All
    that was read stays readable. Any thread; not what was forked, which opens it anew.
    """

    def __init__(self, core: _core.Pool) -> None:
        self._core = core

    @property
    def name(self) -> str:
        """What it was opened as."""
        return self._core.name

    @property
    def directory(self) -> str:
        """Where its files are."""
        return self._core.directory

    @property
    def size(self) -> int:
        """Bytes that all that is in it may take."""
        return self._core.size

    @property
    def used(self) -> int:
        """Bytes that is taken now, by what is in it and by free blocks that wait for the next."""
        return self._core.used

    @property
    def closed(self) -> bool:
        """Whether it was closed here, or this process was forked since it was opened."""
        return self._core.closed

    def close(self) -> None:
        """Closes it for this process. Idempotent."""
        if not self.closed:
            self._core.close()
            _log.debug("pool %s: closed", self.name)

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---- Datasets ----

    def put(
        self,
        name: str,
        data: Any,
        *,
        persistent: bool = False,
        overwrite: bool = False,
        attrs: Mapping[str, Any] | None = None,
        attributes: Mapping[str, Mapping[str, Any]] | None = None,
        format: Literal["npy", "tensor"] = "npy",
    ) -> None:
        """Publishes arrays and tables under a name, all at one instant.

        Args:
            name: parts of any characters but control characters, with '/' between them.
            data: a dict whose values are arrays, tables, and dicts of these, which become groups; or one array or table.
                Arrays are NumPy's, or whatever NumPy makes one of without a copy; tables pyarrow's, or whatever has an
                Arrow stream: pandas, polars, DuckDB. An array made by ``build`` or ``empty`` is not copied.
            persistent: whether it stays until it is deleted; else it ends when this pool is closed or this process does.
            overwrite: whether a dataset of that name is replaced. Who reads the old one goes on to.
            attrs: texts, numbers, truths, and lists and dicts of these, which are kept with it.
            attributes: the same for single arrays, tables and groups, by their paths: ``{"camera/frames": {"unit": "mV"}}``.
            format: how arrays are laid down: as .npy files, which has all types, or as Arrow tensors, where numbers but
                complex ones have one, for those who read Arrow but not NumPy. They are read in place either way.

        Raises:
            DatasetExistsError: there is one of that name already, and ``overwrite`` is false (a FileExistsError).
            PoolFullError: there is no room (a MemoryError).
            TypeError: something is neither an array nor a table, or of a type that cannot be shared.
            ValueError: ``attributes`` has a path that ``data`` lacks, or something is of another pool's opening.
        """
        if format not in ("npy", "tensor"):
            raise ValueError(f"the format {format!r} is not known: 'npy' or 'tensor'")
        tree = data if _is_group(data) else {"data": data}
        attributes = dict(attributes or {})
        groups = [("", _json(attrs if attrs is not None else getattr(data, "attrs", {}) if tree is data else {}))]
        segments: list[tuple[str, _core.Segment, str, str]] = []
        self._add(tree, "", attributes, format == "tensor", groups, segments)
        if attributes:
            raise ValueError(f"there are attributes of {', '.join(map(repr, attributes))}, which is not in the data")
        self._core.publish(name, persistent, overwrite, groups, segments)
        _log.debug("pool %s: dataset %r published, %d arrays and tables", self.name, name, len(segments))

    def _add(
        self,
        tree: Mapping[str, Any],
        start: str,
        attributes: dict[str, Mapping[str, Any]],
        as_tensor: bool,
        groups: list[tuple[str, str]],
        segments: list[tuple[str, _core.Segment, str, str]],
    ) -> None:
        for name, value in tree.items():
            if not isinstance(name, str):
                raise TypeError(f"{start}{name!r} is no text: what is in a dataset is named by texts")
            path = start + name
            own = attributes.pop(path, None)
            if _is_group(value):
                groups.append((path, _json(own if own is not None else getattr(value, "attrs", {}))))
                self._add(value, f"{path}/", attributes, as_tensor, groups, segments)
            else:
                if own is None:
                    own = tree.attributes(name) if isinstance(tree, Group) else {}
                segment, text = self._segment(path, value, as_tensor)
                segments.append((path, segment, text, _json(own)))

    def _segment(self, path: str, value: Any, as_tensor: bool) -> tuple[_core.Segment, str]:
        if isinstance(value, SharedArray):
            segment = self._shared_segment(value)
            if segment is not None:
                return segment, _formats.description(value.dtype, value.shape)
        table = _formats.table_of(value)
        if table is not None:
            draft = self._core.draft(b"", _formats.table_bytes(table))
            _formats.write_table(table, np.asarray(draft))
            return draft.seal(), _formats.table_description(table)
        array = np.asarray(value)
        if array.dtype.hasobject or (array.dtype.kind in "SU" and not isinstance(value, np.ndarray)):
            raise TypeError(
                f"{path!r} is {type(value).__name__}, neither an array of numbers nor a table: put a NumPy array, "
                "a pyarrow table, or whatever has an Arrow stream"
            )
        text = _formats.description(array.dtype, array.shape)
        if as_tensor and _formats.has_tensor(array.dtype):
            array = _formats.for_tensor(array)
            draft = self._core.draft(b"", _formats.tensor_bytes(array))
            _formats.write_tensor(array, np.asarray(draft))
            return draft.seal(), text
        draft, target = _new(self._core.draft, array.shape, _formats.checked_dtype(array.dtype), array.flags.fnc)
        target[...] = array
        return draft.seal(), text

    def _shared_segment(self, array: SharedArray) -> _core.Segment | None:
        """What has the elements of an array, and nothing else, if that is in this pool and held by this process."""
        memory = memory_of(array)
        if memory is None or not is_whole(array, memory):
            return None
        if isinstance(memory, _core.Writable):
            memory = memory.share() if array.flags.writeable else memory.seal()
        return memory if self._core.holds(memory) else None

    def __getitem__(self, name: str) -> Dataset:
        return Dataset(_Content(name, self._core.dataset(name)))

    def __setitem__(self, name: str, data: Any) -> None:
        """As ``put`` with ``overwrite``."""
        self.put(name, data, overwrite=True)

    def __delitem__(self, name: str) -> None:
        self._core.delete(name)
        _log.debug("pool %s: dataset %r deleted", self.name, name)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._core.datasets()

    def __iter__(self) -> Iterator[str]:
        return iter(self._core.datasets())

    def __len__(self) -> int:
        return len(self._core.datasets())

    def rename(self, old: str, new: str, *, overwrite: bool = False) -> None:
        """Gives a dataset another name; who reads it goes on to."""
        self._core.rename(old, new, overwrite)
        _log.debug("pool %s: dataset %r renamed to %r", self.name, old, new)

    def watch(self, pattern: str = "*", timeout: float | None = None) -> Watch:
        """What happens to datasets from now on: an iterator of events.

        What happens to one dataset several times before it is asked for may be told once; nothing is lost.

        Args:
            pattern: of their names, as in a shell: ``run-*``.
            timeout: seconds; the iterator ends when nothing has happened for that long. None: it never ends by itself.
        """
        return Watch(self._core.watch(), pattern, timeout)

    def wait(self, name: str, timeout: float | None = None) -> Dataset:
        """A dataset, as soon as there is one of that name.

        Raises:
            TimeoutError: there is none within so many seconds.
        """
        watch = Watch(self._core.watch(), "*", None)
        until = None if timeout is None else time.monotonic() + timeout
        while True:
            with contextlib.suppress(DatasetNotFoundError):
                return self[name]
            if watch.event(until) is None:
                raise TimeoutError(f"there is no dataset {name!r} in the pool {self.name!r} after {timeout} s")

    # ---- Arrays that are written in place ----

    @contextlib.contextmanager
    def build(self, shape: int | tuple[int, ...], dtype: Any = float, order: str = "C") -> Iterator[SharedArray]:
        """An array in the pool that is written in place, and sealed at the end of the ``with`` block.

        Its elements are whatever was there. If the block raises, the array is given up. Afterwards it is read-only, is
        published without a copy by ``pool.put`` or ``pool[name] = …``, and lives as long as anything refers to it.
        """
        memory, array = self._array(shape, dtype, order)
        try:
            yield array
        except BaseException:
            array.flags.writeable = False
            memory.abandon()
            raise
        array.seal()

    def empty(self, shape: int | tuple[int, ...], dtype: Any = float, order: str = "C") -> SharedArray:
        """An array in the pool that is writable for all who load a pickle of it or open it by its name, until it is sealed.

        Its elements are whatever was there.
        """
        memory, array = self._array(shape, dtype, order)
        memory.share()
        return array

    def _array(self, shape: Any, dtype: Any, order: str) -> tuple[_core.Writable, SharedArray]:
        if order not in ("C", "F"):
            raise ValueError(f"the order {order!r} is not known: 'C' or 'F'")
        shape = (int(shape),) if np.ndim(shape) == 0 else tuple(int(length) for length in shape)
        if any(length < 0 for length in shape):
            raise ValueError(f"an array of shape {shape} cannot be: lengths are from 0 on")
        writable, array = _new(self._core.allocate, shape, _formats.checked_dtype(dtype), order == "F")
        _log.debug("pool %s: array made, %s %s", self.name, array.dtype, array.shape)
        return writable, array.view(SharedArray)

    def who(self) -> list[Participant]:
        """The processes that have the pool open."""
        return [Participant(place, pid, _time(ms), command) for place, pid, ms, command in self._core.participants()]

    def __repr__(self) -> str:
        return f"<Pool {self.name!r} of {self.size} bytes in {self.directory}{', closed' if self.closed else ''}>"

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


def open(
    name: str,
    *,
    size: int | str | None = None,
    slots: int | None = None,
    checksums: bool = False,
    create: bool = True,
    directory: str | os.PathLike[str] | None = None,
) -> Pool:
    """Opens a pool, which is made if there is none.

    Args:
        name: 1 to 100 of A-Z a-z 0-9 . _ -, not beginning with '.'.
        size: bytes of a new pool, as a number or like "1GiB"; by default a quarter of what is free, at most 4 GiB.
        slots: how many arrays and tables a new pool may have, 65,536 by default.
        checksums: whether a new pool keeps checksums of what is sealed.
        create: whether it is made if there is none.
        directory: of all pools; by default ``$ARROW_SHM_DIR``, else ``/dev/shm``.

    Raises:
        PoolNotFoundError: there is none, and ``create`` is false (a FileNotFoundError).
        UntrustedError: what has its name is not this user's alone (a PermissionError).
    """
    folder = None if directory is None else os.fspath(directory)
    try:
        pool = Pool(_core.Pool(name, folder, None if size is None else _bytes(size), slots, checksums, create))
        _log.debug("pool %s: opened, as participant %d", name, pool._core.participant)
        return pool
    except DatasetNotFoundError as e:
        raise PoolNotFoundError(str(e)) from None


def pools(directory: str | os.PathLike[str] | None = None) -> list[str]:
    """Names of this user's pools."""
    return _core.pools(None if directory is None else os.fspath(directory))


def remove(name: str, *, directory: str | os.PathLike[str] | None = None) -> bool:
    """Removes a pool and all that is in it; whether there was one.

    Raises:
        InUseError: a process has it open.
    """
    was_there = _core.remove(name, None if directory is None else os.fspath(directory))
    if was_there:
        _log.debug("pool %s: removed", name)
    return was_there


def _new(
    allocate: Callable[[bytes, int], _Memory], shape: tuple[int, ...], dtype: np.dtype, fortran: bool
) -> tuple[_Memory, np.ndarray]:
    """Memory with an .npy file's header in it, and the array behind that."""
    header = _formats.npy_header(dtype, shape, fortran)
    allocated = allocate(header, math.prod(shape) * dtype.itemsize)
    return allocated, np.ndarray(shape, dtype, np.asarray(allocated), len(header), order="F" if fortran else "C")


def _is_group(value: Any) -> bool:
    return isinstance(value, Mapping) and not hasattr(value, "__arrow_c_stream__")


def _bytes(size: int | str) -> int:
    if not isinstance(size, str):
        return int(size)
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", size)
    unit = _UNITS.get(match[2].lower()) if match else None
    if match is None or unit is None:
        raise ValueError(f"{size!r} is no size: write a number of bytes, or one like '512MiB' or '1.5GiB'")
    return int(float(match[1]) * unit)


def _json(attributes: Mapping[str, Any]) -> str:
    return json.dumps(attributes, allow_nan=False, ensure_ascii=False, default=_plain) if attributes else "{}"


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"the attribute {value!r} is neither a text, a number, a truth, nor a list or a dict of such")


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, timezone.utc)
