"""cute-shm's interface: what it promises, and what it once got wrong."""

import gc
import logging
import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import eventually
from test_compat_programs import MODULES, started
from suites.in_pool import address, is_in_pool

import arrow_shm as shm
from arrow_shm.compat import _pools, cute_shm
from arrow_shm.compat.cute_shm import evaluation, main
from arrow_shm.compat.shared_memory import SharedMemory

DTYPES = ["f8", ">f8", "?", "c8", "M8[ns]", "m8[s]", "U3", "S5", "V8", "f2", [("a", "f4"), ("b", ">i2", (3,))]]
TREE = {"a": np.arange(9).reshape(3, 3), "b": {"c": np.full(3, 7.5), "empty": {}}, "nothing": {}}

pytestmark = pytest.mark.usefixtures("compat")


def keys(tree):
    return {key: "array" if main._is_array(value) else keys(value) for key, value in tree.items()}


def test_a_nested_dict_comes_back_in_place_and_writable():
    path = cute_shm.arrays_to_shm("myproject", TREE)
    found = cute_shm.shm_to_arrays("myproject")
    assert keys(found) == {"a": "array", "b": {"c": "array", "empty": {}}, "nothing": {}}
    array, meta = found["a"]["data"], found["a"]["meta"]
    np.testing.assert_array_equal(array, TREE["a"])
    assert is_in_pool(address(array)) and type(array) is np.ndarray
    assert (meta["shape"], meta["dtype"], meta["attrs"]) == ([3, 3], "int64", {})
    assert bytes(meta["shm"].buf) == TREE["a"].tobytes() and meta["shm_name"] == "myproject/a"
    assert bytes(SharedMemory("myproject/a").buf) == TREE["a"].tobytes()
    array[0, 0] = 42
    assert cute_shm.shm_to_arrays("myproject")["a"]["data"][0, 0] == 42
    assert path == cute_shm.Project2Toml.get_path("myproject") and path.exists()
    assert cute_shm.Project2Toml.list() == {"myproject": path}
    cute_shm.unlink("myproject")
    assert not path.exists() and cute_shm.Project2Toml.list() == {}
    assert array[0, 0] == 42
    with pytest.raises(FileNotFoundError, match="no project 'myproject'"):
        cute_shm.shm_to_arrays("myproject")
    with pytest.raises(FileNotFoundError):
        cute_shm.unlink("myproject")


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_arrays_of_every_type_come_back_as_they_were(dtype):
    arrays = {
        f"{shape} {order}": np.zeros(shape, dtype, order) for shape in [(), (0,), (2, 3)] for order in ("C", "F")
    }
    for array in arrays.values():
        array[...] = np.frombuffer(b"\1" * array.dtype.itemsize if array.dtype.kind != "U" else bytes(12), dtype)[0]
    cute_shm.arrays_to_shm("p", arrays)
    for name, value in cute_shm.shm_to_arrays("p").items():
        array, found = arrays[name], value["data"]
        assert (found.dtype, found.shape, found.tobytes()) == (array.dtype, array.shape, array.tobytes())
        assert found.size == 0 or (found.strides == array.strides and is_in_pool(address(found)))
        assert found.flags.writeable


@pytest.mark.parametrize("name", ["a.b", "a/b", " ", "größe", "%2F", "%", "", ".", "..", "shm_name", "meta", "data", "a\nb"])
def test_names_and_keys_have_any_characters(name):
    project = name if name not in ("", ".", "..", "a\nb") else "p"
    cute_shm.arrays_to_shm(project, {name: np.ones(2), "group": {name: np.zeros(3), "and": {name: {}}}})
    found = cute_shm.shm_to_arrays(project)
    assert keys(found) == {name: "array", "group": {name: "array", "and": {name: {}}}}
    assert found["group"][name]["data"].shape == (3,)
    assert list(cute_shm.Project2Toml.list()) == [project] and cute_shm.Project2Toml.get_path(project).exists()
    cute_shm.unlink(project)


def test_a_project_has_a_name_that_can_be():
    cute_shm.arrays_to_shm("p" * 200, TREE)
    for name in ["", "a//b", "..", "p" * 300]:
        with pytest.raises(ValueError):
            cute_shm.arrays_to_shm(name, TREE)


