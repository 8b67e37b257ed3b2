"""load.py DIRECTORY POOL: writes files with the libraries that people use, and compares datasets with them, on command.

write          all files; answers how many
compare NAME   the dataset NAME with DIRECTORY/NAME, value by value; answers what differs, or "equal" and how many there are
split NAME P   the groups of fields at the path P of the dataset NAME with the structures there in DIRECTORY/NAME
export NAME F  the dataset NAME to DIRECTORY/F
same F NAME    the file F with the file NAME that it was loaded from
"""

import json
import os
import sys

import h5py
import netCDF4
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.json
import pyarrow.parquet

import arrow_shm as shm

SEED = 15


def hdf5_types(path):
    rng = np.random.default_rng(SEED)
    with h5py.File(path, "w") as file:
        for order in "<>":
            for code in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
                info = np.iinfo(code) if code[0] in "iu" else None
                values = rng.integers(info.min, info.max, (3, 5), dtype=code) if info else rng.normal(size=(3, 5))
                file[f"{'little' if order == '<' else 'big'}/{code}"] = values.astype(order + code)
            for code in ["c8", "c16"]:
                values = (rng.normal(size=7) + 1j * rng.normal(size=7)).astype(order + code)
                file[f"{'little' if order == '<' else 'big'}/{code}"] = values
        file["bool"] = np.array([[True, False], [False, True]])
        file["scalar"] = 42.5
        file["empty/zero"] = np.zeros((0, 3), "f4")
        file["empty/shapeless"] = h5py.Empty("f8")
        file["nan"] = np.array([np.nan, np.inf, -np.inf, -0.0])
        file["text/fixed"] = np.array([b"a", b"bcd", b""], "S5")
        file["text/variable"] = ["one", "zwei ä", "", "\U0001f600"]
        file.create_dataset("text/bytes", data=[b"x", b"yz"], dtype=h5py.string_dtype("ascii"))
        file["text/alone"] = "a text"
        file.create_dataset("text/grid", data=np.array([["a", "b"], ["c", "ddd"]], object), dtype=h5py.string_dtype())
        file.create_dataset("text/chunked", data=["c%d" % i for i in range(1000)], chunks=(64,), compression="gzip")
        colours = h5py.enum_dtype({"RED": 0, "GREEN": 1, "BLUE": 42}, basetype="i2")
        file.create_dataset("enum", data=np.array([0, 1, 42], "i2"), dtype=colours)
        kind = np.dtype([("id", "<i4"), ("at", ">f8", (3,)), ("name", "S4"), ("ok", "?"), ("z", "<c16"),
                         ("in", [("a", "<u2"), ("b", ">i8")])])
        rows = np.zeros(4, kind)
        rows["id"], rows["at"], rows["name"], rows["in"]["b"] = range(4), rng.normal(size=(4, 3)), b"abcd", 7
        file["compound"] = rows
        file["aligned"] = np.zeros(3, np.dtype([("a", "i1"), ("b", "f8")], align=True))
        file.create_dataset("sub", (2,), np.dtype(("<i4", (2, 3))))[...] = np.arange(12).reshape(2, 2, 3)
        file.create_dataset("sub3", (2,), np.dtype(("<i2", (2, 3, 4))))[...] = np.arange(48).reshape(2, 2, 3, 4)
        file.create_dataset("sub_chunked", (5,), np.dtype((">i2", (2,))), chunks=(2,))[...] = np.arange(10).reshape(5, 2)
        file["reference"] = np.array([file["bool"].ref], h5py.ref_dtype)
        file.create_dataset("ragged", (2,), h5py.vlen_dtype("i4"))[...] = np.array([[1, 2], [3]], object)
        file["opaque"] = np.array([b"ab", b"cd"], "V2")
        file.create_dataset("refused/scaleoffset", data=np.arange(100), chunks=(10,), scaleoffset=0)
        layout = h5py.VirtualLayout((3,), "f8")
        layout[:] = h5py.VirtualSource("elsewhere.h5", "x", (3,))
        file.create_virtual_dataset("refused/virtual", layout)
        file["refused/region"] = np.array([file["bool"].regionref[0:1]], h5py.regionref_dtype)
        file["refused/long"] = np.arange(3, dtype="g")
        file["type"] = np.dtype("f8")
        file.create_dataset("refused/committed", data=np.arange(3.0), dtype=file["type"])
        padded = h5py.h5t.C_S1.copy()
        padded.set_size(6)
        padded.set_strpad(h5py.h5t.STR_SPACEPAD)
        space = h5py.h5s.create_simple((2,))
        h5py.h5d.create(file.id, b"blanks", padded, space).write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b"ab", b"c d"], "S6"))
        file["links/hard"] = file["little/f8"]
        file["links/soft"] = h5py.SoftLink("/big/i4")
        file["links/broken"] = h5py.SoftLink("/nowhere")
        file["links/external"] = h5py.ExternalLink("hdf5_chunks.h5", "/gzip")
        file["links/loop"] = h5py.SoftLink("/links")
        file["groups/attributes"] = [1]
        group = file["groups"]
        group.attrs["text"], group.attrs["number"], group.attrs["real"] = "grüße", 7, 0.5
        group.attrs["array"], group.attrs["flag"], group.attrs["unsigned"] = [1, 2, 3], True, np.uint64(2**63 - 1)
        group.attrs["grid"] = np.arange(4).reshape(2, 2)
        group.attrs["texts"] = ["a", "b"]
        file["groups/attributes"].attrs["unit"] = "mV"
        file.create_group("nothing").attrs["here"] = "yes"
        file["name with. dots/ü"] = [1.0]
        file.attrs["title"] = "all types"


