"""Files to datasets."""

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
import zarr

import arrow_shm as shm

TABLE = pa.table({"id": [1, 2, 3], "name": ["a", "b", None]})


def test_a_file_of_hdf5_is_a_dataset_with_its_groups_and_attributes(pool, tmp_path):
    with h5py.File(tmp_path / "run.h5", "w") as file:
        values = np.random.default_rng(1).normal(size=(100, 7)).astype(">f8")
        file.create_dataset("group/chunked", data=values, chunks=(9, 3), compression="gzip").attrs["unit"] = "mV"
        file["group"].attrs.update({"n": 3, "list": [1, 2], "real": np.nan, "z": 1 + 2j, "u": np.uint64(2**64 - 1)})
        file["texts"] = ["a", "bc"]
        file["scalar"], file["none"], file["empty"] = 3, np.zeros((0, 2)), h5py.Empty("f4")
        file["structure"] = np.array([(1, 2.0, b"x")], [("a", ">i4"), ("b", "f8"), ("s", "S2")])
        file["refused"] = np.array([file["scalar"].ref], h5py.ref_dtype)
        file["broken"], file["group/loop"] = h5py.SoftLink("/nowhere"), h5py.SoftLink("/group")
        file.attrs["title"] = "x"
    assert sorted(shm.load(pool, tmp_path / "run.h5")) == ["broken", "group/loop", "refused"]
    run = pool["run"]
    assert run.attrs == {"title": "x"}
    assert run["group"].attrs == {"n": 3, "list": [1, 2], "real": "nan", "z": [1.0, 2.0], "u": str(2**64 - 1)}
    assert run.attributes("group/chunked") == {"unit": "mV"}
    assert run["group/chunked"].dtype == np.dtype("<f8") and (run["group/chunked"] == values).all()
    assert run["texts"].tolist() == ["a", "bc"]
    assert run["scalar"][()] == 3 and run["none"].shape == (0, 2) and run["empty"].shape == (0,)
    assert run["structure"]["a"][0] == 1
    assert sorted(run) == ["empty", "group", "none", "scalar", "structure", "texts"]


def test_what_the_command_cannot_read_of_hdf5_is_loaded(pool, tmp_path):
    values = np.arange(1000.0).reshape(100, 10)
    with h5py.File(tmp_path / "run.h5", "w", libver="latest") as file:
        file.create_dataset("latest", data=values, chunks=(7, 7), compression="gzip")
        file.create_dataset("scaleoffset", data=values.astype("i4"), chunks=(10, 10), scaleoffset=0)
        layout = h5py.VirtualLayout((200, 10), "f8")
        layout[:100] = layout[100:] = h5py.VirtualSource(file["latest"])
        file.create_virtual_dataset("virtual", layout)
    assert shm.load(pool, tmp_path / "run.h5") == []
    run = pool["run"]
    assert (run["latest"] == values).all() and (run["scaleoffset"] == values).all()
    assert (run["virtual"][100:] == values).all()


@pytest.mark.parametrize(
    "values", [np.arange(12).reshape(3, 4), np.asfortranarray(np.ones((2, 3), ">i4")), np.float32(2)]
)
def test_a_file_of_numpy_is_its_array(pool, tmp_path, values):
    np.save(tmp_path / "a.npy", values)
    shm.load(pool, tmp_path / "a.npy", "numbers")
    found = pool["numbers"]["a"]
    assert (found == values).all() and found.shape == values.shape
    assert found.flags.f_contiguous == np.asarray(values).flags.f_contiguous


def test_names_of_an_archive_are_groups(pool, tmp_path):
    np.savez(tmp_path / "a.npz", **{"x": np.arange(3), "g/y": np.ones(2, ">f4")})
    shm.load(pool, tmp_path / "a.npz")
    assert pool["a"]["x"].tolist() == [0, 1, 2] and pool["a"]["g"]["y"].tolist() == [1, 1]


def test_tables_of_all_formats_are_equal(pool, tmp_path):
    with pa.ipc.new_file(tmp_path / "file.arrow", TABLE.schema) as out:
        out.write_table(TABLE)
    with pa.ipc.new_stream(tmp_path / "stream.arrows", TABLE.schema) as out:
        out.write_table(TABLE)
    pa.parquet.write_table(TABLE, tmp_path / "a.parquet")
    pa.csv.write_csv(TABLE, tmp_path / "a.csv")
    (tmp_path / "a.jsonl").write_text(
        "\n".join(f'{{"id": {i}, "name": {n}}}' for i, n in [(1, '"a"'), (2, '"b"'), (3, "null")])
    )
    for file in ["file.arrow", "stream.arrows", "a.parquet", "a.jsonl"]:
        shm.load(pool, tmp_path / file, "t", overwrite=True)
        assert pool["t"][file.split(".")[0]].equals(TABLE), file
    shm.load(pool, tmp_path / "a.csv", "t", overwrite=True)
    assert pool["t"]["a"]["id"].to_pylist() == [1, 2, 3]