def test_projects_are_overwritten_when_that_is_said_and_readers_keep_what_they_have():
    cute_shm.arrays_to_shm("p", {"a": np.zeros(3)})
    before = cute_shm.shm_to_arrays("p")["a"]["data"]
    with pytest.raises(FileExistsError, match="overwrite=True"):
        cute_shm.arrays_to_shm("p", {"b": np.ones(3)})
    cute_shm.arrays_to_shm("p", {"b": np.ones(3)}, overwrite=True)
    assert list(cute_shm.shm_to_arrays("p")) == ["b"] and before.tolist() == [0, 0, 0]


def test_the_context_manager_unlinks_its_own_project_and_no_other():
    with cute_shm.unlinked_arrays_to_shm("p", TREE) as path:
        assert path.exists()
        with pytest.raises(FileExistsError), cute_shm.unlinked_arrays_to_shm("p", {"b": np.ones(3)}):
            pytest.fail("there is one already")
        assert "a" in cute_shm.shm_to_arrays("p")
    assert not path.exists()
    with cute_shm.unlinked_arrays_to_shm("p", TREE):
        cute_shm.unlink("p")
    with cute_shm.unlinked_arrays_to_shm("p", TREE):
        cute_shm.arrays_to_shm("p", {"of": {"another": np.ones(1)}}, overwrite=True)
    assert "of" in cute_shm.shm_to_arrays("p")
    with pytest.raises(RuntimeError), cute_shm.unlinked_arrays_to_shm("q", TREE):
        raise RuntimeError
    assert list(cute_shm.Project2Toml.list()) == ["p"]


def test_arrays_stay_readable_when_nothing_else_is_kept_of_them():
    cute_shm.arrays_to_shm("p", {"a": np.arange(100_000)})
    array = cute_shm.shm_to_arrays("p")["a"]["data"]
    found = cute_shm.shm_to_arrays("p")["a"]
    found["meta"]["shm"].close()
    del found["meta"]["shm"]
    gc.collect()
    cute_shm.unlink("p")
    cute_shm.arrays_to_shm("q", {"a": np.zeros(100_000)})
    assert array.sum() == found["data"].sum() == sum(range(100_000))


@pytest.mark.parametrize("bad", [[1, 2], "text", None, np.array([None]), np.ma.masked_array([1, 2], [True, False])], ids=str)
def test_what_is_no_array_is_refused_and_leaves_nothing(bad):
    cute_shm.arrays_to_shm("kept", TREE)
    used = _pools.pool().used
    with pytest.raises(TypeError):
        cute_shm.arrays_to_shm("p", {"good": np.zeros(1 << 20), "bad": bad})
    gc.collect()
    again = {"good": np.zeros(1 << 20)}
    for _ in range(3):
        cute_shm.arrays_to_shm("p", again, overwrite=True)
    assert list(cute_shm.Project2Toml.list()) == ["kept", "p"] and _pools.pool().used <= used + (40 << 20)


def test_full_memory_is_an_exception_and_leaves_nothing(compat, monkeypatch):
    monkeypatch.setenv("ARROW_SHM_POOL", "small")
    with shm.open("small", size="4MiB", slots=64):
        with pytest.raises(MemoryError, match="Close or delete"):
            cute_shm.arrays_to_shm("p", {"a": np.zeros(1 << 18), "b": np.zeros(1 << 20)})
        assert cute_shm.Project2Toml.list() == {}
        gc.collect()
        cute_shm.arrays_to_shm("p", {"a": np.zeros(3 << 17)})


def test_one_array_may_have_several_names():
    array = np.arange(3)
    cute_shm.arrays_to_shm("p", {"a": array, "b": {"a": array}})
    found = cute_shm.shm_to_arrays("p")
    found["a"]["data"][0] = 7
    assert found["b"]["a"]["data"].tolist() == [0, 1, 2]


def test_a_project_is_a_dataset_and_a_dataset_is_a_project(compat):
    cute_shm.arrays_to_shm("of/cute", TREE, persistent=True)
    pool = _pools.pool()
    assert pool["of/cute"]["b/c"].tolist() == [7.5] * 3
    pool.put("run", {"camera": {"frames": np.ones((2, 3), "f4")}, "both": {"data": {"shm_name": np.ones(1)}}})
    frames = cute_shm.shm_to_arrays("run")["camera"]["frames"]["data"]
    assert frames.shape == (2, 3) and not frames.flags.writeable
    assert list(cute_shm.Project2Toml.list()) == ["of/cute", "run"]


