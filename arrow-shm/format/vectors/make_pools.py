"""Pools in every state that processes leave, what is read in them, and what a sweep makes of them. Numbers: sections of FORMAT.md."""

import hashlib
import json
import struct

import numpy as np

import make_arrays
from flat_pool import BOOT_ID, CLOSED_TO_RECEIVERS, DEAD_PROCESS, IN_WORD, FlatPool, block_bytes, crc32c, fields, word
from sweep import swept

# Who is killed, with its places and epoch; and who goes on.
KILLED, KILLED_FURTHER, KILLED_EPOCH = 3, 30, 7
OTHER, OTHER_FURTHER, OTHER_EPOCH = 5, 40, 9
# The place that whoever joins gets.
FIRST_FREE = 0


class Case:
    def __init__(self, name, what, slots=8, **options):
        self.name = name
        self.what = what
        self.pool = FlatPool(hashlib.sha256(name.encode()).hexdigest()[:16], slots, **options)
        self.killed = []
        self.killed_epochs = []
        self.others = []
        self.other_epochs = []
        self.labels = {}
        self.runs = []
        self.more = {}

    def kill(self, *participants, epochs=()):
        """These have ended; where the pool is looked at while they still live, they and their epochs hold their locks."""
        for participant in participants:
            self.pool.add_participant(participant)
        for epoch in epochs:
            self.pool.add_epoch(epoch)
        self.killed += participants
        self.killed_epochs += epochs

    def keep(self, *participants, epochs=()):
        """These go on."""
        for participant in participants:
            self.pool.add_participant(participant)
        for epoch in epochs:
            self.pool.add_epoch(epoch)
        self.others += participants
        self.other_epochs += epochs

    def segment(self, slot, state, label="", own=None, holders=(), generation=1, names=0, further_bits=(), mark=0, lent=False, **claims):
        """
        A slot that was allocated.

        own: the participant that holds it, in the word or among the further holders
        mark: what stands in further, if no own hold is there
        """
        pool = self.pool
        if own is not None and own >= IN_WORD:
            further_bits, mark = [own, *further_bits], mark or 1
        elif own is not None:
            holders = [own, *holders]
        pool.set_word(slot, word(state, holders, lent, further=mark, **claims))
        for participant in further_bits:
            pool.add_further_holder(slot, participant)
        data = tensor(slot)
        creator = own if own is not None else OTHER
        pool.set_generation(slot, generation)
        pool.set_record(slot, len(data), generation if lent else 0, creator, DEAD_PROCESS + creator, names)
        pool.write(slot, data)
        if lent:
            pool.put("leases", 0, "<q", 1)
        if label:
            self.labels[slot] = label

    def plain(self, slot, state, label=""):
        self.pool.set_word(slot, word(state))
        if label:
            self.labels[slot] = label

    def entry(self, path, slot):
        return self.pool.segment_entry(path, slot, len(tensor(slot)), "<i4 [2]")

    def run(self, what, living, epochs, leases=()):
        after = state_of(swept(self.pool, living, epochs, leases), self.pool)
        by_participant = state_of(swept(self.pool, living, epochs, leases, FIRST_FREE), self.pool)
        if by_participant["words"] != after["words"]:
            after["wordsAfterJoining"] = by_participant["words"]
        self.runs.append(
            {
                "what": what,
                "locked": {"participants": sorted(living), "epochs": sorted(epochs), "leases": list(leases)},
                "after": after,
            }
        )

    def run_dead(self, leases=()):
        self.run("once those have ended who were killed", self.others, self.other_epochs, leases)

    def run_both(self, leases=()):
        """For states in which somebody may stop for any time without anybody changing anything."""
        living, epochs = self.others + self.killed, self.other_epochs + self.killed_epochs
        self.run("while those who are killed later still live", living, epochs, leases)
        self.run_dead(leases)

    def json(self):
        pool = self.pool
        return {
            "name": self.name,
            "what": self.what,
            "poolId": pool.description["poolId"],
            "sizeBytes": pool.description["sizeBytes"],
            "checksums": pool.description["checksums"],
            "participants": [
                {"participant": p, "processId": pool.get("participants", 256 * p), "incarnation": f"{pool.incarnations[p]:016x}"}
                for p in pool.participants()
            ],
            "epochs": pool.epochs(),
            "channels": channels_of(pool),
            "datasets": [{"name": name, **manifest} for name, manifest in sorted(pool.names.items())],
            "repairIsDue": pool.repair_is_due(),
            "slotCount": pool.slots,
            "slots": [self.slot(slot) for slot in range(pool.slots) if self.is_worth_telling(slot)],
            "violations": [],
            **self.more,
            "runs": self.runs,
        }

    def is_worth_telling(self, slot):
        pool = self.pool
        return slot in self.labels or pool.word(slot) or pool.generation(slot) or pool.further_holders(slot)

    def slot(self, slot):
        pool = self.pool
        bits = pool.word(slot)
        at = pool.place(slot)
        known = fields(bits)
        described = {"slot": slot, "what": self.labels.get(slot, ""), "word": f"{bits:016x}", **known}
        if known["further"] or pool.further_holders(slot):
            described["furtherHolders"] = pool.further_holders(slot)
        described["generation"] = pool.generation(slot)
        if at:
            described |= {"slab": at >> 24, "sizeClass": at >> 16 & 255, "block": at & 0xFFFF}
        if known["state"] not in ("unbacked", "free"):
            record = 64 * slot
            described |= {
                "length": pool.get("registry.cm3", record + 8),
                "lentGeneration": pool.get("registry.cm3", record + 16),
                "creator": pool.get("registry.cm3", record + 24, "<i") - 1,
                "creatorProcessId": pool.get("registry.cm3", record + 28, "<i"),
                "names": pool.get("registry.cm3", record + 32),
            }
        return described