def test_structures_are_split_into_their_fields_where_that_is_wanted(pool, tmp_path):
    dtype = np.dtype([("id", ">i4"), ("at", "<f8", (2,)), ("in", [("x", "u1"), ("name", "S2")], (3,))])
    rows = np.zeros((400, 30), dtype)
    rows["id"], rows["at"], rows["in"]["x"], rows["in"]["name"] = np.arange(12000).reshape(400, 30), 0.5, 7, b"ab"
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("g/rows", data=rows, chunks=(9, 30), compression="gzip").attrs["unit"] = "mV"
        file["one"], file["none"], file["plain"] = rows[0, 0], rows[:0], np.arange(3)
    np.save(tmp_path / "rows.npy", rows)
    np.save(tmp_path / "fortran.npy", np.asfortranarray(rows))
    np.savez(tmp_path / "both.npz", rows=rows, plain=np.arange(3))
    for file, path in [("a.h5", "g/rows"), ("rows.npy", "rows"), ("fortran.npy", "fortran"), ("both.npz", "rows")]:
        shm.load(pool, tmp_path / file, "split", split_structures=True, overwrite=True)
        fields = pool["split"][path]
        assert sorted(fields) == ["at", "id", "in"] and sorted(fields["in"]) == ["name", "x"], file
        assert fields["id"].dtype == "<i4" and (fields["id"] == rows["id"]).all()
        assert fields["at"].shape == (400, 30, 2) and (fields["in/name"] == rows["in"]["name"]).all()
    shm.load(pool, tmp_path / "a.h5", "split", split_structures=True, overwrite=True)
    split = pool["split"]
    assert split["g/rows"].attrs == {"unit": "mV"} and split["plain"].tolist() == [0, 1, 2]
    assert split["one/in/x"].tolist() == [7, 7, 7] and split["none/at"].shape == (0, 30, 2)


@pytest.mark.parametrize("version", [2, 3])
def test_a_store_of_zarr_is_a_dataset_with_its_groups_and_attributes(pool, tmp_path, version):
    values = np.random.default_rng(1).normal(size=(101, 7, 5)).astype(">f4")
    root = zarr.open_group(tmp_path / "run.zarr", mode="w", zarr_format=version)
    root.attrs["title"] = "x"
    group = root.create_group("group")
    group.attrs["n"] = [1, 2]
    names = ["time", "y", "x"]
    options = {"dimension_names": names} if version == 3 else {"attributes": {"_ARRAY_DIMENSIONS": names}}
    group.create_array("values", shape=values.shape, chunks=(10, 7, 2), dtype=values.dtype, **options)[...] = values
    group["values"].attrs["unit"] = "mV"
    for name, array in {
        "flags": np.array([True, False]),
        "z": np.array([1 + 2j]),
        "none": np.zeros((0, 2), "i2"),
        "scalar": np.array(5, "u1"),
    }.items():
        root.create_array(name, data=array)
    root.create_array("fill", shape=(3,), dtype="i2", fill_value=7)
    root.create_array("texts", shape=(2,), dtype=str)[...] = np.array(["a", "bcd"], object)
    assert shm.load(pool, tmp_path / "run.zarr") == []
    run = pool["run"]
    assert run.attrs == {"title": "x"} and run["group"].attrs == {"n": [1, 2]}
    assert run["group/values"].dtype == "<f4" and (run["group/values"] == values).all()
    attributes = run.attributes("group/values")
    assert attributes["unit"] == "mV" and attributes["DIMENSION_LABELS"] == names
    assert run["flags"].tolist() == [True, False] and run["z"].tolist() == [1 + 2j]
    assert run["none"].shape == (0, 2) and run["scalar"][()] == 5 and run["fill"].tolist() == [7, 7, 7]
    assert run["texts"].tolist() == ["a", "bcd"]


def test_a_single_array_of_zarr_is_called_as_its_store(pool, tmp_path):
    zarr.create_array(tmp_path / "frames.zarr", data=np.arange(6).reshape(2, 3))
    shm.load(pool, tmp_path / "frames.zarr", "one")
    assert pool["one"]["frames"].tolist() == [[0, 1, 2], [3, 4, 5]]
    (tmp_path / "frames.zarr" / "zarr.json").write_text("{")
    with pytest.raises(Exception):
        shm.load(pool, tmp_path / "frames.zarr", "two")
    with pytest.raises(FileNotFoundError):
        shm.load(pool, tmp_path / "absent.zarr")
    assert list(pool) == ["one"]


def write_damaged(path):
    """A text of 2 GiB in a table whose first offset and last are right."""
    offsets = pa.py_buffer(np.array([0, 1, 1 << 31, 3]))
    texts = pa.LargeStringArray.from_buffers(3, offsets, pa.py_buffer(b"abc"))
    table = pa.table({"text": texts})
    with pa.ipc.new_file(path / "a.arrow", table.schema) as out:
        out.write_table(table)
    with pa.ipc.new_stream(path / "a.arrows", table.schema) as out:
        out.write_table(table)


def test_a_file_that_cannot_be_read_publishes_nothing(pool, tmp_path):
    (tmp_path / "a.bin").write_bytes(b"x")
    (tmp_path / "a.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    with pytest.raises(ValueError, match="not known"):
        shm.load(pool, tmp_path / "a.bin")
    with pytest.raises(OSError):
        shm.load(pool, tmp_path / "a.h5")
    with pytest.raises(FileNotFoundError):
        shm.load(pool, tmp_path / "absent.npy")
    assert not list(pool)
    write_damaged(tmp_path)
    for name in ["a.arrow", "a.arrows"]:
        with pytest.raises(ValueError, match="out of bounds"):
            shm.load(pool, tmp_path / name)
    assert not list(pool)
    np.save(tmp_path / "a.npy", np.arange(3))
    shm.load(pool, tmp_path / "a.npy")
    with pytest.raises(shm.DatasetExistsError):
        shm.load(pool, tmp_path / "a.npy")