def test_roots_have_projects_of_their_own(monkeypatch, tmp_path):
    cute_shm.arrays_to_shm("p", {"a": np.zeros(1)})
    with monkeypatch.context() as patch:
        patch.setattr(cute_shm.Project2Toml, "root", tmp_path)
        assert cute_shm.Project2Toml.list() == {}
        cute_shm.arrays_to_shm("p", {"b": np.ones(1)})
        assert list(cute_shm.shm_to_arrays("p")) == ["b"]
    assert list(cute_shm.shm_to_arrays("p")) == ["a"]


def test_persistent_projects_outlive_their_process_and_are_written_by_all_and_others_do_not(compat):
    program = (
        "import numpy as np, sys\n"
        "from arrow_shm.compat import cute_shm\n"
        "cute_shm.arrays_to_shm('stays', {'a': np.arange(3)}, persistent=True)\n"
        "cute_shm.arrays_to_shm('ends', {'a': np.arange(3)})\n"
        "print('done', flush=True)\n"
        "sys.stdin.read()\n"
    )
    maker = started(program, compat)
    assert maker.stdout.readline() == "done\n"
    array = cute_shm.shm_to_arrays("stays", persistent=False)["a"]["data"]
    assert cute_shm.shm_to_arrays("ends")["a"]["data"].tolist() == [0, 1, 2]
    # Whoever reads ends nothing.
    reader = started("from arrow_shm.compat import cute_shm\ncute_shm.shm_to_arrays('ends', False)\nprint('read')", compat)
    assert reader.stdout.readline() == "read\n" and reader.wait() == 0
    assert list(cute_shm.Project2Toml.list()) == ["ends", "stays"]
    maker.kill()
    maker.wait()
    eventually("it ends with its process", lambda: list(cute_shm.Project2Toml.list()) == ["stays"])
    array[0] = 7
    writer = started(
        "from arrow_shm.compat import cute_shm\n"
        "a = cute_shm.shm_to_arrays('stays')['a']['data']\na[1] = a[0] + 1\nprint('written')",
        compat,
    )
    assert writer.stdout.readline() == "written\n" and writer.wait() == 0
    assert array.tolist() == [7, 8, 2]
    cute_shm.unlink("stays")


def test_what_is_done_is_logged(caplog):
    with caplog.at_level(logging.DEBUG, "cute-shm"), cute_shm.unlinked_arrays_to_shm("p", TREE):
        cute_shm.shm_to_arrays("p")
    for text in ["transferring key 'c' to shared memory (24.0 bytes)", "reading p/b/c", "unlinking the project 'p'"]:
        assert text in caplog.text


@pytest.mark.parametrize("size, text", [(0, "0 bytes"), (1, "1.0 bytes"), (1024, "1.0 KB"), (1536, "1.5 KB"), (-1, "<unknown>")])
def test_sizes_are_for_people(size, text):
    assert cute_shm.bytes_to_human(size) == text


# ---- HDF5 ----