def tensor(slot):
    values = np.array([slot, 100 + slot], "<i4")
    return make_arrays.tensor_of_format(values, [""], {})


def channels_of(pool):
    return [{"channel": c, "sender": sender, "receiver": receiver} for c, (sender, receiver) in pool.channels().items()]


def state_of(pool, before):
    return {
        "words": [f"{pool.word(slot):016x}" for slot in range(pool.slots)],
        "furtherHolders": {str(slot): pool.further_holders(slot) for slot in range(pool.slots) if pool.further_holders(slot)},
        "names": {str(slot): pool.get("registry.cm3", 64 * slot + 32) for slot in range(pool.slots) if fields(pool.word(slot))["named"]},
        "participants": pool.participants(),
        "epochs": pool.epochs(),
        "channels": channels_of(pool),
        "datasets": sorted(pool.names),
        "repairIsDue": pool.repair_is_due(),
        "violations": [],
        "files": {"gone": sorted(before.files.keys() - pool.files.keys()), "new": sorted(pool.files.keys() - before.files.keys())},
    }


def steps(name, killed, what):
    """A slot before and after each step of 3.4 that a participant takes."""
    case = Case(name, what, slots=32)
    pool = case.pool
    pool.add_slab()
    case.kill(killed, epochs=[KILLED_EPOCH])
    case.keep(OTHER, OTHER_FURTHER, epochs=[OTHER_EPOCH])
    slots = iter(range(pool.slots))

    def add(label, state, **known):
        slot = next(slots)
        case.segment(slot, state, label, **known)
        return slot

    case.plain(next(slots), "unbacked", "before back, move and adopt; after unback")
    case.plain(next(slots), "free", "after back; before allocate")
    add("after allocate and adopt; before share, seal, unback and set aside", "building", own=killed)
    add("after share", "mutable", own=killed)
    add("after seal; before send, name and lend", "sealed", own=killed)
    add("after send", "sealed", own=killed, in_flight=1, epoch=KILLED_EPOCH)
    add("before a send that is the last", "sealed", own=killed, in_flight=4094, epoch=KILLED_EPOCH)
    add("after a send that is the last", "sealed", own=killed, in_flight=4095, epoch=KILLED_EPOCH)
    add("before claim", "sealed", in_flight=1, epoch=OTHER_EPOCH)
    add("after claim; before take", "sealed", own=killed, in_flight=1, epoch=OTHER_EPOCH)
    add("after take", "sealed", own=killed)
    add("before a take that is not the last", "sealed", own=killed, in_flight=2, epoch=OTHER_EPOCH)
    add("after a take that is not the last", "sealed", own=killed, in_flight=1, epoch=OTHER_EPOCH)
    named = [
        add("after name", "sealed", own=killed, named=True, names=1),
        add("before open by name", "sealed", named=True, names=1),
        add("after open by name", "sealed", own=killed, named=True, names=1),
        add("mutable, after open by name", "mutable", own=killed, named=True, names=1),
    ]
    add("after lend", "sealed", own=killed, lent=True)
    aside = add("after set aside; before return, but for the lease", "orphan", lent=True)
    add("before release, with another holder", "sealed", own=killed, holders=[OTHER])
    add("after release, with another holder", "sealed", holders=[OTHER])
    add("mutable, before release, with another holder", "mutable", own=killed, holders=[OTHER])
    add("mutable, after release, with another holder", "mutable", holders=[OTHER])
    add("before look", "sealed", own=killed, further_bits=[OTHER_FURTHER], mark=1)
    add("after look, with a further holder", "sealed", holders=[OTHER], further_bits=[OTHER_FURTHER], mark=2 + killed)
    add("after look; before none left", "sealed", holders=[OTHER], mark=2 + killed)
    add("after none left", "sealed", holders=[OTHER])
    everything = add(
        "every claim there is",
        "mutable",
        own=killed,
        holders=[OTHER],
        further_bits=[OTHER_FURTHER],
        mark=1,
        in_flight=2,
        epoch=OTHER_EPOCH,
        named=True,
        names=2,
        lent=True,
    )
    entries = [case.entry(f"group/{slot}", slot) for slot in [*named, everything, everything]]
    entries[-1]["path"] = "again"
    pool.publish("kept", pool.manifest(OTHER, entries))
    case.run_both(leases=[aside, everything])
    return case


