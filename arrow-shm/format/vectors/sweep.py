"""What a sweep makes of a pool, as FORMAT.md says it: by whomever, and however often. Numbers: sections of FORMAT.md."""

import copy
import json

from flat_pool import CLOSED_TO_RECEIVERS, IN_WORD, NOT_JOINED, fields, file_name, word, word_of


def swept(pool, living=(), open_epochs=(), leased=(), joined=None):
    """
    A copy of the pool, once no sweep finds anything to do any more.

    living, open_epochs, leased: whose locks are held
    joined: the place of the participant that sweeps, if one does, and not somebody else
    """
    after = copy.deepcopy(pool)
    before = None
    if joined is not None:  # 6.3
        for slot in slots_in_use(after):
            reap(after, slot, joined)
    while before != after.contents():
        before = after.contents()
        reap_dead(after, living)
        if after.repair_is_due():
            repair(after, living)
        void_ended(after, open_epochs)
        return_lent(after, leased)
    return after


def slots_in_use(pool):
    return range(pool.get("slabs/table", 0))


def freed_if_unclaimed(known):  # 3.3
    claims = known["holders"] or known["further"] or known["lent"] or known["named"] or known["inFlight"]
    if not claims and known["state"] not in ("unbacked", "free"):
        return fields(word("free"))
    return known


def change(pool, slot, **changed):
    known = {**fields(pool.word(slot)), **changed}
    pool.set_word(slot, word_of(freed_if_unclaimed(known)))


def reap_dead(pool, living):  # 6.4
    for participant in pool.participants():
        if participant not in living:
            for slot in slots_in_use(pool):
                reap(pool, slot, participant)
            delete_unlisted_slabs(pool)
            pool.put("names/lock", 0, "<q", pool.get("names/lock", 0) + 1)
            pool.put("participants", 256 * participant, "<q", 0)


def reap(pool, slot, participant):  # 3.4, 3.9
    known = fields(pool.word(slot))
    if participant < IN_WORD:
        change(pool, slot, holders=[p for p in known["holders"] if p != participant])
    else:
        offset = 64 * slot + 48 + 8 * ((participant - IN_WORD) // 64)
        bits = pool.get("registry.cm3", offset)
        pool.put("registry.cm3", offset, "<Q", bits & ~(1 << (participant - IN_WORD) % 64))
    if fields(pool.word(slot))["further"]:
        # Who has looked and found one leaves a mark of its own: which one does not matter.
        change(pool, slot, further=1 if pool.further_holders(slot) else 0)


def delete_unlisted_slabs(pool):  # 8.5
    listed = {f"slabs/{pool.place(slot) >> 24}" for slot in range(pool.slots)}
    for file in [file for file in pool.files if file.startswith("slabs/") and file not in listed | {"slabs/table"}]:
        del pool.files[file]


def void_ended(pool, open_epochs):  # 7.4
    for epoch in pool.epochs():
        if epoch in open_epochs:
            continue
        void = True
        for channel, (sender, receiver) in pool.channels().items():
            if sender == epoch and receiver == NOT_JOINED:
                set_receiver(pool, channel, CLOSED_TO_RECEIVERS)
            elif sender == epoch and receiver in open_epochs:
                void = False
        if void:
            for slot in slots_in_use(pool):
                known = fields(pool.word(slot))
                if known["inFlight"] and known["epoch"] == epoch:
                    change(pool, slot, inFlight=0, epoch=0)
            for channel, (sender, _) in pool.channels().items():
                if sender == epoch:
                    pool.put("channels", 192 * channel, "<Q", 0)
            if all(receiver != epoch for _, receiver in pool.channels().values()):
                pool.put("epochs", 256 * epoch, "<q", 0)


def set_receiver(pool, channel, receiver):
    field = pool.get("channels", 192 * channel + 16)
    pool.put("channels", 192 * channel + 16, "<Q", field & ~4095 | receiver)


def return_lent(pool, leased):  # 9.9
    if pool.get("leases", 0):
        for slot in slots_in_use(pool):
            if slot not in leased and freed_if_unclaimed({**fields(pool.word(slot)), "lent": False})["state"] == "free":
                change(pool, slot, lent=False)


def repair(pool, living):  # 10.8
    for file in [file for file in pool.files if file.startswith("names/.")]:
        del pool.files[file]
    for name, manifest in list(pool.names.items()):
        creator = manifest["creator"]
        place = creator["participant"]
        lives = place in living and f"{pool.incarnations.get(place, 0):016x}" == creator["incarnation"]
        if not manifest["content"]["persistent"] and not lives:
            del pool.names[name]
            del pool.files[f"names/{file_name(name)}"]
    settle_requests(pool)
    if not damaged_manifests(pool):
        count_names(pool)
    pool.put("names/lock", 8, "<q", pool.get("names/lock", 0))


def damaged_manifests(pool):
    known = {f"names/{file_name(name)}" for name in pool.names}
    return [file for file in pool.files if file.startswith("names/") and file.endswith(".json") and file not in known]


def count_names(pool):
    named = {}
    for manifest in pool.names.values():
        for segment in manifest["content"]["segments"]:
            slot = segment["slot"]
            if pool.generation(slot) == segment["generation"] and fields(pool.word(slot))["named"]:
                named[slot] = named.get(slot, 0) + 1
    for slot in slots_in_use(pool):
        pool.set_names(slot, named.get(slot, 0))
        if slot not in named:
            change(pool, slot, named=False)


def settle_requests(pool):  # 11.7
    for aside in [file for file in pool.files if file.startswith("incoming/.") and file.endswith(".answer")]:
        request = aside[len("incoming/.") : -len(".answer")]
        try:
            answer = json.loads(pool.files[aside])
        except json.JSONDecodeError:
            answer = None
        published = answer is not None and (
            not answer["done"] or any((m["id"], m["revision"]) == (answer["id"], answer["revision"]) for m in pool.names.values())
        )
        if published:
            for file in answer.get("files", []):
                pool.files.pop(f"incoming/{file}", None)
            pool.files.pop(f"incoming/{request}.request", None)
            pool.files[f"incoming/{request}.answer"] = pool.files[aside]
        del pool.files[aside]
