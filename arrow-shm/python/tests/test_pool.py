"""What one process can do with a pool."""

import gc
import os
import threading

import numpy as np
import pyarrow as pa
import pytest
from conftest import eventually
from suites.in_pool import address, is_in_pool

import arrow_shm as shm

DTYPES = ["?", "i1", "u1", "<i2", "<u4", "<i8", "<f2", "<f4", "<f8", "<c8", "<c16", "<M8[ns]", "<M8[25us]", "S5", "<U3"]
DTYPES.append([("a", "<f4"), ("b", "<i2", (3,)), ("größe", "?")])


def test_a_nested_dict_comes_back_in_place_and_read_only(pool):
    frames = np.arange(24, dtype="f4").reshape(2, 3, 4)
    table = pa.table({"id": [1, 2, None], "name": ["a", "b", "ü"]})
    pool.put("run 7/größe", {"camera": {"frames": frames, "empty": {}}, "table": table}, attrs={"operator": "eve", "n": 3})
    run = pool["run 7/größe"]
    assert (list(run), list(run["camera"])) == (["camera", "table"], ["empty", "frames"])
    assert (run.attrs, run.persistent, run.revision) == ({"operator": "eve", "n": 3}, False, 1)
    found = run["camera"]["frames"]
    np.testing.assert_array_equal(found, frames)
    assert is_in_pool(address(found)) and address(found) == address(run["camera/frames"])
    assert not found.flags.writeable
    with pytest.raises(ValueError):
        found.flags.writeable = True
    with pytest.raises(ValueError):
        found[0] = 1
    assert run["table"].equals(table)
    for column in run["table"].columns:
        assert all(is_in_pool(buffer.address) for buffer in column.chunk(0).buffers() if buffer is not None)
    with pytest.raises(KeyError, match="there is no 'camera/nothing'"):
        run["camera"]["nothing"]


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("order", "CF")
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (2, 0, 4)])
def test_every_type_order_and_shape_comes_back(pool, dtype, order, shape):
    array = np.empty(shape, dtype, order)
    pattern = {"b": b"\1", "U": "aß".encode("utf-32-le") + bytes(4)}.get(array.dtype.kind, b"1" * array.dtype.itemsize)
    array[...] = np.frombuffer(pattern, array.dtype)[0]
    pool.put("d", {"a": array})
    found = pool["d"]["a"]
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    assert found.tobytes() == array.tobytes()
    if array.size:
        assert is_in_pool(address(found)) and found.strides == array.strides


def test_views_are_put_as_what_they_show(pool):
    array = np.arange(100).reshape(10, 10)
    pool.put("d", {"slice": array[::2, 1:], "turned": array.T, "backwards": array[::-1]})
    for name, expected in [("slice", array[::2, 1:]), ("turned", array.T), ("backwards", array[::-1])]:
        np.testing.assert_array_equal(pool["d"][name], expected)


@pytest.mark.parametrize("value", [np.array([object()]), "text", None, ["a"], np.zeros(3, ">f8"), np.zeros(2, "m8[s]")], ids=repr)
def test_what_is_neither_an_array_nor_a_table_is_refused_and_leaves_nothing(pool, value):
    with pytest.raises(TypeError, match="put|convert"):
        pool.put("d", {"good": np.zeros(3), "bad": value})
    assert list(pool) == []


def test_the_pool_is_a_mapping_with_pythons_errors(pool):
    with pytest.raises(KeyError, match='no dataset "d"'):
        pool["d"]
    with pytest.raises(KeyError):
        del pool["d"]
    pool["d"] = {"a": np.zeros(3)}
    with pytest.raises(FileExistsError, match="overwrite"):
        pool.put("d", {"a": np.ones(3)})
    before = pool["d"]["a"]
    pool["d"] = {"a": np.ones(3)}
    assert (before[0], pool["d"]["a"][0], pool["d"].revision) == (0, 1, 2)
    assert "d" in pool and len(pool) == 1 and list(pool) == ["d"]
    pool.rename("d", "e")
    assert list(pool) == ["e"]
    with pytest.raises(ValueError, match="no dataset can be called that"):
        pool.put("a//b", {})
    with pytest.raises(MemoryError, match="Close or delete"):
        pool.put("big", {"a": np.zeros(3 << 20)})
    with pytest.raises(ValueError, match="a segment and of a group"):
        pool.put("both", {"a": np.zeros(3), "a/b": np.zeros(3)})


def test_what_was_read_outlives_its_name_and_the_pool(directory):
    with shm.open("p", size="16MiB", slots=64, directory=directory) as pool:
        pool.put("d", {"a": np.arange(1000), "t": pa.table({"x": np.arange(1000)})})
        dataset, array = pool["d"], pool["d"]["a"]
        table, part = dataset["t"], array[10:20]
        del pool["d"], array
    with pytest.raises(ValueError, match="closed"):
        list(pool)
    with pytest.raises(ValueError, match="closed"):
        pool.put("e", {"a": np.zeros(1)})
    np.testing.assert_array_equal(part, np.arange(10, 20))
    assert table["x"].to_pylist() == list(range(1000))
    np.testing.assert_array_equal(dataset["a"], np.arange(1000))
    with pytest.raises(shm.InUseError):
        shm.remove("p", directory=directory)
    del part, table, dataset
    gc.collect()
    eventually("the pool is left", lambda: shm.remove("p", directory=directory))