def quiet_pools():
    yield Case("fresh", "a pool that was just made")
    case = Case("free", "every slot is free, and no hint says so (5)")
    case.pool.add_slab()
    for slot in range(8):
        case.plain(slot, "free")
        case.pool.set_generation(slot, slot)
    case.more = {"allocates": {"arrays": 8, "uint8": 3000}}
    yield case
    case = Case("hinted", "every slot has a hint, and one is free (5)")
    case.pool.add_slab()
    case.keep(OTHER)
    for slot in range(7):
        case.segment(slot, "sealed", holders=[OTHER])
    case.plain(7, "free")
    case.pool.put("hints", 0, "<Q", 0xFF)
    yield case
    case = Case("left", "a participant was here and has left: its record has no process id (6.5)")
    case.pool.add_participant(KILLED, process_id=0)
    yield case
    case = Case("unbacked-with-memory", "slots were unbacked, and whoever did so was killed before it took their memory (8.6)", size_bytes=8 * 4096)
    case.pool.add_slab()
    for slot in range(8):
        case.pool.set_generation(slot, 1)
    case.more = {"allocates": {"arrays": 1, "uint8": 16_000}}
    yield case
    case = Case("slab-in-slab", "a block is in use, and the places of others are in a slab that was made for them, of larger blocks (8.7)")
    case.pool.add_slab()
    case.keep(OTHER)
    case.segment(0, "sealed", holders=[OTHER])
    case.pool.files["slabs/2"] = bytearray(2 * block_bytes(24))
    for slot in (6, 7):
        case.pool.set_place(slot, 2, 24, slot - 6)
        case.pool.set_generation(slot, 3)
    case.more = {"allocates": {"arrays": 1, "uint8": 16_000}}
    yield case
    yield published()
    yield checksums()


