"""Files to datasets."""

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import arrow_shm as shm

TABLE = pa.table({"id": [1, 2, 3], "name": ["a", "b", None]})


def test_a_file_of_hdf5_is_a_dataset_with_its_groups_and_attributes(pool, tmp_path):
    with h5py.File(tmp_path / "run.h5", "w") as file:
        values = np.random.default_rng(1).normal(size=(100, 7)).astype(">f8")
        file.create_dataset("group/chunked", data=values, chunks=(9, 3), compression="gzip").attrs["unit"] = "mV"
        file["group"].attrs.update({"n": 3, "list": [1, 2], "real": np.nan, "z": 1 + 2j})
        file["texts"] = ["a", "bc"]
        file["scalar"], file["none"], file["empty"] = 3, np.zeros((0, 2)), h5py.Empty("f4")
        file["structure"] = np.array([(1, 2.0)], [("a", ">i4"), ("b", "f8")])
        file["refused"] = np.array([file["scalar"].ref], h5py.ref_dtype)
        file["broken"], file["group/loop"] = h5py.SoftLink("/nowhere"), h5py.SoftLink("/group")
        file.attrs["title"] = "x"
    assert sorted(shm.load(pool, tmp_path / "run.h5")) == ["broken", "group/loop", "refused"]
    run = pool["run"]
    assert run.attrs == {"title": "x"}
    assert run["group"].attrs == {"n": 3, "list": [1, 2], "real": "nan", "z": [1.0, 2.0]}
    assert run.attributes("group/chunked") == {"unit": "mV"}
    assert run["group/chunked"].dtype == np.dtype("<f8") and (run["group/chunked"] == values).all()
    assert run["texts"].tolist() == ["a", "bc"]
    assert run["scalar"][()] == 3 and run["none"].shape == (0, 2) and run["empty"].shape == (0,)
    assert run["structure"]["a"][0] == 1
    assert sorted(run) == ["empty", "group", "none", "scalar", "structure", "texts"]


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
