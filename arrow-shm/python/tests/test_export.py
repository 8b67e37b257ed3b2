"""Datasets to files, and back."""

import json
import os
import subprocess
import sys
import threading

import h5py
import netCDF4
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.json
import pyarrow.parquet
import pytest

import arrow_shm as shm
from arrow_shm._export import _INCOMPLETE

TABLE = pa.table({"id": [1, 2, 3], "name": ["a", "b", None], "list": [[1], None, [2, 3]]})
STRUCTURE = np.dtype([("a", "<i4"), ("in", [("b", "<f8", (2,)), ("ok", "?")]), ("z", "<c16"), ("s", "S3")])


def same(found, wanted):
    return found.dtype == wanted.dtype and found.shape == wanted.shape and found.tobytes() == wanted.tobytes()


def arrays():
    rng = np.random.default_rng(15)
    numbers = {code: rng.integers(0, 100, (3, 5)).astype(code) for code in "|i1 <i2 <i8 |u1 <u8 <f2 <f4 <f8 <c8 <c16".split()}
    rows = np.zeros(7, STRUCTURE)
    rows["a"], rows["in"]["b"], rows["in"]["ok"], rows["s"] = range(7), 1.5, True, b"ab"
    return {
        **{code.strip("<|"): values for code, values in numbers.items()},
        "bool": np.array([[True, False]]),
        "bytes": np.array([b"a", b"", b"abc"]),
        "texts": np.array([["a", "äöü"], ["", "\U0001f600"]]),
        "scalar": np.float32(2.5),
        "none": np.zeros((0, 4), "i2"),
        "fortran": np.asfortranarray(rng.normal(size=(4, 5, 6))),
        "structures": rows,
        "aligned": np.zeros(3, np.dtype([("a", "i1"), ("b", "f8")], align=True)),
        "group": {"deep": {"x": np.arange(3)}},
    }


ATTRIBUTES = {
    "text": "grüße", "number": 7, "large": 2**63 - 1, "real": 0.5, "flag": True, "none": "", "list": [1, 2, 3],
    "reals": [0.5, 1], "texts": ["a", "bc"], "grid": [[1, 2], [3, 4]], "nothing": [], "pair": {"a": 1, "b": "x"},
}


def test_what_is_exported_to_hdf5_comes_back_with_all_that_belongs_to_it(pool, tmp_path):
    data = arrays()
    of_parts = {"i8": {"unit": "mV", "enum": {"RED": 0, "BLUE": 99}}, "group": ATTRIBUTES, "group/deep": {"empty": "yes"}}
    pool.put("run", data, attrs=ATTRIBUTES, attributes=of_parts)
    assert shm.export(pool, "run", tmp_path / "run.h5") is None
    assert shm.load(pool, tmp_path / "run.h5", "again") == []
    run, again = pool["run"], pool["again"]
    for name in data.keys() - {"group"}:
        assert same(again[name], np.asarray(run[name])), name
    assert same(again["group/deep/x"], run["group/deep/x"])
    assert again.attrs == ATTRIBUTES and again["group"].attrs == ATTRIBUTES
    assert again["group/deep"].attrs == {"empty": "yes"} and again.attributes("i8") == {"unit": "mV"}
    with h5py.File(tmp_path / "run.h5") as file:
        assert h5py.check_enum_dtype(file["i8"].dtype) == {"RED": 0, "BLUE": 99}
        assert h5py.check_string_dtype(file["texts"].dtype).length is None


def test_a_group_or_an_array_is_exported_alone(pool, tmp_path):
    pool.put("a/run", {"camera": {"frames": np.arange(6).reshape(2, 3)}, "x": np.ones(2)}, attributes={"camera": {"n": 1}})
    shm.export(pool, "a/run/camera", tmp_path / "camera.h5")
    shm.export(pool, "a/run/camera/frames", tmp_path / "frames.h5")
    with h5py.File(tmp_path / "camera.h5") as file:
        assert list(file) == ["frames"] and file.attrs["n"] == 1
    with h5py.File(tmp_path / "frames.h5") as file:
        assert file["frames"][:].tolist() == [[0, 1, 2], [3, 4, 5]]