def published():
    case = Case("published", "datasets that are read: by name, with attributes, groups and arrays")
    case.pool.add_slab()
    case.keep(OTHER)
    for slot in range(4):
        case.segment(slot, "sealed", named=True, generation=slot + 1)
    pool = case.pool
    first = [case.entry("camera/frames", 0), case.entry("größe", 1), case.entry("again/frames", 0)]
    first[0]["attributes"] = {"unit": "K", "scale": 0.5, "count": 3, "right": True, "axes": ["x", {"y": [1, 2]}]}
    attributes = {"largest": (1 << 63) - 1, "double": 1e300, "text": "日\U0001f600"}
    pool.publish("run 7/größe", pool.manifest(OTHER, first, attributes=attributes, groups={"camera": {"model": "A"}, "empty": {}}))
    pool.publish(".hidden", pool.manifest(OTHER, [case.entry("x", 2)], id=(1 << 53) - 1, revision=12))
    pool.publish("ends", pool.manifest(OTHER, [case.entry("x", 3), case.entry("y", 1)], persistent=False, id=5))
    pool.publish("nothing", pool.manifest(OTHER, [], id=6))
    for slot, names in enumerate([2, 2, 1, 1]):
        pool.set_names(slot, names)
    case.more = {"arrays": {str(slot): {"dtype": "<i4", "shape": [2], "values": [slot, 100 + slot]} for slot in range(4)}}
    case.run("while its creator lives", [OTHER], [])
    case.run("once its creator has ended", [], [])
    return case


def checksums():
    case = Case("checksums", "sealed segments have checksums; that of one that was shared is not known yet (3.1)", checksums=True)
    case.pool.add_slab()
    case.keep(OTHER)
    for slot in range(3):
        case.segment(slot, "sealed", holders=[OTHER])
        case.pool.put("registry.cm3", 64 * slot + 40, "<q", -1 if slot == 2 else crc32c(tensor(slot)))
    case.run("while their holder lives", [OTHER], [])
    return case


def killed(name, what, participant=KILLED, epochs=(), **options):
    case = Case(name, what, **options)
    case.pool.add_slab()
    case.kill(participant, epochs=epochs)
    return case


def killed_holders():
    case = killed("killed-joining", "a participant was killed before it held anything", KILLED)
    case.run_both()
    yield case
    case = killed("killed-before-its-process-id", "a participant was killed while it joined: its record has no process id yet (6.3)")
    case.pool.put("participants", 256 * KILLED, "<q", 0)
    case.killed = []
    case.run_dead()
    yield case
    case = killed("killed-holding", "a participant was killed that held segments, some of them alone")
    case.keep(OTHER)
    case.segment(0, "sealed", own=KILLED)
    case.segment(1, "sealed", own=KILLED, holders=[OTHER])
    case.segment(2, "mutable", own=KILLED)
    case.segment(3, "mutable", own=KILLED, holders=[OTHER])
    case.segment(4, "building", own=OTHER)
    case.run_both()
    yield case
    case = killed("killed-building", "a participant was killed while it built segments")
    case.segment(0, "building", own=KILLED)
    case.segment(1, "building", "its generation is still that of before (3.6)", own=KILLED, generation=0)
    case.segment(2, "building", "no length, no creator yet", own=KILLED)
    case.pool.set_record(2)
    case.run_both()
    yield case
    case = killed("killed-unbacking", "a participant was killed that had allocated a slot to unback it (8.6), and one that it had unbacked")
    case.segment(0, "building", own=KILLED, generation=4)
    case.plain(1, "unbacked")
    case.pool.set_generation(1, 4)
    case.run_both()
    yield case
    for participant, name in ((KILLED, "in-word"), (KILLED_FURTHER, "further")):
        case = killed(f"killed-looking-{name}", "a participant was killed while it looked for further holders (3.9)", participant)
        case.keep(OTHER, OTHER_FURTHER)
        case.segment(0, "sealed", "nobody is left", mark=2 + participant)
        case.segment(1, "sealed", "one in the word is left", holders=[OTHER], mark=2 + participant)
        case.segment(2, "sealed", "a further one is left", further_bits=[OTHER_FURTHER], mark=2 + participant)
        case.segment(3, "sealed", "it has not looked yet", mark=1)
        case.segment(4, "mutable", "a further one is left, that was to be alone", further_bits=[OTHER_FURTHER], mark=2 + participant)
        case.run_both()
        yield case
    case = killed("killed-further-holders", "a participant from 24 on was killed that held segments (3.9)", KILLED_FURTHER)
    case.keep(OTHER, OTHER_FURTHER)
    case.segment(0, "sealed", "it alone", own=KILLED_FURTHER)
    case.segment(1, "sealed", "with another of the further holders", own=KILLED_FURTHER, further_bits=[OTHER_FURTHER])
    case.segment(2, "mutable", "with one in the word", own=KILLED_FURTHER, holders=[OTHER])
    case.segment(3, "building", "it built it", own=KILLED_FURTHER)
    case.segment(4, "sealed", "the other alone", further_bits=[OTHER_FURTHER], mark=1)
    case.run_both()
    yield case
    case = killed("killed-claiming-further", "a participant from 24 on was killed between its bit and its step, or between its step and its bit (3.9)", 127)
    case.keep(OTHER)
    case.plain(0, "free", "a claim was refused, or an allocation has not come yet: a bit, and a word that says none")
    case.pool.add_further_holder(0, 127)
    case.segment(1, "sealed", "a claim has not come yet", holders=[OTHER], further_bits=[127])
    case.segment(2, "orphan", "set aside: its bit is to be cleared", lent=True, further_bits=[127], mark=1)
    case.plain(3, "unbacked", "unbacked: its bit is to be cleared")
    case.pool.add_further_holder(3, 127)
    case.segment(4, "sealed", "its bit is cleared: it has not looked yet", mark=1)
    case.run_both(leases=[2])
    case.run_dead()
    yield case


