"""Makes the test vectors: make.py [DIRECTORY]. Needs NumPy and pyarrow, of the versions that `README.md` names."""

import json
import pathlib
import sys
import zipfile

import make_arrays
import make_arrow_files
import make_names
import make_pools
import make_tables

# Nothing of when and where it was made.
DATE = (1980, 1, 1, 0, 0, 0)


def archive(path, files):
    with zipfile.ZipFile(path, "w") as out:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, DATE)
            entry.external_attr = 0o600 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, data, compresslevel=9)


def document(path, value):
    path.write_text(lines(value, 0) + "\n", encoding="utf-8")


def lines(value, depth):
    """JSON with a line for each element of a list, or field of an object, that has objects in it."""
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if len(flat) <= 120 or not has_objects(value):
        return flat
    indent = "  " * depth
    if isinstance(value, list):
        inside = [lines(element, depth + 1) for element in value]
        return "[\n" + ",\n".join(f"{indent}  {element}" for element in inside) + f"\n{indent}]"
    inside = [f"{json.dumps(key, ensure_ascii=False)}: {lines(element, depth + 1)}" for key, element in value.items()]
    return "{\n" + ",\n".join(f"{indent}  {field}" for field in inside) + f"\n{indent}}}"


def has_objects(value):
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return any((isinstance(element, dict) and element) or has_objects(element) for element in inside)


def main(directory):
    cases = list(make_pools.all_cases())
    archive(directory / "pools.zip", {f"{case.name}/{path}": data for case in cases for path, data in case.pool.contents().items()})
    document(directory / "pools.json", [case.json() for case in cases])
    document(directory / "refused-pools.json", make_pools.refused_json())
    for name, made in (("arrays", make_arrays.Arrays()), ("arrow-files", make_arrow_files.ArrowFiles())):
        made.add_all()
        archive(directory / f"{name}.zip", made.files)
        document(directory / f"{name}.json", made.cases)
    document(directory / "names.json", make_names.names())
    document(directory / "manifests.json", make_names.manifests())
    document(directory / "tables.json", make_tables.tables())


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent)