def test_what_has_two_paths_is_one_array_with_two_links(pool, tmp_path):
    with pool.build(100, "f8") as array:
        array[:] = 3
    pool.put("run", {"a": array, "b": {"c": array}, "other": array[:50]})
    shm.export(pool, "run", tmp_path / "run.h5")
    with h5py.File(tmp_path / "run.h5") as file:
        assert file["a"] == file["b/c"] and file["a"] != file["other"] and file["other"].shape == (50,)


def test_names_of_dimensions_and_scales_stay(pool, tmp_path):
    with netCDF4.Dataset(tmp_path / "a.nc", "w") as file:
        for name, length in [("time", None), ("lat", 3)]:
            file.createDimension(name, length)
        file.createVariable("lat", "f4", ("lat",))[:] = [10, 20, 30]
        file.createGroup("in").createVariable("t", "f8", ("time", "lat"))[:] = np.arange(6).reshape(2, 3)
    shm.load(pool, tmp_path / "a.nc")
    assert pool["a"].attributes("in/t")["DIMENSION_LABELS"] == ["time", "lat"]
    shm.export(pool, "a", tmp_path / "b.h5")
    with h5py.File(tmp_path / "b.h5") as file:
        time, lat = file["in/t"].dims
        assert time[0] == file["time"] and lat[0] == file["lat"] and file["in/t"].attrs.get("CLASS") is None
        file["in/t"].dims[0].label
    pool.put("plain", {"x": np.ones((2, 3))}, attributes={"x": {"DIMENSION_LABELS": ["row", ""]}})
    shm.export(pool, "plain", tmp_path / "c.h5")
    with h5py.File(tmp_path / "c.h5") as file:
        assert [axis.label for axis in file["x"].dims] == ["row", ""]
    shm.load(pool, tmp_path / "c.h5")
    assert pool["c"].attributes("x") == {"DIMENSION_LABELS": ["row", ""]}


@pytest.mark.parametrize("name", ["i2", "fortran", "texts", "scalar", "none", "structures", "times"])
def test_an_array_is_equal_as_an_npy_file(pool, tmp_path, name):
    values = np.asarray((arrays() | {"times": np.array(["2020-01-01", "NaT"], "M8[s]")})[name])
    pool["run"] = {name: values}
    shm.export(pool, "run", tmp_path / "a.npy")
    found = np.load(tmp_path / "a.npy")
    assert same(found, values) and found.flags.fnc == values.flags.fnc


def test_arrays_of_all_groups_are_an_archive(pool, tmp_path):
    pool["run"] = {"file": np.arange(3), "g": {"x": np.ones(2)}, "table": TABLE}
    shm.export(pool, "run", tmp_path / "a.npz")
    with np.load(tmp_path / "a.npz") as found:
        assert sorted(found) == ["file", "g/x"] and found["g/x"].tolist() == [1, 1] and found["file"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "suffix, read",
    [
        ("arrow", lambda path: pa.ipc.open_file(path).read_all()),
        ("feather", pa.feather.read_table),
        ("arrows", lambda path: pa.ipc.open_stream(path).read_all()),
        ("parquet", pa.parquet.read_table),
        ("json", pa.json.read_json),
        ("csv", pa.csv.read_csv),
    ],
)
def test_a_table_and_a_group_of_its_parts_are_equal_in_every_format(pool, tmp_path, suffix, read):
    table = TABLE.select(["id", "name"]) if suffix == "csv" else TABLE
    pool["run"] = {"whole": table, "parts": {"0000": table.slice(0, 2), "0001": table.slice(2)}}
    for part in ["run/whole", "run/parts"]:
        shm.export(pool, part, tmp_path / f"a.{suffix}", overwrite=True)
        found = read(tmp_path / f"a.{suffix}")
        if suffix == "csv":
            assert found["id"].to_pylist() == [1, 2, 3] and found["name"].to_pylist() == ["a", "b", ""]
        else:
            assert found.equals(table), part


