"""Executes the notebooks, or strips them, for ``notebooks/run``."""

import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from traitlets.config import Config

HERE = Path(__file__).parent
EXECUTED = HERE / "target" / "executed"
# Of one cell; the longest runs a benchmark.
TIMEOUT_S = 600
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def strip(path: Path) -> None:
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        cell.metadata.clear()
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(notebook, path)


def check(path: Path) -> str | None:
    """What is wrong with it, if anything is."""
    notebook = nbformat.read(path, 4)
    if any(cell.get("outputs") for cell in notebook.cells):
        return "it has outputs; run notebooks/run --strip before a commit"
    failure = None
    # Sockets of this user's alone: to those of the network others of the host might listen.
    config = Config(KernelManager={"transport": "ipc"})
    client = NotebookClient(notebook, config=config, timeout=TIMEOUT_S, resources={"metadata": {"path": str(HERE)}})
    try:
        # A directory for its pools, so that nothing of the user's own is met, and what is left behind is seen.
        with tempfile.TemporaryDirectory(prefix="notebooks-", dir="/dev/shm") as directory:
            client.execute(env={**os.environ, "ARROW_SHM_DIR": directory})
            left = sorted(os.listdir(directory))
            failure = f"it has left {', '.join(left)}" if left else None
    except CellExecutionError as e:
        failure = COLOURS.sub("", str(e))
    EXECUTED.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, EXECUTED / path.name)
    return failure


def main(what: str, *names: str) -> int:
    paths = [Path(name) for name in names] or sorted(HERE.glob("[0-9]*.ipynb"))
    for path in paths:
        if not path.is_file():
            print(f"error: there is no notebook {path}", file=sys.stderr)
            return 2
    if what == "--strip":
        for path in paths:
            strip(path)
        return 0
    failed = 0
    for path in paths:
        start = time.monotonic()
        failure = check(path)
        failed += failure is not None
        print(f"{path.name}: {'ok' if failure is None else 'FAILED'}, {time.monotonic() - start:.0f} s", flush=True)
        if failure is not None:
            print(failure, file=sys.stderr)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
