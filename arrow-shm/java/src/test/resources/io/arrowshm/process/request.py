"""Publishes an array and a table in a pool that it has not open, by a request, and waits for the answer."""
import json
import os
import sys
import time

import numpy
import pyarrow

incoming = sys.argv[1]


def put(name, write):
    aside = os.path.join(incoming, "." + name)
    with open(aside, "wb") as file:
        write(file)
    os.rename(aside, os.path.join(incoming, name))


put("frames.npy", lambda file: numpy.save(file, numpy.arange(6, dtype="f8").reshape(2, 3)))
table = pyarrow.table({"id": [1, 2, 3], "text": ["a", None, "c"]})
with pyarrow.OSFile(os.path.join(incoming, ".table"), "wb") as sink, pyarrow.ipc.new_file(sink, table.schema) as writer:
    writer.write_table(table)
os.rename(os.path.join(incoming, ".table"), os.path.join(incoming, "table.arrow"))

request = {
    "formatVersion": 2,
    "dataset": "run 1/größe",
    "attributes": {"operator": "eve"},
    "segments": [
        {"path": "camera/frames", "file": "frames.npy", "attributes": {"unit": "mm"}},
        {"path": "camera/again", "file": "frames.npy"},
        {"path": "table", "file": "table.arrow"},
    ],
}
put("one.request", lambda file: file.write(json.dumps(request).encode()))
answer = os.path.join(incoming, "one.answer")
deadline = time.monotonic() + 60
while not os.path.exists(answer) and time.monotonic() < deadline:
    time.sleep(0.01)
answer = json.load(open(answer))
print("done" if answer["done"] else answer["reason"], answer.get("dataset"))