@pytest.fixture
def hdf5(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "file.hdf5"
    with h5py.File(path, "w") as file:
        file["numbers"] = np.arange(12.0).reshape(3, 4)
        file["numbers"].attrs.update(
            {"text": "ü", "number": 3, "list": np.arange(3), "nan": np.nan, "bytes": np.bytes_(b"x"), "truth": True}
        )
        file["group/big endian"] = np.arange(5, dtype=">i4")
        file["group/truths"] = np.array([True, False])
        file["group/complex"] = np.array([1 + 2j])
        file.create_dataset("group/compressed", data=np.arange(10_000), compression="gzip", chunks=(128,))
        file["structured"] = np.array([(1, 2.5), (3, 4.5)], [("id", "i4"), ("value", "f8")])
        file["texts"] = ["a", "bcd"]
        file["scalar"], file["empty"] = 3, np.zeros((0, 3))
        file.create_group("empty group")
        file["link"], file["nowhere"], file["group/round"] = h5py.SoftLink("/numbers"), h5py.SoftLink("/x"), file["group"]
    return path


def test_an_hdf5_file_becomes_a_project(hdf5, capsys):
    path = cute_shm.hdf5_to_shm(hdf5, "p", progress=True, persistent=True)
    assert path.exists() and "100%" in capsys.readouterr().err
    found = cute_shm.shm_to_arrays("p")
    assert keys(found) == {
        "numbers": "array",
        "group": {name: "array" for name in ("big endian", "truths", "complex", "compressed")},
        "structured": {"id": "array", "value": "array"},
        "texts": "array",
        "empty": "array",
        "empty group": {},
        "link": "array",
    }
    data = {name: found["group"][name]["data"] for name in found["group"]}
    assert data["big endian"].dtype == ">i4" and data["big endian"].tolist() == list(range(5))
    assert data["truths"].tolist() == [True, False] and data["complex"][0] == 1 + 2j
    assert data["compressed"].tolist() == list(range(10_000)) and is_in_pool(address(data["compressed"]))
    assert found["structured"]["value"]["data"].tolist() == [2.5, 4.5]
    assert found["texts"]["data"].tolist() == ["a", "bcd"] and found["link"]["data"].shape == (3, 4)
    assert found["numbers"]["meta"]["attrs"] == {
        "text": "ü", "number": 3, "list": [0, 1, 2], "nan": "nan", "bytes": "x", "truth": True,
    }  # fmt: skip
    with pytest.raises(FileExistsError):
        cute_shm.hdf5_to_shm(hdf5, "p")
    cute_shm.hdf5_to_shm(hdf5, "p", overwrite=True)
    cute_shm.unlink("p")
    with cute_shm.unlinked_hdf5_to_shm(hdf5, "p"):
        sizes = {name: meta["shm"].size for name, meta in main._arrays(cute_shm.shm_to_arrays("p"))}
        # Texts are of any length in the file, where they are 8 bytes each.
        assert cute_shm.hdf5_size(hdf5) == sum(sizes.values()) - sizes["texts"] + 2 * 8
    assert cute_shm.Project2Toml.list() == {}


def test_a_load_that_fails_leaves_nothing(tmp_path):
    pytest.importorskip("h5py")
    with pytest.raises(FileNotFoundError):
        cute_shm.hdf5_to_shm(tmp_path / "nothing", "p")
    assert cute_shm.Project2Toml.list() == {}


# ---- Commands ----


def run(command, *arguments, directory, status=0):
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "ARROW_SHM_DIR": directory}
    done = subprocess.run(
        [MODULES / "bin" / command, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def test_the_commands_load_list_and_unlink(compat, hdf5):
    assert "No cute-shm project found." in run("cute-shm-list", directory=compat)
    output = run("cute-shm-hdf5", "myproject", str(hdf5), directory=compat)
    assert "TOML metadata file: " in output and "Datasets transferred: 9\n" in output and "100%" in output
    assert "%" not in run("cute-shm-hdf5", "quiet", str(hdf5), "-no-progress", directory=compat)
    short = run("cute-shm-list", "-s", directory=compat)
    assert short.startswith("Projects Information") and "myproject" in short and "✓" in short
    full = run("cute-shm-list", directory=compat)
    assert "Project: myproject" in full and "group.big endian" in full and "number, text" in full and ">i4" in full
    assert "already" in run("cute-shm-hdf5", "myproject", str(hdf5), directory=compat, status=1)
    verbose = run("cute-shm-hdf5", "myproject", str(hdf5), "-o", "-v", directory=compat)
    assert "DEBUG - transferring" in verbose
    assert "'myproject' has been cleaned up" in run("cute-shm-unlink", "myproject", directory=compat)
    assert "Traceback" in run("cute-shm-unlink", "myproject", directory=compat, status=1)
    run("cute-shm-unlink", "-v", "quiet", directory=compat)
    assert "No cute-shm project found." in run("cute-shm-list", directory=compat)


def test_the_command_that_evaluates_has_a_line_for_each_number_of_processes(compat, hdf5, monkeypatch, capsys):
    monkeypatch.setattr(evaluation, "_PROCESSES", (1, 2))
    monkeypatch.setattr(sys, "argv", ["cute-shm-evaluate", str(hdf5), "p", "--iterations", "5"])
    evaluation.evaluation()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Experiment Results" and [line.split()[0] for line in lines[3:]] == ["1", "2"]
    assert cute_shm.Project2Toml.list() == {}


def test_the_directory_of_the_modules_is_printed(capsys):
    runpy.run_module("arrow_shm.compat", run_name="__main__")
    assert capsys.readouterr().out.strip() == str(MODULES)
