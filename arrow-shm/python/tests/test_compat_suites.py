"""The libraries' own tests, unmodified: fetched, compared with what they were when this was written, and run with the
names of the libraries meaning the modules here.

Those of npshmex and mpaio are in their source archives, which pip fetches. Those of the other three are in no archive but
in their repositories, so they are skipped where these cannot be reached. What was fetched once is kept in
``$ARROW_SHM_SUITES``, by default ``~/.cache/arrow-shm/suites``; it may be put there by hand, too.
"""

import hashlib
import os
import subprocess
import sys
import tarfile
import urllib.error
import urllib.request
import xml.etree.ElementTree
from pathlib import Path
from typing import NamedTuple

import pytest
from test_compat_programs import MODULES, python_path

KEPT = Path(os.environ.get("ARROW_SHM_SUITES", Path.home() / ".cache/arrow-shm/suites"))
HERE = Path(__file__).parent / "suites"


class Suite(NamedTuple):
    """Where a library's tests are, and how many there are.

    Args:
        source: the archive of a release, 'name==version', or 'owner/repository@commit'.
        files: their SHA-256, by path.
        passed, expected_to_fail: how many tests do.
        needs: what else is imported by them.
    """

    source: str
    files: dict[str, str]
    passed: int
    expected_to_fail: int = 0
    needs: tuple[str, ...] = ()


SUITES = {
    "pyarraypool": Suite(
        "arthurlm/pyarraypool@4fb1a15173d212961b3aff7f434e2ee2fcfc8dd1",
        {
            "tests/conftest.py": "38edb48dfe1258becc045757daf3064c49d148689756144fb10b1a16910a75ab",
            "tests/test_pool.py": "033d1f587a2e98853046d4684064af111da803d4d3d915d22328aa3d70aa22a8",
        },
        passed=29,
    ),
    "npshmex": Suite(
        "npshmex==0.2.1",
        {"tests/test_npshmex.py": "8eb65feea53524cfffc49e3b709f030e28eebed179e7bade7169c5dd9fb162e0"},
        passed=2,
    ),
    "pasha": Suite(
        "European-XFEL/pasha@eab9ba88a4bef77697029330bb34e500841068a5",
        {
            "pasha/tests/test_context.py": "d1badb89fd4d19c272724acaeffc57c980b74850975a757b3b88c7be5140aecf",
            "pasha/tests/test_functor.py": "74a35f0f9955502bde7b13a9ac278ed7d523cbc2b9eb6f096338389a17f3c3e8",
        },
        passed=536,
        expected_to_fail=1,
        needs=("xarray",),
    ),
    "cute_shm": Suite(
        "MPI-IS/cute-shm@7d59bfdfaf67dd0b60ad4203109968a6636dcf2b",
        {"tests/test_cute_shm.py": "3419587a726d0d1371dc62d1352e372649198ecf5b2fa0b44518b0c18d4d1641"},
        passed=3,
        needs=("h5py",),
    ),
    "mpaio": Suite(
        "mpaio==1.0.0",
        {
            "tests/conftest.py": "1a2e0badd8a1430f04a30109ad96ec7718e5052fb242076d78314345f77c197f",
            "tests/test_data_iterator.py": "21c44cf2096bfee3148bbc1ab6b9aa8cb82ba6d0167f7d0038798ea17f21f9b2",
            "tests/test_worker.py": "07dd4edf7210845a988e9c9f21daff931d66e94241373795ca056ad3b6211c62",
            "tests/test_worker_orchestrator.py": "13f5ded7843d9a7cb8c660cd471780e4066237864888249502bc9e3b7a8c5388",
        },
        passed=10,
        needs=("anyio", "psutil"),
    ),
}


def unreachable(library: str, why: object) -> None:
    """Skips, but not in CI what is fetched like any package there."""
    message = f"the tests of {library} cannot be fetched: {why}"
    if os.environ.get("CI") == "true" and "==" in SUITES[library].source:
        pytest.fail(message)
    pytest.skip(message)


def archived(library: str, directory: Path) -> dict[str, bytes]:
    """The files of an archive that pip fetches."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", f"--no-binary={library}"]
    done = subprocess.run(
        [*command, f"--dest={directory}", SUITES[library].source], capture_output=True, text=True, check=False
    )
    if done.returncode:
        unreachable(library, done.stderr)
    (archive,) = directory.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        members = (member for member in files.getmembers() if member.isfile())
        return {member.name.partition("/")[2]: files.extractfile(member).read() for member in members}


def published(library: str, path: str) -> bytes:
    """A file of a repository."""
    repository, _, commit = SUITES[library].source.partition("@")
    try:
        with urllib.request.urlopen(f"https://raw.githubusercontent.com/{repository}/{commit}/{path}", timeout=10) as file:
            return file.read()
    except (urllib.error.URLError, TimeoutError) as e:
        unreachable(library, getattr(e, "reason", e))


def fetched(library: str, directory: Path) -> Path:
    """The folder with a library's tests, each as it was when this was written."""
    folder, files = KEPT / library, SUITES[library].files
    missing = [path for path in files if not (folder / path).exists()]
    if missing:
        of_archive = archived(library, directory) if "==" in SUITES[library].source else None
        for path in missing:
            content = published(library, path) if of_archive is None else of_archive[path]
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            aside = folder / f"{path}.{os.getpid()}"
            aside.write_bytes(content)
            aside.rename(folder / path)
    for path, expected in files.items():
        found = hashlib.sha256((folder / path).read_bytes()).hexdigest()
        assert found == expected, f"{folder / path} is another file by now: {found} in place of {expected}"
    return folder


@pytest.mark.parametrize("library", SUITES)
def test_a_library_s_own_tests_pass_and_all_arrays_lie_in_the_pool(library, directory, tmp_path):
    suite = SUITES[library]
    for module in suite.needs:
        pytest.importorskip(module)
    download = tmp_path / "download"
    download.mkdir()
    folder = fetched(library, download)
    results, seen = tmp_path / "results.xml", tmp_path / "seen"
    environment = {
        **os.environ,
        "ARROW_SHM_DIR": directory,
        "PYTHONPATH": python_path(MODULES, HERE),
        "LIBRARY": library,
        "IN_POOL": str(seen),
    }
    plugins = ["-p", "in_pool", "-p", "no:cacheprovider", *(["-p", "npshmex_conftest"] if library == "npshmex" else [])]
    files = [str(folder / path) for path in suite.files if "test_" in path]
    done = subprocess.run(
        [sys.executable, "-B", "-m", "pytest", "-q", *plugins, f"--rootdir={folder}", f"--junitxml={results}", *files],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    counts = xml.etree.ElementTree.parse(results).getroot()[0].attrib
    assert counts["failures"] == counts["errors"] == "0"
    assert (int(counts["tests"]) - int(counts["skipped"]), int(counts["skipped"])) == (
        suite.passed,
        suite.expected_to_fail,
    )
    # mpaio hands out no arrays: its workers open them themselves.
    assert (int(seen.read_text()) > 0) == (library != "mpaio")
