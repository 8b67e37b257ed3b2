"""The commands cute-shm-hdf5, cute-shm-list, cute-shm-unlink and cute-shm-evaluate."""

from __future__ import annotations

import argparse
import logging
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .core import Project2Toml, array_size, bytes_to_human, logger, unlink
from .evaluation import evaluation
from .hdf5_shm import hdf5_size, hdf5_to_shm
from .numpy_shm import shm_to_arrays
from .tables import table

_INSTALL = "HDF5 files need h5py: pip install 'arrow-shm[compat]'"


def hdf5() -> None:
    """cute-shm-hdf5: loads an HDF5 file, which stays until it is unlinked."""
    parser = argparse.ArgumentParser(prog="cute-shm-hdf5", description="Transfer HDF5 data to shared memory")
    parser.add_argument("project", help="name of the project, of your choice")
    parser.add_argument("hdf5_file", help="path of the HDF5 file")
    parser.add_argument("-no-progress", action="store_true", help="show no progress bar")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell what is done, in place of the bar")
    parser.add_argument("-o", "--overwrite", action="store_true", help="replace a project of the same name")
    arguments = parser.parse_args()

    def work() -> None:
        import h5py

        file = Path(arguments.hdf5_file).resolve()
        with h5py.File(file, "r") as opened:
            count, size = len(opened), hdf5_size(opened)
        shows_bar = not (arguments.no_progress or arguments.verbose)
        path = hdf5_to_shm(file, arguments.project, shows_bar, persistent=True, overwrite=arguments.overwrite)
        print(f"TOML metadata file: {path}")
        print(f"Datasets transferred: {count}")
        print(f"Total memory size: {bytes_to_human(size)}")

    _run(work, arguments.verbose)


def unlink_shm() -> None:
    """cute-shm-unlink: deletes a project."""
    parser = argparse.ArgumentParser(prog="cute-shm-unlink", description="Free the shared memory of a project")
    parser.add_argument("project", help="name of the project")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell what is done")
    arguments = parser.parse_args()

    def work() -> None:
        unlink(arguments.project)
        print(f"Shared memory for project '{arguments.project}' has been cleaned up.")

    _run(work, arguments.verbose)


def display_projects() -> None:
    """cute-shm-list: all projects, and what is in them."""
    parser = argparse.ArgumentParser(prog="cute-shm-list", description="Display cute-shm projects")
    parser.add_argument("-short", action="store_true", help="display only a line for each project")
    arguments = parser.parse_args()
    projects = Project2Toml.list()
    if not projects:
        print("\nNo cute-shm project found.\n")
    elif arguments.short:
        _display_short(projects)
    else:
        for project, path in projects.items():
            _display(project, path)


def evaluate() -> None:
    """cute-shm-evaluate: memory and speed of processes that read, with shared memory and without."""
    evaluation()


def _run(work: Callable[[], None], is_verbose: bool) -> None:
    if is_verbose:
        logging.basicConfig(level=logging.DEBUG, format="%(asctime)s - %(levelname)s - %(message)s")
        logger.setLevel(logging.DEBUG)
    try:
        work()
    except Exception as e:
        sys.stderr.write(f"Error: {_INSTALL if getattr(e, 'name', None) == 'h5py' else e}\n")
        sys.stderr.write(f"Traceback:\n{traceback.format_exc()}")
        sys.exit(1)
    sys.exit(0)


def _arrays(tree: dict[str, Any], start: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if _is_array(value):
            yield start + key, value["meta"]
        else:
            yield from _arrays(value, f"{start}{key}.")


def _is_array(value: dict[str, Any]) -> bool:
    # A group can have this key as well, but what is in it is a dict then.
    return isinstance(value.get("data"), np.ndarray)


def _display_short(projects: dict[str, Path]) -> None:
    rows: list[Sequence[str]] = []
    for project, path in projects.items():
        try:
            sizes = [array_size(meta) for _, meta in _arrays(shm_to_arrays(project))]
            rows.append((project, str(path), str(len(sizes)), bytes_to_human(sum(sizes)), "✓"))
        except Exception as e:
            print(f"Error processing project '{project}': {e}")
            rows.append((project, str(path), "Error", "Error", "✗"))
    header = ("Project Name", "TOML Path", "Number of arrays", "Size", "Integrity")
    print(table("Projects Information", header, rows))


def _display(project: str, path: Path) -> None:
    try:
        found = list(_arrays(shm_to_arrays(project)))
    except Exception as e:
        print(f"\nError: {e}")
        return
    rows = [
        (
            key,
            str(meta["shape"]),
            meta["dtype"],
            bytes_to_human(array_size(meta)),
            ", ".join(meta["attrs"]),
            meta["shm_name"],
        )
        for key, meta in found
    ]
    size = bytes_to_human(sum(array_size(meta) for _, meta in found))
    header = ("Key Path", "Shape", "Dtype", "Size", "Attributes", "Shared Memory Name")
    print("\n" + table(f"Project: {project} - {path} - {size}", header, rows))