def test_what_is_built_in_place_is_sealed_and_published_without_a_copy(pool):
    with pool.build((100, 100), "f8") as out:
        out[:] = 3
        stray = out[1:]
    assert not out.flags.writeable
    stray[0, 0] = 4
    used = pool.used
    pool["result"] = {"out": out}
    assert pool.used == used
    found = pool["result"]["out"]
    assert found.shape == (100, 100) and (found == 3).all() and is_in_pool(address(found))
    with pytest.raises(RuntimeError, match="on purpose"), pool.build(10) as lost:
        raise RuntimeError("on purpose")
    assert not lost.any()
    with pytest.raises(ValueError, match="given up"):
        pool["lost"] = {"a": lost}


def test_a_shared_array_is_written_by_all_until_it_is_sealed(pool, directory):
    live = pool.empty((1000,), "f8")
    live[:] = 0
    pool.put("live", {"values": live})
    with shm.open("p", directory=directory) as other:
        elsewhere = other["live"]["values"]
        elsewhere[10:20] = 7
        assert live[10:20].tolist() == [7] * 10
        with pytest.raises(BufferError, match="held by others"):
            live.seal()
        assert live.flags.writeable
        del elsewhere
        gc.collect()
        live[0] = 1
        live.seal()
        assert not live.flags.writeable
        found = other["live"]["values"]
        assert (found[0], found[15], found.flags.writeable) == (1, 7, False)
        del found
    with pytest.raises(ValueError, match="a view of an array"):
        live[10:].seal()


def test_pools_are_found_made_with_a_size_and_removed(directory):
    assert shm.pools(directory) == []
    with pytest.raises(FileNotFoundError):
        shm.open("p", create=False, directory=directory)
    for wrong in ["1 pound", "GiB", "-1"]:
        with pytest.raises(ValueError, match="is no size"):
            shm.open("p", size=wrong, directory=directory)
    with shm.open("p", size="1.5MiB", slots=64, directory=directory) as pool:
        assert (pool.size, shm.pools(directory)) == (3 << 19, ["p"])
        assert [(who.process_id, who.place) for who in pool.who()] == [(os.getpid(), 0)]
        assert "closed" not in repr(pool)
    assert "closed" in repr(pool) and pool.closed
    with pytest.raises(ValueError, match="no pool can be called"):
        shm.open("../p", directory=directory)


def test_attributes_are_what_a_manifest_can_say(pool):
    attrs = {"text": "ü", "truth": True, "numbers": [1, 2.5, np.int64(3)], "array": np.arange(3), "deep": {"a": {"b": 1}}}
    pool.put("d", {"g": {"a": np.zeros(1)}}, attrs=attrs)
    expected = attrs | {"numbers": [1, 2.5, 3], "array": [0, 1, 2]}
    assert pool["d"].attrs == expected
    for wrong in [{"a": None}, {"a": float("nan")}, {"a": object()}, {"": 1}, {"a": 1 << 63}]:
        with pytest.raises((ValueError, TypeError)):
            pool.put("e", {}, attrs=wrong)
    assert "e" not in pool


def test_arrays_tables_and_groups_have_attributes_of_their_own(pool):
    data = {"camera": {"frames": np.zeros((2, 3))}, "table": pa.table({"x": [1]})}
    attributes = {"camera/frames": {"unit": "mV"}, "camera": {"model": "x"}, "table": {"n": 1}}
    pool.put("d", data, attrs={"of": "all"}, attributes=attributes)
    pool.put("copy", pool["d"])
    for name in ("d", "copy"):
        dataset = pool[name]
        assert {path: dataset.attributes(path) for path in attributes} == attributes
        assert (dataset.attrs, dataset["camera"].attributes("frames")) == ({"of": "all"}, {"unit": "mV"})
    assert address(pool["d"]["camera/frames"]) == address(pool["copy"]["camera/frames"]), "no copy is made"
    with pytest.raises(ValueError, match="'camera/nothing'"):
        pool.put("e", data, attributes={"camera/nothing": {}})
    assert "e" not in pool


@pytest.mark.parametrize("dtype", ["i1", "u8", "f2", "f4", "f8"])
def test_arrays_are_arrow_tensors_if_that_is_asked_for(pool, dtype):
    array = np.arange(24).astype(dtype).reshape(2, 3, 4)
    arrays = {"c": array, "f": np.asfortranarray(array), "steps": array[:, ::2], "backwards": array[::-1]}
    pool.put("d", arrays | {"other": np.zeros(3, "c8"), "truths": np.ones(3, "?")}, format="tensor")
    dataset = pool["d"]
    for name, expected in arrays.items():
        found = dataset[name]
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype and is_in_pool(address(found)) and address(found) % 64 == 0
    assert (dataset["other"].dtype, dataset["truths"].dtype) == (np.complex64, np.bool_)
    with pytest.raises(ValueError, match="'npy' or 'tensor'"):
        pool.put("e", {}, format="zarr")