def test_numbers_that_json_lacks_are_null_and_times_are_texts(pool, tmp_path):
    pool["run"] = {"t": pa.table({"x": [0.5, float("nan")], "at": pa.array([0, None], pa.timestamp("s"))})}
    shm.export(pool, "run/t", tmp_path / "a.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert rows == [{"x": 0.5, "at": "1970-01-01 00:00:00"}, {"x": None, "at": None}]


def test_what_cannot_be_exported_is_named_and_leaves_nothing(pool, tmp_path):
    pool["run"] = {"t": TABLE, "times": np.array([0], "M8[s]"), "u": np.zeros(2, [("t", "U3")]), "a": np.ones(2)}
    for what, name, reason in [
        ("run", "a.h5", "'t' is a table"),
        ("run/times", "a.h5", "times"),
        ("run/u", "a.h5", "a structure with texts"),
        ("run", "a.npy", "is no array"),
        ("run/t", "a.npz", "no array in run/t"),
        ("run/a", "a.parquet", "is no table"),
        ("run/t", "a.csv", "cannot be written to this format"),
        ("run/a", "a.bin", "not known"),
    ]:
        with pytest.raises(ValueError, match=reason):
            shm.export(pool, what, tmp_path / name)
    for what in ["absent", "run/absent", ""]:
        with pytest.raises(shm.DatasetNotFoundError):
            shm.export(pool, what, tmp_path / "a.npy")
    pool.put("odd", {"a": np.ones(2)}, attrs={"nul": "a\0b"})
    with pytest.raises(ValueError, match="the attribute 'nul'"):
        shm.export(pool, "odd", tmp_path / "a.h5")
    assert not list(tmp_path.iterdir())
    (tmp_path / "a.npy").write_text("the user's")
    with pytest.raises(FileExistsError):
        shm.export(pool, "run/a", tmp_path / "a.npy")
    assert (tmp_path / "a.npy").read_text() == "the user's" and len(list(tmp_path.iterdir())) == 1


def test_a_damaged_table_is_refused(pool, tmp_path):
    offsets = pa.py_buffer(np.array([0, 1, 1 << 31, 3]))
    pool["run"] = {"t": pa.table({"text": pa.LargeStringArray.from_buffers(3, offsets, pa.py_buffer(b"abc"))})}
    for suffix in ["arrow", "arrows", "parquet", "csv", "json"]:
        with pytest.raises(ValueError, match="out of bounds"):
            shm.export(pool, "run/t", tmp_path / f"a.{suffix}")
    assert not list(tmp_path.iterdir())


def test_two_that_write_to_one_file_do_not_meet(pool, tmp_path):
    pool["run"] = {"a": np.zeros(200_000), "b": np.ones(100_000)}
    failures = []

    def write(path):
        try:
            for _ in range(10):
                shm.export(pool, path, tmp_path / "x.npy", overwrite=True)
        except BaseException as e:
            failures.append(e)

    threads = [threading.Thread(target=write, args=[path]) for path in ["run/a", "run/b"]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not failures
    assert np.load(tmp_path / "x.npy").mean() in (0, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["x.npy"]
    # As any other file: for whom the process lets.
    (tmp_path / "plain").touch()
    assert (tmp_path / "x.npy").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_whoever_is_killed_leaves_what_is_known_by_its_name(pool, directory, tmp_path):
    pool["run"] = {"a": np.ones(10)}
    program = (
        "import os, signal, arrow_shm as shm\n"
        "from arrow_shm import _export\n"
        f"pool = shm.open('p', directory={directory!r})\n"
        "_export._WRITERS['npy'] = lambda part, path: (path.write_bytes(b'half'), os.kill(os.getpid(), signal.SIGKILL))\n"
        f"shm.export(pool, 'run', {str(tmp_path / 'x.npy')!r})\n"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60).returncode == -9
    assert [path.name.startswith(_INCOMPLETE) for path in tmp_path.iterdir()] == [True]
    shm.export(pool, "run", tmp_path / "x.npy")
    assert os.path.exists(tmp_path / "x.npy")