def epochs_and_channels():
    killed_epoch = [KILLED_EPOCH]
    case = killed("epoch-ended", "an epoch has ended with references in flight (7.4)", epochs=killed_epoch)
    case.keep(OTHER, epochs=[OTHER_EPOCH])
    case.segment(0, "sealed", in_flight=3, epoch=KILLED_EPOCH)
    case.segment(1, "sealed", holders=[OTHER], in_flight=1, epoch=KILLED_EPOCH)
    case.segment(2, "sealed", in_flight=1, epoch=OTHER_EPOCH)
    case.run_both()
    yield case
    for name, what, receiver in (
        ("channel-not-joined", "the sender of a channel has ended before anybody joined it", 0),
        ("channel-joined", "the sender of a channel has ended, its receiver is open: what is in flight may still be taken", OTHER_EPOCH),
        ("channel-closed", "the sender of a channel has ended, and somebody who swept has closed it to receivers", CLOSED_TO_RECEIVERS),
    ):
        case = killed(name, what, epochs=killed_epoch)
        case.keep(OTHER, epochs=[OTHER_EPOCH])
        case.pool.add_channel(0, KILLED_EPOCH, receiver, sent=4096)
        case.segment(0, "sealed", in_flight=2, epoch=KILLED_EPOCH)
        case.run_both()
        yield case
    case = killed("channel-of-two-ended", "the sender and the receiver of a channel have ended", epochs=[KILLED_EPOCH, 8])
    case.pool.add_channel(4095, KILLED_EPOCH, 8, sent=4096, received=1024)
    case.segment(0, "sealed", in_flight=2, epoch=KILLED_EPOCH)
    case.run_both()
    yield case
    case = killed("channel-receiver-ended", "the receiver of a channel has ended, its sender is open: the index of the receiver stays taken", epochs=[8])
    case.keep(OTHER, epochs=[OTHER_EPOCH])
    case.pool.add_channel(17, OTHER_EPOCH, 8)
    case.segment(0, "sealed", in_flight=1, epoch=OTHER_EPOCH)
    case.run_both()
    yield case
    case = killed("channel-half-opened", "the sender of a channel was killed before it had written its nonce", epochs=killed_epoch)
    case.pool.add_channel(1, KILLED_EPOCH, CLOSED_TO_RECEIVERS, nonce=0)
    case.run_both()
    yield case
    case = killed("epoch-without-state", "an epoch was killed while it opened: a name, and no state (7.1)", epochs=[6])
    case.pool.put("epochs", 256 * 6, "<q", 0)
    case.run_dead()
    yield case


