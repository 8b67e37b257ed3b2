"""As much of FlatBuffers as it takes to write the message of a tensor: pyarrow has no way to give one custom metadata."""

import struct


class Builder:
    """Builds from the end to the start. Positions are distances from the end, since only these are known."""

    def __init__(self):
        self.bytes = b""

    def _align(self, alignment, after=0):
        """So that what is put in front, of `after` bytes, and with it all that follows, is aligned."""
        self.bytes = bytes(-(len(self.bytes) + after) % alignment) + self.bytes

    def _put(self, layout, *values):
        data = struct.pack("<" + layout, *values)
        self.bytes = data + self.bytes
        return len(self.bytes)

    def _put_reference(self, target):
        self._align(4)
        return self._put("I", len(self.bytes) + 4 - target)

    def string(self, text):
        data = text.encode() + b"\0"
        self._align(4, len(data))
        self.bytes = data + self.bytes
        return self._put("I", len(data) - 1)

    def references(self, targets):
        self._align(4)
        for target in reversed(targets):
            self._put_reference(target)
        return self._put("I", len(targets))

    def longs(self, values):
        self._align(8)
        self._put(f"{len(values)}q", *values)
        return self._put("I", len(values))

    def table(self, fields):
        """Fields by number, each (layout, values) or, with layout "ref", a position."""
        end = len(self.bytes)
        positions = {}
        for number, (layout, *values) in fields.items():
            if layout == "ref":
                positions[number] = self._put_reference(*values)
            else:
                size = struct.calcsize("<" + layout)
                self._align(8 if "q" in layout else size)
                positions[number] = self._put(layout, *values)
        self._align(4)
        count = max(fields, default=-1) + 1
        table = self._put("i", 4 + 2 * count)
        self._put(f"{2 + count}H", 4 + 2 * count, table - end, *(table - positions[n] if n in positions else 0 for n in range(count)))
        return table

    def finish(self, root):
        self._align(8, 4)
        self._put_reference(root)
        return self.bytes


VERSION_4, VERSION_5 = 3, 4
TENSOR = 4
INT, FLOATING_POINT = 2, 3


def tensor_metadata(dtype, shape, strides, data_bytes, body_bytes, names=None, metadata=None, version=VERSION_5):
    """
    The Message of a tensor.

    dtype: of NumPy; bool stands there as unsigned integer of 8 bits
    strides: None to leave them out
    metadata: key and value of each entry, or None
    """
    builder = Builder()
    dimensions = [builder.string(name) for name in (names or [""] * len(shape))]
    dimensions = [
        builder.table({0: ("q", length), 1: ("ref", name)}) for length, name in zip(shape, dimensions)
    ]
    dimensions = builder.references(dimensions)
    if dtype.kind == "f":
        type_type, type_table = FLOATING_POINT, builder.table({0: ("h", {2: 0, 4: 1, 8: 2}[dtype.itemsize])})
    else:
        type_type, type_table = INT, builder.table({0: ("i", 8 * dtype.itemsize), 1: ("?", dtype.kind == "i")})
    fields = {0: ("B", type_type), 1: ("ref", type_table), 2: ("ref", dimensions), 4: ("qq", 0, data_bytes)}
    if strides is not None:
        fields[3] = ("ref", builder.longs(strides))
    tensor = builder.table(fields)
    message = {0: ("h", version), 1: ("B", TENSOR), 2: ("ref", tensor), 3: ("q", body_bytes)}
    if metadata is not None:
        entries = [(builder.string(key), builder.string(value)) for key, value in metadata]
        entries = [builder.table({0: ("ref", key), 1: ("ref", value)}) for key, value in entries]
        message[4] = ("ref", builder.references(entries))
    return builder.finish(builder.table(message))
