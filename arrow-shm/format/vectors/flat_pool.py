"""The files of a pool, as FORMAT.md lays them out, with the records in a plain file (3.1). Numbers: sections of FORMAT.md."""

import json
import struct

PARTICIPANTS = 128  # 6.1
IN_WORD = 24  # 3.2
EPOCHS = 2048
CHANNELS = 4096
STATES = ["unbacked", "free", "building", "sealed", "mutable", "orphan"]
NOT_JOINED, CLOSED_TO_RECEIVERS = 0, 4095  # 7.2

# Nobody's: process ids of Linux are below 2^22.
DEAD_PROCESS = 1 << 22
# For the boot id of the machine on which the pool is unpacked.
BOOT_ID = "{bootId}"

_CRC32C = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _CRC32C.append(_byte)


def crc32c(data):
    checksum = 0xFFFFFFFF
    for byte in data:
        checksum = _CRC32C[(checksum ^ byte) & 255] ^ checksum >> 8
    return checksum ^ 0xFFFFFFFF


def block_bytes(size_class):  # 8.2
    return (4 + size_class % 4) << (6 + size_class // 4)


def size_class_of(length):
    """The smallest class whose blocks have room."""
    return next(c for c in range(216) if block_bytes(c) >= length)


def place(slab, size_class, block):  # 8.1
    return slab << 24 | size_class << 16 | block


def word(state, holders=(), lent=False, named=False, in_flight=0, epoch=0, further=0):  # 3.2
    bits = STATES.index(state) << 61 | further << 49 | epoch << 38 | in_flight << 26 | named << 25 | lent << 24
    for holder in holders:
        bits |= 1 << holder
    return bits


def fields(bits):
    """The fields of a word (3.2), as they stand in the JSON of the vectors."""
    return {
        "state": STATES[bits >> 61],
        "holders": [p for p in range(IN_WORD) if bits >> p & 1],
        "lent": bool(bits >> 24 & 1),
        "named": bool(bits >> 25 & 1),
        "inFlight": bits >> 26 & 4095,
        "epoch": bits >> 38 & 2047,
        "further": bits >> 49 & 4095,
    }


def word_of(known):
    return word(
        known["state"],
        known["holders"],
        known["lent"],
        known["named"],
        known["inFlight"],
        known["epoch"],
        known["further"],
    )


class FlatPool:
    """A pool whose slots have blocks of one page, all in slab 1, until something else is said."""

    SIZE_CLASS = 16
    BLOCK_BYTES = block_bytes(SIZE_CLASS)

    def __init__(self, pool_id, slots=8, size_bytes=1 << 20, checksums=False):
        self.slots = slots
        self.description = {  # 2
            "formatVersion": 2,
            "poolId": pool_id,
            "bootId": BOOT_ID,
            "sizeBytes": size_bytes,
            "slots": slots,
            "checksums": checksums,
        }
        offsets = b"".join(struct.pack("<q", 64 * slot) for slot in range(slots))
        self.files = {  # 1.2
            "registry.cm3": bytearray(64 * slots),
            "records": bytearray(offsets + struct.pack("<q", crc32c(offsets))),
            "generations": bytearray(8 * slots),
            "hints": bytearray(8 * (-(-slots // 64))),
            "leases": bytearray(8),
            "participants": bytearray(256 * PARTICIPANTS),
            "epochs": bytearray(256 * EPOCHS),
            "channels": bytearray(192 * CHANNELS),
            "slabs/table": bytearray(64 + 8 * slots),
            "names/lock": bytearray(64),
        }
        self.names = {}  # Of datasets, with their manifests.
        self.incarnations = {}

    def put(self, file, offset, layout, *values):
        struct.pack_into(layout, self.files[file], offset, *values)

    def get(self, file, offset, layout="<Q"):
        return struct.unpack_from(layout, self.files[file], offset)[0]

    # 3, 4

    def set_word(self, slot, bits):
        self.put("registry.cm3", 64 * slot, "<Q", bits)

    def word(self, slot):
        return self.get("registry.cm3", 64 * slot)

    def set_record(self, slot, length=0, lent_generation=0, creator=None, process_id=0, names=0, checksum=0):
        creator_plus_1 = 0 if creator is None else creator + 1
        self.put("registry.cm3", 64 * slot + 8, "<qqiiqq", length, lent_generation, creator_plus_1, process_id, names, checksum)

    def set_names(self, slot, names):
        self.put("registry.cm3", 64 * slot + 32, "<q", names)

    def add_further_holder(self, slot, participant):  # 3.9
        bit = participant - IN_WORD
        offset = 64 * slot + 48 + 8 * (bit // 64)
        self.put("registry.cm3", offset, "<Q", self.get("registry.cm3", offset) | 1 << bit % 64)

    def further_holders(self, slot):
        bits = self.get("registry.cm3", 64 * slot + 48) | self.get("registry.cm3", 64 * slot + 56) << 64
        return [IN_WORD + b for b in range(PARTICIPANTS - IN_WORD) if bits >> b & 1]

    def set_generation(self, slot, generation):
        self.put("generations", 8 * slot, "<q", generation)

    def generation(self, slot):
        return self.get("generations", 8 * slot)

    # 8

    def set_place(self, slot, slab, size_class, block):
        self.put("slabs/table", 64 + 8 * slot, "<Q", place(slab, size_class, block))
        self.put("slabs/table", 0, "<q", max(slot + 1, self.get("slabs/table", 0)))
        self.put("slabs/table", 8, "<q", max(slab, self.get("slabs/table", 8)))

    def place(self, slot):
        return self.get("slabs/table", 64 + 8 * slot)

    def add_slab(self, number=1, blocks=None):
        """Gives all slots a place in it, unless it is said how many blocks its file has."""
        if blocks is None:
            blocks = self.slots
            for slot in range(blocks):
                self.set_place(slot, number, self.SIZE_CLASS, slot)
        self.files[f"slabs/{number}"] = bytearray(blocks * self.BLOCK_BYTES)

    def write(self, slot, data):
        """A segment's bytes into its block."""
        at = self.place(slot)
        offset = (at & 0xFFFF) * block_bytes(at >> 16 & 255)
        self.files[f"slabs/{at >> 24}"][offset : offset + len(data)] = data

    # 6, 7

    def add_participant(self, participant, process_id=None, incarnation=None, command=b"vectors"):
        process_id = DEAD_PROCESS + participant if process_id is None else process_id
        incarnation = 0x1000 + participant if incarnation is None else incarnation
        self.incarnations[participant] = incarnation
        self.put("participants", 256 * participant, "<qqQq", process_id, 1_700_000_000_000, incarnation, len(command))
        self.files["participants"][256 * participant + 32 : 256 * participant + 32 + len(command)] = command

    def add_epoch(self, epoch, name=b"attempt"):
        self.put("epochs", 256 * epoch, "<qq", 1, len(name))
        self.files["epochs"][256 * epoch + 16 : 256 * epoch + 16 + len(name)] = name

    def add_channel(self, channel, sender, receiver=NOT_JOINED, nonce=0x123456789ABCDEF1, sent=0, received=0):
        self.put("channels", 192 * channel, "<QQQ", sender, nonce, nonce & ~4095 | receiver)
        self.put("channels", 192 * channel + 64, "<q", sent)
        self.put("channels", 192 * channel + 128, "<q", received)

    def participants(self):
        return [p for p in range(PARTICIPANTS) if self.get("participants", 256 * p)]

    def epochs(self):
        return [e for e in range(EPOCHS) if self.get("epochs", 256 * e)]

    def channels(self):
        """Sender and receiver of those that are in use."""
        return {
            c: (self.get("channels", 192 * c), self.get("channels", 192 * c + 16) & 4095)
            for c in range(CHANNELS)
            if self.get("channels", 192 * c)
        }

    # 10

    def request_repair(self, requested=1, done=0):
        self.put("names/lock", 0, "<qq", requested, done)

    def repair_is_due(self):
        return self.get("names/lock", 0) != self.get("names/lock", 8)

    def segment_entry(self, path, slot, length, description="", attributes=None):  # 10.3
        return {
            "path": path,
            "slot": slot,
            "generation": self.generation(slot),
            "length": length,
            "description": description,
            "attributes": attributes or {},
        }

    def manifest(self, creator, segments, persistent=True, id=77, revision=1, attributes=None, groups=None):  # 10.3
        return {
            "formatVersion": 2,
            "id": id,
            "revision": revision,
            "publishedAtMs": 1_700_000_000_123,
            "creator": {
                "participant": creator,
                "processId": DEAD_PROCESS + creator,
                "incarnation": f"{self.incarnations.get(creator, 0xABC):016x}",
            },
            "content": {
                "persistent": persistent,
                "attributes": attributes or {},
                "groups": groups or {},
                "segments": segments,
            },
        }

    def publish(self, name, manifest):
        """Only the file: words and counts are said apart, so that they can be wrong."""
        self.names[name] = manifest
        self.files[f"names/{file_name(name)}"] = json.dumps(manifest, ensure_ascii=False).encode()

    def contents(self):
        """All files by path, and pool.json with them."""
        return {"pool.json": json.dumps(self.description).encode(), **{path: bytes(data) for path, data in self.files.items()}}


def file_name(dataset):  # 10.2
    encoded = ""
    for position, byte in enumerate(dataset.encode()):
        character = chr(byte)
        plain = character.isascii() and (character.isalnum() or character in "._-")
        if character == "/":
            encoded += "+"
        elif plain and not (character == "." and position == 0):
            encoded += character
        else:
            encoded += f"%{byte:02X}"
    return encoded + ".json"