def names():
    case = killed("named-not-counted", "killed between the bit named and the count (10.4)")
    case.segment(0, "sealed", own=KILLED, named=True)
    case.pool.request_repair()
    case.run_dead()
    yield case
    case = killed("counted-not-published", "killed before the manifest, written aside, was renamed (10.6)")
    case.segment(0, "sealed", own=KILLED, named=True, names=1)
    case.segment(1, "sealed", own=KILLED, named=True, names=2)
    case.pool.files["names/.1a2b3c"] = json.dumps(case.pool.manifest(KILLED, [case.entry("x", 0)])).encode()
    case.pool.files["names/.half"] = b'{"formatVersion": 2, "id"'
    case.pool.request_repair(5, 4)
    case.run_dead()
    yield case
    case = killed("overwritten-not-uncounted", "killed after the rename, before the names were removed that the manifest before gave (10.6)")
    case.segment(0, "sealed", "named by the manifest before and by the new one", own=KILLED, named=True, names=2)
    case.segment(1, "sealed", "named by the manifest before", named=True, names=1)
    case.segment(2, "sealed", "named twice by the manifest before, and by another dataset", named=True, names=3)
    case.pool.publish("run", case.pool.manifest(KILLED, [case.entry("x", 0)], revision=2))
    case.pool.publish("other", case.pool.manifest(OTHER, [case.entry("x", 2)], id=2))
    case.pool.request_repair()
    case.run_dead()
    yield case
    case = killed("deleted-not-uncounted", "killed after the manifest was deleted (10.6): at different places")
    case.segment(0, "sealed", "still counted", named=True, names=1)
    case.segment(1, "sealed", "not counted any more, still named", named=True, names=0)
    case.segment(2, "sealed", "neither", own=KILLED)
    case.pool.request_repair()
    case.run_dead()
    yield case
    case = killed("creator-killed", "killed with datasets, one of which ends with it (10.5)")
    case.keep(OTHER)
    case.segment(0, "sealed", own=KILLED, named=True, names=1)
    case.segment(1, "sealed", own=KILLED, named=True, names=2)
    case.segment(2, "mutable", own=KILLED, named=True, names=1)
    pool = case.pool
    pool.publish("ends", pool.manifest(KILLED, [case.entry("x", 0), case.entry("y", 1)], persistent=False))
    pool.publish("stays", pool.manifest(KILLED, [case.entry("x", 1), case.entry("y", 2)], id=2))
    case.run_both()
    yield case
    case = killed("repair-requested", "killed right after it had asked for a repair, and nothing is wrong (10.8)")
    case.segment(0, "sealed", named=True, names=1)
    case.pool.publish("run", case.pool.manifest(OTHER, [case.entry("x", 0)]))
    case.pool.request_repair(9, 7)
    case.run_dead()
    yield case
    case = killed("damaged-manifest", "while a manifest is damaged no count and no bit changes (10.8)")
    case.segment(0, "sealed", own=KILLED, named=True, names=1)
    case.pool.files["names/damaged.json"] = b'{"formatVersion": 2'
    case.pool.request_repair()
    case.more = {"violations": ["a manifest cannot be read"]}
    case.run_dead()
    case.runs[0]["after"]["violations"] = ["a manifest cannot be read", "slot 0 is named, and by no manifest that can be read"]
    yield case


def requests():
    def decided(name, what, answer, published, **left):
        case = killed(name, what)
        case.segment(0, "sealed", own=None if published else KILLED, named=True, names=1)
        if published:
            case.pool.publish("run 7", case.pool.manifest(KILLED, [case.entry("x", 0)], id=77, revision=1))
        files = {"frames.npy": b"a file", "r.request": b"a request", ".r.answer": answer, **left}
        for file, data in files.items():
            if data is not None:
                case.pool.files[f"incoming/{file}"] = data
        case.pool.request_repair()
        case.run_dead()
        return case

    done = json.dumps({"formatVersion": 2, "done": True, "dataset": "run 7", "id": 77, "revision": 1, "files": ["frames.npy"]}).encode()
    refused = json.dumps({"formatVersion": 2, "done": False, "reason": "There is no file frames.npy.", "retry": False}).encode()
    yield decided("request-not-published", "killed after a request was decided, before its dataset was published (11.7)", done, False)
    yield decided("request-published", "killed after a request's dataset was published, before anything was deleted (11.7)", done, True)
    yield decided("request-half-completed", "the same, after its file and the request were deleted", done, True, **{"frames.npy": None, "r.request": None})
    yield decided("request-refused", "killed before the answer to a request was shown that was refused", refused, False)
    yield decided("request-half-decided", "killed while the answer was written", done[:40], False)


