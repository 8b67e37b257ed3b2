"""Names of datasets and their files, and manifests, right and wrong. Numbers: sections of FORMAT.md."""

import json

from flat_pool import DEAD_PROCESS, file_name

CREATOR = {"participant": 5, "processId": DEAD_PROCESS + 5, "incarnation": "0000000000001005"}


def names():
    right = [
        "a",
        "run-42/camera_1.left",
        "run 7/größe",
        "Größe/日本語/\U0001f600",
        ".hidden/.b",
        "a.b/..c/...",
        "1+1=100%",
        "~tilde*?\"'\\",
        " ",
        "a/ ",
        "e\u0301",
        "\u00e9",
        "\u202e\ufeff\ue000\uffff",
        "/".join("p" * 16),
        "x" * 250,
        "\u65e5" * 27 + "x" * 7,
        "." + "x" * 247,
    ]
    refused = {
        "": "no part",
        "/": "empty parts",
        "a/": "an empty part",
        "/a": "an empty part",
        "a//b": "an empty part",
        ".": "'.' is no part",
        "..": "'..' is no part",
        "a/..": "'..' is no part",
        "./a": "'.' is no part",
        "a\nb": "a control character",
        "\u0000": "a control character",
        "a\u007f": "a control character",
        "a\u0085": "a control character",
        "/".join("p" * 17): "17 parts",
        "x" * 251: "a file name of 251 bytes",
        "\u65e5" * 28: "a file name of 252 bytes",
        "." + "x" * 248: "a file name of 251 bytes",
    }
    # Not written as 10.2 says it.
    strangers = [
        ".json",
        "a",
        "a.JSON",
        "a%.json",
        "a%2.json",
        "%41.json",
        "%2f.json",
        "%2F.json",
        "a%c3%bc.json",
        "%C3.json",
        "%ED%A0%80.json",
        "%0A.json",
        "%00.json",
        "a b.json",
        "a++b.json",
        "+a.json",
        "a+.json",
        "\u00fc.json",
        "lock",
        "%2E.json",
        "%2E%2E.json",
        "a+..json",
        "%C0%AF.json",
    ]
    # Being written.
    aside = [".json.json", ".1a2b3c", "..json"]
    long_path = "\u65e5" * 333 + "x"
    return {
        "datasets": [{"name": name, "file": file_name(name)} for name in right],
        "refused": [{"name": name, "what": what} for name, what in refused.items()],
        "strangers": strangers,
        "aside": aside,
        "paths": {"right": ["a", "x" * 1000, long_path], "refused": ["", "a//b", "..", "a\t", "x" * 1001, long_path + "y", "/".join("p" * 17)]},
    }


def tagged(value):
    """A value of an attribute: JSON has one kind of numbers, and manifests have two."""
    if isinstance(value, bool) or isinstance(value, str):
        return value
    if isinstance(value, int):
        return {"whole": str(value)}
    if isinstance(value, float):
        return {"double": repr(value)}
    if isinstance(value, list):
        return [tagged(element) for element in value]
    return {"object": {key: tagged(element) for key, element in value.items()}}


def tagged_attributes(attributes):
    return {key: tagged(value) for key, value in attributes.items()}


def segment(path, slot=0, generation=1, **changed):
    """Of the pool `published`."""
    return {"path": path, "slot": slot, "generation": generation, "length": 264, "description": "<i4 [2]", "attributes": {}, **changed}


def manifest(content=None, **changed):
    content = {"persistent": True, "attributes": {}, "groups": {}, "segments": [segment("x")], **(content or {})}
    return {"formatVersion": 2, "id": 1, "revision": 1, "publishedAtMs": 1, "creator": CREATOR, "content": content, **changed}


def reading(document):
    content = document["content"]
    return {
        **document,
        "content": {
            "persistent": content["persistent"],
            "attributes": tagged_attributes(content["attributes"]),
            "groups": {path: tagged_attributes(attributes) for path, attributes in content["groups"].items()},
            "segments": [{**each, "attributes": tagged_attributes(each["attributes"])} for each in content["segments"]],
        },
    }


def deep(depth):
    value = "end"
    for level in range(depth):
        value = [value] if level % 2 else {"k": value}
    return value


def empty_lists(depth):
    return [empty_lists(depth - 1)] if depth > 1 else []


def right():
    values = {
        "text": "größe \U0001f600 \"\\/\b\n\u2028",
        "yes": True,
        "no": False,
        "largest": (1 << 63) - 1,
        "smallest": -(1 << 63),
        "beyond doubles": (1 << 53) + 1,
        "minus nothing": -0.0,
        "double": 0.1,
        "large": 1.7976931348623157e308,
        "tiny": 5e-324,
        "list": [1, 1.0, "1", [], {}],
        "object": {"a": {"b": [True]}},
        "é\u0301": "a key of any characters",
    }
    yield "nothing in it", manifest({"segments": []}), None
    yield "one segment", manifest(), None
    yield "attributes of every kind", manifest({"attributes": values, "groups": {"g/h": values}, "segments": [segment("x", attributes=values)]}), None
    yield "depth 16", manifest({"attributes": {"a": deep(15)}, "groups": {"g": {"a": deep(15)}}, "segments": [segment("x", attributes={"a": deep(15)})]}), None
    yield "16 lists in each other, and nothing in the last", manifest({"attributes": {"a": empty_lists(16)}}), None
    several = [segment("a/b", 1, 2), segment("a/c", 0, 1), segment("größe/日", 2, 3), segment("again", 0, 1)]
    yield "one segment at several paths", manifest({"segments": several, "groups": {"a": {"u": 1}, "empty/group": {}}}), None
    largest = (1 << 53) - 1
    yield "the largest numbers", manifest(id=largest, revision=largest, publishedAtMs=largest), None
    yield "a description of 1,000 characters", manifest({"segments": [segment("x", description="d" * 1000)]}), None
    yield "ends with its creator", manifest({"persistent": False}), None
    yield "escaped surrogates", manifest({"attributes": {"\U0001f600": "\U0001f600"}}), json.dumps(manifest({"attributes": {"\U0001f600": "\U0001f600"}}))
    yield "blanks and another order", manifest(), json.dumps(dict(reversed(manifest().items())), indent=4) + "\n\n"
    text = json.dumps(manifest({"attributes": {"a": 1.0, "b": 100.0}}))
    yield "a fraction or an exponent makes a double", manifest({"attributes": {"a": 1.0, "b": 100.0}}), text.replace("100.0", "1E2")