def test_columns_of_tensors_and_what_fields_say_of_themselves_come_back_in_place(pool):
    images = pa.FixedShapeTensorArray.from_numpy_ndarray(np.arange(24, dtype="f4").reshape(2, 3, 4))
    field = pa.field("image", images.type, metadata={"logical": "IMAGE"})
    pool["d"] = {"t": pa.Table.from_arrays([images], schema=pa.schema([field]))}
    column = pool["d"]["t"]
    assert column.schema.field("image").metadata == {b"logical": b"IMAGE"}
    found = column["image"].chunk(0).to_numpy_ndarray()
    assert found.shape == (2, 3, 4) and found[1, 2, 3] == 23 and is_in_pool(address(found))


def test_what_is_made_and_deleted_is_logged(pool, caplog):
    caplog.set_level("DEBUG", "arrow_shm")
    pool["d"] = {"a": np.zeros(1)}
    pool.empty((3,), "f4")
    pool.rename("d", "e")
    del pool["e"]
    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "pool p: dataset 'd' published, 1 arrays and tables",
        "pool p: array made, float32 (3,)",
        "pool p: dataset 'd' renamed to 'e'",
        "pool p: dataset 'e' deleted",
    ]


def test_threads_work_in_one_pool(pool):
    problems = []

    def work(number: int) -> None:
        try:
            for i in range(50):
                name = f"{number}/{i}"
                pool.put(name, {"a": np.full(100 + i, number)})
                assert (pool[name]["a"] == number).all()
                del pool[name]
        except Exception as e:
            problems.append(e)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems and list(pool) == []


def test_pandas_and_polars_read_a_table_in_place(pool):
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    numbers = np.arange(100_000)
    pool.put("d", {"pandas": pandas.DataFrame({"x": numbers}), "polars": polars.DataFrame({"x": numbers})})
    dataset = pool["d"]
    for name in dataset:
        frame, series = dataset.pandas(name), dataset.polars(name)["x"]
        assert frame["x"].tolist() == series.to_list() == list(range(100_000))
        assert is_in_pool(frame["x"].array.__arrow_array__().chunk(0).buffers()[1].address)
        assert is_in_pool(address(series.to_numpy()))


def test_arrays_go_to_other_libraries_in_place_and_read_only(pool):
    pool["d"] = {"a": np.arange(1000, dtype="f8")}
    array = pool["d"]["a"]
    assert pa.array(array).buffers()[1].address == address(array)
    assert pa.Tensor.from_numpy(array).to_numpy().__array_interface__["data"][0] == address(array)
    with pytest.raises(BufferError, match="[Rr]ead-?only"):
        array.__dlpack__(max_version=(0, 8))
    shared = np.from_dlpack(array)
    assert address(shared) == address(array) and not shared.flags.writeable


def test_duckdb_reads_a_table_and_its_results_are_put(pool):
    duckdb = pytest.importorskip("duckdb")
    pool["d"] = {"t": pa.table({"x": np.arange(1000)})}
    numbers = pool["d"]["t"]
    result = duckdb.sql("SELECT sum(x) AS s FROM numbers")
    assert numbers.num_rows == 1000
    pool["sum"] = {"t": result}
    assert pool["sum"]["t"]["s"].to_pylist() == [499_500]


def test_duckdb_reads_in_place_what_it_would_have_no_room_to_copy(pool):
    duckdb = pytest.importorskip("duckdb")
    pool["d"] = {"t": pa.table({"x": np.arange(1_000_000)})}
    numbers = pool["d"]["t"]
    # It tells nobody where it reads. The table has 8 MB, and it may neither take as much nor write files.
    with duckdb.connect(config={"memory_limit": "4MB", "temp_directory": "", "threads": 1}) as connection:
        assert connection.sql("SELECT sum(x) FROM numbers").fetchall() == [(499_999_500_000,)]
        with pytest.raises(duckdb.OutOfMemoryException):
            connection.execute("CREATE TABLE copied AS SELECT x FROM numbers")
    assert numbers.num_rows == 1_000_000


def test_torch_has_an_array_in_place(pool):
    torch = pytest.importorskip("torch")
    live = pool.empty((1000,), "f4")
    live[:] = 1
    tensor = torch.from_numpy(live)
    assert tensor.data_ptr() == address(live)
    tensor[5] = 7
    assert live[5] == 7
    pool["d"] = {"a": np.arange(1000, dtype="f4")}
    sealed = pool["d"]["a"]
    for array in (live, sealed):
        assert torch.from_dlpack(array).data_ptr() == address(array)
        assert torch.asarray(array).data_ptr() == address(array)
