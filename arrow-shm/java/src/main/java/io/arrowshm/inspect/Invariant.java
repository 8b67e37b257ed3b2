package io.arrowshm.inspect;

/** What holds at every instant, whoever is killed or stopped wherever, with a sentence that says so. */
public enum Invariant {
    DESCRIPTION("pool.json names this pool, a size and a number of slots that can be"),
    BOOT("the pool was made since this host has booted"),
    FILES("every file is there, as long as it has to be, and all of it has memory"),
    PERMISSIONS("directories are the owner's alone (0700), and so are files (0600)"),
    REGISTRY("the file of the records has the right checksum, and they lie in the registry's file"),
    SLAB_RECORD("a slot lies in a slab that was made, its block has a size class, and no other slot has it"),
    SLAB_FILE("a slab's file has the pages of every block that is not unbacked, and memory for them"),
    UNLISTED_SLAB(
            "no slab file is there without a record, unless its maker has not finished, or is dead and not swept yet"),
    BUDGET("the files of the slabs take no more memory than the pool's size"),
    STATE("an ownership word has one of the six states, and a slot that is not unbacked has a slab"),
    CLAIMS("free and unbacked slots have no claim, built ones exactly one holder, all others at least one claim"),
    CREATOR("a segment has a creator, who holds it for as long as it is mutable"),
    HOLDER("a holder bit is that of a participant who has a place, or is dead and not swept yet"),
    EPOCH("something is in flight exactly if an epoch is named, and it is one in use"),
    GENERATION("whatever is sealed, mutable or an orphan has a generation, and generations never fall"),
    LENT("what is lent has the mark for it, and no generation was told that never was"),
    WRITERS("nobody has the right to write under a lease what is sealed"),
    LENGTH("a segment is not longer than its block"),
    PARTICIPANT_RECORD("who has a place has a process id, an incarnation and a command that fits its field"),
    EPOCH_RECORD("an epoch is free or used and has a name that fits its field"),
    CHANNEL("a channel in use names epochs in use"),
    HINTS("no hint lies beyond the last slot"),
    NAMES("manifests can be read, and name exactly the segments that have the mark for it, as often as these count"),
    CONTENT("a sealed segment begins as an Arrow file, a tensor message or a NumPy file, and can be opened"),
    CHECKSUM("a sealed segment has the checksum that it was sealed with, where the pool has checksums");

    private final String sentence;

    Invariant(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }
}