def memory_and_leases():
    case = killed("slab-without-place", "killed after the file of a slab was made, before any place named it (8.6)")
    case.segment(0, "sealed", own=KILLED)
    case.pool.add_slab(2, blocks=4)
    case.run_dead()
    yield case
    case = killed("slab-half-moved", "killed after some slots had their places in a new slab, and before any was backed (8.7)")
    case.segment(0, "sealed", own=KILLED)
    case.pool.files["slabs/2"] = bytearray(2 * block_bytes(24))
    case.pool.set_place(7, 2, 24, 0)
    case.pool.set_generation(7, 2)
    case.run_both()
    yield case
    case = Case("lease-marks", "readers have lent segments to themselves (9.2), and some still read")
    case.pool.add_slab()
    case.keep(OTHER)
    case.segment(0, "sealed", "a mark, and a lease", holders=[OTHER])
    case.segment(1, "sealed", "a mark of a reader that has ended", holders=[OTHER])
    case.segment(2, "sealed", "an old mark of a reader that was stopped", holders=[OTHER], generation=5)
    case.plain(3, "free", "a mark, and a lease: whoever allocates it sets it aside")
    case.pool.set_generation(3, 2)
    for slot, generation in ((0, 1), (1, 1), (2, 4), (3, 2)):
        case.pool.put("registry.cm3", 64 * slot + 16, "<q", generation)
    case.pool.put("leases", 0, "<q", 1)
    case.run("while leases are held", [OTHER], [], leases=[0, 3])
    yield case
    case = Case("lent", "what is only lent is free when no lease is held (9.9)")
    case.pool.add_slab()
    case.keep(OTHER)
    case.segment(0, "sealed", lent=True)
    case.segment(1, "mutable", lent=True)
    case.segment(2, "orphan", "set aside", lent=True, generation=2)
    case.segment(3, "sealed", "also held", lent=True, holders=[OTHER])
    case.run("while leases are held", [OTHER], [], leases=[0, 1, 2, 3])
    case.run("when none is held", [OTHER], [])
    yield case


def all_cases():
    for case in quiet_pools():
        if not case.runs:
            case.run("whoever looks at it", case.others, case.other_epochs)
        yield case
    yield steps("steps-in-word", KILLED, "a slot before and after each step, by a participant with a bit in the word (3.4)")
    yield steps("steps-further", KILLED_FURTHER, "a slot before and after each step, by a participant among the further holders (3.4, 3.9)")
    for group in (killed_holders, epochs_and_channels, names, requests, memory_and_leases):
        yield from group()