def hdf5_chunks(path):
    rng = np.random.default_rng(SEED + 1)
    values = rng.integers(0, 1000, (157, 43, 11)).astype(">i4")
    with h5py.File(path, "w", userblock_size=1024) as file:
        for name, options in {
            "gzip": {"compression": "gzip"},
            "shuffle": {"compression": "gzip", "shuffle": True},
            "lzf": {"compression": "lzf"},
            "checksum": {"fletcher32": True},
            "plain": {},
        }.items():
            file.create_dataset(name, data=values, chunks=(20, 43, 5), **options)
        file.create_dataset("one", data=values, chunks=values.shape)
        file.create_dataset("growing", data=values[:, 0, 0], maxshape=(None,), chunks=(10,))
        file.create_dataset("both", data=values[:, :, 0], maxshape=(None, None), chunks=(10, 10))
        file.create_dataset("fill", (30, 30), "f4", fillvalue=-3.5, chunks=(8, 8))[3:5, 20:] = 1
        file.create_dataset("unwritten", (30, 3), "i2", fillvalue=7)
        file.create_dataset("never", (30, 3), "c16")
        for i in range(300):
            file[f"many/{i:04d}"] = np.full(3, i)


def hdf5_latest(path):
    with h5py.File(path, "w", libver="latest") as file:
        file["a"] = np.arange(10)
        file.create_dataset("chunked", data=np.arange(1000.0).reshape(100, 10), chunks=(7, 7), compression="gzip")
        file.create_dataset("growing", data=np.arange(100), maxshape=(None,), chunks=(10,))
        for i in range(40):
            file[f"dense/{i}"] = i


def netcdf(path):
    with netCDF4.Dataset(path, "w") as file:
        file.createDimension("time", None)
        file.createDimension("lat", 3)
        file.createDimension("lon", 4)
        file.createVariable("lat", "f4", ("lat",))[:] = [10, 20, 30]
        data = file.createVariable("t", "f8", ("time", "lat", "lon"), zlib=True, fill_value=-999.0)
        data[:] = np.arange(24).reshape(2, 3, 4)
        data.units = "K"
        inner = file.createGroup("inner")
        inner.createVariable("x", "i2", ("lat", "lon"))[:] = 5
        file.title = "a test"


def numpy_file(name, values):
    return lambda path: np.save(path, values)


STRUCTURE = np.dtype([("a", ">i4"), ("b", "<f8", (2,)), ("c", [("d", ">u2"), ("e", "S3"), ("f", ">U2")])])


def structures():
    values = np.zeros(5, STRUCTURE)
    values["a"], values["b"], values["c"]["d"], values["c"]["f"] = range(5), 1.5, 258, "äb"
    return values


def npz(path):
    np.savez_compressed(path, a=np.arange(10), **{"group/b": np.ones((2, 3), ">f4"), "scalar": np.float64(3)})


def table():
    rng = np.random.default_rng(SEED + 2)
    count = 5000
    return pa.table({
        "id": pa.array(range(count), pa.int64()),
        "price": pa.array([None if i % 7 == 0 else float(v) for i, v in enumerate(rng.normal(size=count))]),
        "name": pa.array(["n%d" % (i % 50) for i in range(count)]),
        "when": pa.array(np.arange(count) * 1_000_000, pa.timestamp("us")),
        "flag": pa.array([i % 3 == 0 for i in range(count)]),
        "list": pa.array([[i, i + 1] if i % 5 else None for i in range(count)], pa.list_(pa.int32())),
        "small": pa.array(rng.integers(0, 100, count).astype("u1")),
    })


