"""Lays the format's test vectors down as what the fuzzer begins with: `python3 seeds.py`, in this folder."""

import itertools
import json
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
VECTORS = HERE.parent.parent / "format" / "vectors"
REQUEST = '{"formatVersion": 2, "dataset": "d", "segments": [{"path": "s", "file": "f.npy"}]}'
ANSWER = '{"formatVersion": 2, "done": true, "dataset": "d", "id": 1, "revision": 1, "files": ["f.npy"]}'


def seed(target: str, inputs) -> None:
    folder = HERE / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(inputs):
        (folder / f"vector-{number}").write_bytes(content)


def files(archive: str):
    with zipfile.ZipFile(VECTORS / archive) as opened:
        yield from (opened.read(name) for name in opened.namelist())


def manifests():
    for manifest in json.loads((VECTORS / "manifests.json").read_text()):
        yield bytes.fromhex(manifest["hex"]) if "hex" in manifest else manifest["text"].encode("utf-8", "surrogatepass")


def changes():
    """One word of each file, as all ones, and as a small number."""
    for file, word, value in itertools.product(range(16), range(4), (1, (1 << 64) - 1)):
        yield bytes([file, word, 0]) + value.to_bytes(8, "little")


seed("content", itertools.chain(files("arrays.zip"), files("arrow-files.zip")))
seed("manifest", manifests())
seed("request", (text.encode() for text in (REQUEST, ANSWER)))
seed("pool", changes())
