"""Numbers that are computed in every language: size classes, places, words, references. Numbers: sections of FORMAT.md."""

import struct

from flat_pool import block_bytes, fields, place, size_class_of, word
from values import number

REFERENCE = ">QIQQQH"  # 12.2


def tables():
    return {
        "sizeClasses": [number(block_bytes(size_class)) for size_class in range(216)],
        "classesOfSizes": [{"bytes": size, "sizeClass": size_class_of(size)} for size in sizes()],
        "places": [
            {"place": f"{place(slab, size_class, block):016x}", "slab": slab, "sizeClass": size_class, "block": block}
            for slab, size_class, block in ((1, 0, 0), (1, 215, 0), (2, 16, 65_535), ((1 << 40) - 1, 255, 65_535), (1 << 39, 0, 1))
        ],
        "words": [{"word": f"{bits:016x}", **fields(bits)} for bits in words()],
        "references": [
            {"bytes": struct.pack(REFERENCE, *values).hex(), **reference(*values)}
            for values in (
                (0x0123456789ABCDEF, 0, 1, 0, 264, 1),
                (0xFEDCBA9876543210, (1 << 24) - 1, (1 << 63) - 1, 0, (1 << 63) - 1, 2047),
                (0, 1, (1 << 32) + 2, 0, 1 << 32, 256),
            )
        ],
    }


def reference(pool_id, slot, generation, offset, length, epoch):
    return {
        "poolId": f"{pool_id:016x}",
        "slot": slot,
        "generation": number(generation),
        "offset": offset,
        "length": number(length),
        "epoch": epoch,
    }


def sizes():
    found = {0, 1, 64}
    for size_class in range(0, 200, 7):
        found |= {block_bytes(size_class) + more for more in (-1, 0, 1)}
    return sorted(size for size in found if size < 1 << 53)


def words():
    yield word("unbacked")
    yield word("free")
    for bit in range(61):
        yield word("sealed") | 1 << bit
    yield word("orphan", range(24), True, True, 4095, 2047, 4095)
    yield word("mutable", [0, 23], False, True, 1, 2, 2 + 128)
    yield word("building", further=1)