def refused():
    def of(document):
        return json.dumps(document, ensure_ascii=False)

    def content(**changed):
        return of(manifest(changed))

    def without(document, *keys):
        changed = json.loads(json.dumps(document))
        at = changed
        for key in keys[:-1]:
            at = at[key]
        del at[keys[-1]]
        return of(changed)

    yield "another version", "wrong version", of(manifest(formatVersion=3))
    yield "the version before", "wrong version", of(manifest(formatVersion=1))
    yield "nothing", "corrupt", ""
    yield "a list", "corrupt", "[]"
    yield "null", "corrupt", "null"
    yield "cut", "corrupt", of(manifest())[:-1]
    yield "more behind it", "corrupt", of(manifest()) + "{}"
    for keys in (("id",), ("creator",), ("content",), ("creator", "incarnation"), ("content", "persistent"), ("content", "groups"), ("content", "segments", 0, "description")):
        yield f"without {'.'.join(map(str, keys))}", "corrupt", without(manifest(), *keys)
    yield "more fields", "corrupt", of(manifest(more=1))
    yield "more fields of a segment", "corrupt", content(segments=[segment("x", more=1)])
    yield "a field twice", "corrupt", of(manifest()).replace('"id": 1,', '"id": 1, "id": 1,')
    yield "an attribute twice", "corrupt", content(attributes={"a": 1}).replace('{"a": 1}', '{"a": 1, "a": 1}')
    yield "a null", "corrupt", of(manifest(creator=None))
    yield "a null attribute", "corrupt", content(attributes={"a": None})
    yield "a null in a list", "corrupt", content(attributes={"a": [None]})
    yield "an attribute without a name", "corrupt", content(attributes={"": 1})
    yield "attributes deeper than 16", "corrupt", content(attributes={"a": deep(16)})
    yield "attributes of a segment deeper than 16", "corrupt", content(segments=[segment("x", attributes={"a": deep(16)})])
    yield "17 lists in each other", "corrupt", content(attributes={"a": empty_lists(17)})
    yield "a number beyond 64 bits", "corrupt", content(attributes={"a": 1 << 63})
    yield "a double that is not finite", "corrupt", content(attributes={"a": 0.5}).replace("0.5", "1e999")
    yield "NaN", "corrupt", content(attributes={"a": 0.5}).replace("0.5", "NaN")
    for field, value in (("id", 0), ("id", 1 << 53), ("id", 1.0), ("id", "1"), ("id", True), ("revision", 0), ("publishedAtMs", -1), ("publishedAtMs", 1 << 53)):
        yield f"{field}: {json.dumps(value)}", "corrupt", of(manifest(**{field: value}))
    for field, value in (("participant", -1), ("participant", 128), ("processId", -1), ("incarnation", 5), ("incarnation", "1005"), ("incarnation", "000000000000100A")):
        yield f"{field}: {json.dumps(value)}", "corrupt", of(manifest(creator={**CREATOR, field: value}))
    for field, value in (("slot", -1), ("slot", 8), ("generation", 0), ("length", -1), ("length", 1 << 53), ("description", "d" * 1001), ("path", ""), ("path", "a//b"), ("path", "..")):
        yield f"{field} of a segment: {json.dumps(value)[:20]}", "corrupt", content(segments=[{**segment("x"), field: value}])
    yield "a path twice", "corrupt", content(segments=[segment("x"), segment("x", 1, 2)])
    yield "a segment that is a group", "corrupt", content(groups={"x": {}})
    yield "a segment in a segment", "corrupt", content(segments=[segment("x"), segment("x/y", 1, 2)])
    yield "a group in a segment", "corrupt", content(groups={"x/y": {}})
    yield "two generations of a slot", "corrupt", content(segments=[segment("x"), segment("y", 0, 2)])
    yield "persistent: \"true\"", "corrupt", content(persistent="true")
    yield "a comment", "corrupt", of(manifest()).replace("{", "{ /* */", 1)
    yield "single quotes", "corrupt", of(manifest()).replace('"', "'")


def manifests():
    cases = []
    for what, document, text in right():
        cases.append({"what": what, "text": text or json.dumps(document, ensure_ascii=False), "reading": reading(document)})
    for what, error, text in refused():
        cases.append({"what": what, "text": text, "errors": [error]})
    latin = json.dumps(manifest({"attributes": {"a": "ü"}}), ensure_ascii=False).encode("latin-1")
    cases.append({"what": "ISO 8859-1", "hex": latin.hex(), "errors": ["corrupt"]})
    surrogate = json.dumps(manifest(), ensure_ascii=False).encode().replace(b"<i4", b"\xed\xa0\x80")
    cases.append({"what": "a surrogate in UTF-8", "hex": surrogate.hex(), "errors": ["corrupt"]})
    return cases