def arrow_file(path, compression=None):
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(path, "wb") as out, pa.ipc.new_file(out, table().schema, options=options) as writer:
        writer.write_table(table(), max_chunksize=1000)


def arrow_stream(path):
    with pa.OSFile(path, "wb") as out, pa.ipc.new_stream(out, table().schema) as writer:
        writer.write_table(table(), max_chunksize=700)


def plain_table():
    return table().select(["id", "price", "name", "flag"])


def json_lines(path):
    with open(path, "w") as out:
        for row in plain_table().to_pylist():
            out.write(json.dumps(row) + "\n")


FILES = {
    "hdf5_chunks.h5": hdf5_chunks,
    "hdf5_types.h5": hdf5_types,
    "hdf5_latest.h5": hdf5_latest,
    "netcdf.nc": netcdf,
    "plain.npy": numpy_file("plain", np.arange(1_000_000.0).reshape(1000, 1000)),
    "fortran.npy": numpy_file("fortran", np.asfortranarray(np.arange(24, dtype=">i4").reshape(2, 3, 4))),
    "bigtext.npy": numpy_file("bigtext", np.array(["ä", "bcd"], ">U4")),
    "complex.npy": numpy_file("complex", np.array([1 + 2j, 3 - 4j], ">c16")),
    "times.npy": numpy_file("times", np.array(["2020-01-01", "NaT"], ">M8[s]")),
    "scalar.npy": numpy_file("scalar", np.float32(2.5)),
    "none.npy": numpy_file("none", np.zeros((0, 4))),
    "structures.npy": lambda path: np.save(path, structures()),
    "several.npz": npz,
    "file.arrow": arrow_file,
    "stream.arrows": arrow_stream,
    "lz4.feather": lambda path: pa.feather.write_feather(table(), path, compression="lz4"),
    "zstd.arrow": lambda path: arrow_file(path, "zstd"),
    "table.parquet": lambda path: pa.parquet.write_table(table(), path, row_group_size=1500),
    "text.csv": lambda path: pa.csv.write_csv(plain_table(), path),
    "lines.jsonl": json_lines,
}


def same_array(found, wanted):
    wanted = np.asarray(wanted)
    if wanted.dtype.kind == "O":
        wanted = np.array([value.decode() if isinstance(value, bytes) else str(value) for value in wanted.ravel()],
                          "U").reshape(wanted.shape)
        if found.dtype.kind != "U":
            return f"is {found.dtype}, not texts"
    elif found.dtype != wanted.dtype.newbyteorder("<"):
        return f"is {found.dtype}, not {wanted.dtype}"
    if found.shape != wanted.shape:
        return f"has shape {found.shape}, not {wanted.shape}"
    if found.dtype.names or found.dtype.kind in "SUO":
        return None if (found == wanted.astype(found.dtype)).all() else "has other values"
    kind = wanted.astype(wanted.dtype.newbyteorder("<"))
    return None if kind.tobytes() == np.ascontiguousarray(found).tobytes() else "has other values"


def compare_hdf5(dataset, path, not_there):
    count = 0
    with h5py.File(path) as file:
        pending = [("", file)]
        while pending:
            name, node = pending.pop()
            for key in node:
                inner = f"{name}/{key}".strip("/")
                if any(inner == gone or inner.startswith(gone + "/") for gone in not_there):
                    if inner in dataset:
                        yield f"{inner} is there"
                    continue
                child = node[key]
                if isinstance(child, h5py.Datatype):
                    continue
                if isinstance(child, h5py.Group):
                    pending.append((inner, child))
                    continue
                wanted = np.zeros(0, child.dtype) if child.shape is None else child[()]
                if isinstance(wanted, bytes):
                    wanted = np.array(wanted.decode())
                difference = same_array(dataset[inner], wanted)
                if difference:
                    yield f"{inner} {difference}"
                count += 1
    yield count


NOT_THERE = {
    "hdf5_types.h5": ["reference", "ragged", "opaque", "links/broken", "links/loop",
                      "refused/scaleoffset", "refused/virtual", "refused/region", "refused/long", "refused/committed"],
    "hdf5_latest.h5": ["chunked"],
    # Dimensions without a variable, which netCDF writes as arrays.
    "netcdf.nc": ["time", "lon"],
}


