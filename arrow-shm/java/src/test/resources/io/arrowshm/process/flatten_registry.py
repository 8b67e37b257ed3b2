"""Lays the records of a pool that nobody has open into a plain file, one behind the other, as another language may.

flatten_registry.py DIRECTORY-OF-THE-POOL
"""
import os
import struct
import sys

TABLE = []
for byte in range(256):
    for _ in range(8):
        byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
    TABLE.append(byte)


def crc32c(data):
    checksum = 0xFFFFFFFF
    for byte in data:
        checksum = TABLE[(checksum ^ byte) & 255] ^ checksum >> 8
    return checksum ^ 0xFFFFFFFF


def replace(name, data):
    with open(os.open("." + name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    os.rename("." + name, name)


os.chdir(sys.argv[1])
with open("registry.cm3", "rb") as file:
    registry = file.read()
with open("records", "rb") as file:
    offsets = [offset for (offset,) in struct.iter_unpack("<q", file.read())][:-1]
replace("registry.cm3", b"".join(registry[offset : offset + 64] for offset in offsets))
flat = b"".join(struct.pack("<q", 64 * slot) for slot in range(len(offsets)))
replace("records", flat + struct.pack("<q", crc32c(flat)))
print(len(offsets), "records")
