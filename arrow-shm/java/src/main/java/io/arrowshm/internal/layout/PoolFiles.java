package io.arrowshm.internal.layout;

import java.util.List;

/**
 * The files of a pool.
 *
 * <pre>
 * &lt;directory&gt;/&lt;name&gt;               symbolic link to the next line
 * &lt;directory&gt;/.&lt;name&gt;-&lt;pool id&gt;/   mode 0700
 *   pool.json         pool id, format version, boot id, budget, slots
 *   registry.cm3      Chronicle Map: slot to {@link SlotRecord}
 *   records           8 bytes a slot: where in registry.cm3 its record begins; then the CRC-32C of these
 *   generations       8 bytes a slot
 *   hints             1 bit a slot: perhaps free
 *   leases            8 bytes: not 0 once a slot was lent; a runtime that is no JVM holds a shared lock of byte s
 *                     while it reads slot s
 *   incoming/         where runtimes that are no JVMs put files to be adopted, under another name first
 *   participants      {@link ParticipantRecord}s; the lock of byte p is the life of participant p
 *   epochs            {@link EpochRecord}s; the lock of byte e is the life of epoch e
 *   channels          {@link ChannelRecord}s
 *   slabs/table       {@link Place}s; the lock of byte 0 guards creation
 *   slabs/&lt;index&gt;     the blocks; &lt;index&gt;.&lt;version&gt; once another file took its place
 *   names/lock        {@link NamesRecord}; the lock of byte 0 guards changes of names, byte i > 0 is the lock of the
 *                     dataset with id i
 *   names/&lt;name&gt;.json manifest of a dataset, its name in ASCII, with '+' for '/'
 *   names/.&lt;random&gt;   a manifest that is being written
 * </pre>
 */
public final class PoolFiles {
    /** Version of everything in this package; readers refuse any other. */
    public static final int FORMAT_VERSION = 2;

    public static final String DESCRIPTION = "pool.json";
    public static final String REGISTRY = "registry.cm3";
    public static final String RECORDS = "records";
    public static final String GENERATIONS = "generations";
    public static final String HINTS = "hints";
    public static final String LEASES = "leases";
    public static final String INCOMING = "incoming";
    public static final String PARTICIPANTS = "participants";
    public static final String EPOCHS = "epochs";
    public static final String CHANNELS = "channels";
    public static final String SLABS = "slabs";
    public static final String SLAB_TABLE = "table";
    public static final String NAMES = "names";
    public static final String NAMES_LOCK = "lock";
    public static final String MANIFEST_SUFFIX = ".json";
    /** Of a text beside a file that was not adopted. */
    public static final String REFUSAL_SUFFIX = ".refused";

    /** All that is a directory. */
    public static final List<String> DIRECTORIES = List.of(SLABS, NAMES, INCOMING);

    public static final int MAX_SLOTS = 1 << 24;

    /** Behind the bytes of {@code leases} that readers lock, those of who writes under a lease. */
    public static final long LEASES_OF_WRITERS = MAX_SLOTS;

    public static final int GENERATION_BYTES = Long.BYTES;
    public static final int LEASES_BYTES = Long.BYTES;

    private PoolFiles() {}
}