def compare_fields(found, wanted, path):
    for field in wanted.dtype.names:
        if wanted.dtype[field].base.names:
            yield from compare_fields(found[field], wanted[field], f"{path}/{field}")
        else:
            difference = same_array(found[field], wanted[field])
            if difference:
                yield f"{path}/{field} {difference}"
    if sorted(found) != sorted(wanted.dtype.names):
        yield f"{path} has {sorted(found)}"


def compare_split(pool, name, path, directory):
    file = os.path.join(directory, name)
    wanted = np.load(file) if name.endswith(".npy") else h5py.File(file)[path][()]
    return "; ".join(compare_fields(pool[name][path], wanted, path)) or "equal"


def compare(pool, name, directory):
    path = os.path.join(directory, name)
    dataset = pool[name]
    stem = name.split(".")[0]
    differences, count = [], 1
    if name.endswith((".h5", ".nc")):
        *differences, count = compare_hdf5(dataset, path, NOT_THERE.get(name, []))
    elif name.endswith(".npy"):
        differences = [same_array(dataset[stem], np.load(path))]
    elif name.endswith(".npz"):
        with np.load(path) as arrays:
            differences = [same_array(dataset[key], arrays[key]) for key in arrays]
            count = len(arrays)
    else:
        found, wanted = dataset[stem], plain_table() if name.endswith((".csv", ".jsonl")) else table()
        differences = [None if found.equals(wanted) else f"is {found.schema}: {found.slice(0, 3).to_pylist()}"]
    if name == "hdf5_types.h5":
        wanted = {"text": "grüße", "number": 7, "real": 0.5, "array": [1, 2, 3], "flag": True,
                  "unsigned": 2**63 - 1, "grid": [[0, 1], [2, 3]], "texts": ["a", "b"]}
        if dict(dataset["groups"].attrs) != wanted:
            differences.append(f"attributes of a group are {dict(dataset['groups'].attrs)}")
        if dataset.attributes("groups/attributes") != {"unit": "mV"}:
            differences.append(f"attributes of an array are {dataset.attributes('groups/attributes')}")
        if dict(dataset["nothing"].attrs) != {"here": "yes"} or dataset.attrs["title"] != "all types":
            differences.append("attributes of an empty group or of the file are others")
        if dataset.attributes("enum")["enum"] != {"RED": 0, "GREEN": 1, "BLUE": 42}:
            differences.append("names of an enumeration are others")
    if name == "netcdf.nc" and dataset.attributes("t")["units"] != "K":
        differences.append("attributes of a variable are others")
    differences = [difference for difference in differences if difference]
    return "; ".join(differences) or f"equal {count}"


READERS = {
    "arrow": lambda path: pa.ipc.open_file(path).read_all(),
    "feather": pa.feather.read_table,
    "arrows": lambda path: pa.ipc.open_stream(path).read_all(),
    "parquet": pa.parquet.read_table,
    "csv": pa.csv.read_csv,
    "json": pa.json.read_json,
}


def same_file(path, wanted):
    """Whether what was exported is what the file has that was loaded."""
    suffix = path.rsplit(".", 1)[1]
    if suffix == "npz":
        with np.load(path) as found, np.load(wanted) as arrays:
            return "equal" if set(found) == set(arrays) and not any(
                same_array(found[key], arrays[key]) for key in arrays) else "other arrays"
    if suffix == "npy":
        found, array = np.load(path), np.load(wanted)
        if found.flags.f_contiguous != array.flags.f_contiguous:
            return "another order"
        return same_array(found, array) or "equal"
    found, rows = READERS[suffix](path), plain_table() if suffix in ("csv", "json") else table()
    return "equal" if found.equals(rows) else f"is {found.schema}: {found.slice(0, 3).to_pylist()}"


def main(directory, name):
    print("open", flush=True)
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "write":
            for file, write in FILES.items():
                write(os.path.join(directory, file))
            print(" ".join(FILES), flush=True)
        elif command == "same":
            print(same_file(os.path.join(directory, arguments[0]), *arguments[1:]), flush=True)
        elif command == "split":
            with shm.open(name) as pool:
                print(compare_split(pool, *arguments, directory), flush=True)
        elif command == "export":
            with shm.open(name) as pool:
                shm.export(pool, arguments[0], os.path.join(directory, arguments[1]))
            print("exported", flush=True)
        else:
            with shm.open(name) as pool:
                print(compare(pool, arguments[0], directory), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