def refused_pools():
    """Changes of the pool `fresh` that make it none that may be opened."""
    yield from refused_descriptions()
    for file in ("registry.cm3", "records", "generations", "hints", "leases", "participants", "epochs", "channels", "slabs/table", "names/lock"):
        name = file.replace("/", "-")
        yield f"absent-{name}", f"{file} is missing", "corrupt", {"file": file, "absent": True}
        yield f"fifo-{name}", f"{file} is a named pipe: nobody waits for it", "corrupt", {"file": file, "fifo": True}
        yield f"link-{name}", f"{file} is a link to a file of the same content", "corrupt", {"file": file, "link": True}
        yield f"shared-{name}", f"others can write {file}", "no permission", {"file": file, "mode": "0620"}
        if file not in ("registry.cm3",):
            yield f"short-{name}", f"{file} has a byte too few", "corrupt", {"file": file, "cut": 1}
    yield "short-registry.cm3", "the registry has no room for the last record", "corrupt", {"file": "registry.cm3", "cut": 8}
    yield "directory", "others can write the directory of the pool", "no permission", {"file": "", "mode": "0720"}
    for file in ("slabs", "names", "incoming"):
        yield f"shared-{file}", f"others can write {file}", "no permission", {"file": file, "mode": "0702"}
        yield f"link-{file}", f"{file} is a link to a directory", "corrupt", {"file": file, "link": True}
    yield "records-checksum", "the checksum of the offsets is wrong", "corrupt", {"file": "records", "offset": 64, "hex": "00"}
    for name, what, offset in (("beyond", "a record is said to lie beyond the file", 1 << 20), ("crooked", "a record is said to lie at no multiple of 8", 4)):
        yield f"records-{name}", what, "corrupt", {"file": "records", "offset": 0, "hex": records(offset).hex()}
    for name, target, what in (
        ("elsewhere", "/tmp/.{name}-{id}", "the link leads out of the directory"),
        ("other-name", ".other-{id}", "the link leads to the directory of a pool of another name"),
        ("short-id", ".{name}-123", "the link's target has no pool id"),
        ("capital-id", ".{name}-ABCDEFABCDEF1234", "the pool id has capital letters"),
    ):
        yield f"link-{name}", what, "argument", {"target": target}
    yield "renamed", "the directory ends with the id of another pool", "corrupt", {"target": ".{name}-0123456789abcdef", "renamed": True}


def records(first):
    offsets = struct.pack("<8q", first, *(64 * slot for slot in range(1, 8)))
    return offsets + struct.pack("<q", crc32c(offsets))


def refused_descriptions():  # 2
    right = {"formatVersion": 2, "poolId": "{id}", "bootId": BOOT_ID, "sizeBytes": 1 << 20, "slots": 8, "checksums": False}

    def text(**changed):
        return {"file": "pool.json", "text": json.dumps({key: value for key, value in {**right, **changed}.items() if value != "left out"})}

    yield "version-1", "version 1", "wrong version", text(formatVersion=1)
    yield "version-3", "version 3", "wrong version", text(formatVersion=3)
    yield "version-3-with-more", "version 3 has other fields", "wrong version", text(formatVersion=3, more=[], slots="left out")
    for field in ("poolId", "bootId", "sizeBytes", "slots", "checksums"):
        yield f"no-{field}", f"{field} is missing", "corrupt", text(**{field: "left out"})
    for name, changed in (
        ("no-size", {"sizeBytes": 0}),
        ("no-slot", {"slots": 0}),
        ("many-slots", {"slots": (1 << 24) + 1}),
        ("slots-text", {"slots": "8 slots"}),
        ("other-id", {"poolId": "0123456789abcdef"}),
        ("capital-pool-id", {"poolId": "ABCDEFABCDEF1234"}),
        ("more-fields", {"more": 1}),
        ("null-boot-id", {"bootId": None}),
    ):
        yield name, f"pool.json has {json.dumps(changed)}", "corrupt", text(**changed)
    yield "absent-pool.json", "pool.json is missing", "corrupt", {"file": "pool.json", "absent": True}
    yield "no-json", "pool.json is no JSON", "corrupt", {"file": "pool.json", "text": "pool"}
    yield "empty", "pool.json is empty", "corrupt", {"file": "pool.json", "text": ""}
    yield "cut-json", "pool.json is cut", "corrupt", {"file": "pool.json", "text": json.dumps(right)[:-1]}
    yield "list", "pool.json is a list", "corrupt", {"file": "pool.json", "text": "[]"}
    yield "large", "pool.json has more than 64 KiB", "corrupt", {"file": "pool.json", "text": json.dumps(right), "spaces": 1 << 16}
    yield "fifo-pool.json", "pool.json is a named pipe", "corrupt", {"file": "pool.json", "fifo": True}
    yield "shared-pool.json", "others can write pool.json", "no permission", {"file": "pool.json", "mode": "0602"}


def refused_json():
    return [{"name": name, "what": what, "errors": error.split(" or "), **change} for name, what, error, change in refused_pools()]
