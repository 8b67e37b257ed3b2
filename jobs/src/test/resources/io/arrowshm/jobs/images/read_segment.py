"""Reads a dumped segment: read_segment.py SEGMENT IMAGES.gz LABELS.gz ROWS. Fails where it is not as it must be."""

import gzip
import sys

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc

STREAM_START = 8


def idx(path, header_bytes):
    with gzip.open(path) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header_bytes)


def check(how, batches, whole, images, labels, rows):
    assert len(batches) == 1, batches
    batch = batches[0]
    batch.validate(full=True)
    assert batch.schema.names == ["image", "label", "index"], batch.schema
    image, label, index = batch.columns
    assert isinstance(image.type, pa.FixedShapeTensorType), image.type
    assert image.type.value_type == pa.uint8(), image.type
    assert list(image.type.shape) == [28, 28], image.type
    pixels = image.to_numpy_ndarray()
    assert pixels.shape == (rows, 28, 28) and pixels.dtype == np.uint8, (pixels.shape, pixels.dtype)
    assert np.array_equal(pixels, images[: rows * 28 * 28].reshape(rows, 28, 28))
    assert label.type == pa.uint8() and np.array_equal(label.to_numpy(), labels[:rows]), label
    assert index.type == pa.int32() and np.array_equal(index.to_numpy(), np.arange(rows)), index
    addresses = [pixels.ctypes.data, label.to_numpy().ctypes.data, index.to_numpy().ctypes.data]
    inside = [whole.address <= address < whole.address + whole.size for address in addresses]
    assert all(inside), "copied, not in the mapped file"
    assert all(address % 64 == whole.address % 64 for address in addresses), addresses
    print(f"{how}: ok, {image.type}, {rows} rows, in place")


def main(segment, image_file, label_file, rows):
    images, labels, rows = idx(image_file, 16), idx(label_file, 8), int(rows)
    with pa.memory_map(segment) as mapped:
        whole = mapped.read_buffer()
        allocated = pa.total_allocated_bytes()
        file = ipc.open_file(whole)
        read = [file.get_batch(i) for i in range(file.num_record_batches)]
        check("file", read, whole, images, labels, rows)
        check("stream", list(ipc.open_stream(whole[STREAM_START:])), whole, images, labels, rows)
        print(f"bytes allocated by pyarrow: {pa.total_allocated_bytes() - allocated}")


main(*sys.argv[1:])
