package io.arrowshm.internal.arrow;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.dictionary.DictionaryProvider.MapDictionaryProvider;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/**
 * An Arrow IPC file that is read in place: the vectors' buffers are slices of the memory that the file lies in. Nothing in
 * it is believed before it was checked; whatever is wrong is one exception, {@code CORRUPT}. Schema and dictionaries are
 * read when it is opened, each batch when it is first asked for. Any thread.
 */
public final class ArrowFile implements AutoCloseable {
    private final Supplier<String> name;
    private final ArrowBuf whole;
    private final long length;
    private final FileFooter footer;
    private final FileSchema schema;
    private final MapDictionaryProvider dictionaries = new MapDictionaryProvider();
    private final Map<Integer, VectorSchemaRoot> batches = new HashMap<>();
    private boolean closed;

    private ArrowFile(Supplier<String> name, ArrowBuf whole, long length) {
        this.name = name;
        this.whole = whole;
        this.length = length;
        footer = FileFooter.read(whole.memoryAddress(), length);
        schema = SchemaCache.read(whole.memoryAddress(), length, footer);
        try {
            loadDictionaries();
        } catch (RuntimeException | Error e) {
            dictionaries.close();
            throw e;
        }
    }

    /**
     * Opens the file.
     *
     * @param name for error messages
     * @param address of the first byte, a multiple of 8
     * @param length bytes
     * @param whenReleased runs once: when this file is closed and every buffer taken from it released, or when this throws
     * @throws SharedMemoryException CORRUPT if the bytes are not such a file
     */
    public static ArrowFile open(Supplier<String> name, long address, long length, Runnable whenReleased) {
        ArrowBuf whole = ArrowMemory.wrap(address, length, whenReleased);
        boolean opened = false;
        try {
            ArrowFile file = checked(name, length, () -> new ArrowFile(name, whole, length));
            opened = true;
            return file;
        } finally {
            if (!opened) {
                whole.close();
            }
        }
    }

    /** Fields that are encoded by a dictionary have the type of their indices. */
    public Schema schema() {
        return schema.schema();
    }

    public int batchCount() {
        return footer.batchCount();
    }

    /**
     * A batch, to be read only; the same one each time, closed with this file.
     *
     * @param index from 0
     * @throws SharedMemoryException CORRUPT; ARGUMENT if there are not so many
     */
    public synchronized VectorSchemaRoot batch(int index) {
        if (index < 0 || index >= batchCount()) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    name.get() + " has " + batchCount() + " record batches, there is no batch " + index
                            + "; batches count from 0");
        }
        VectorSchemaRoot batch = batches.get(index);
        if (batch == null) {
            batch = checked(name, length, () -> load(index));
            batches.put(index, batch);
        }
        return batch;
    }

    /**
     * The only batch.
     *
     * @throws SharedMemoryException CORRUPT; ARGUMENT if there are several, or none
     */
    public VectorSchemaRoot onlyBatch() {
        if (batchCount() != 1) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    name.get() + " has " + batchCount() + " record batches, not one; ask for each by its index");
        }
        return batch(0);
    }

    /** What the indices in the batches mean, to be read only; closed with this file. */
    public DictionaryProvider dictionaries() {
        return dictionaries;
    }

    /**
     * Looks at every offset, view, type id, null and index into a dictionary of all batches, which opening does not.
     *
     * @throws SharedMemoryException CORRUPT if one of them leads nowhere: reading that value would throw; or if there are not
     *     as many nulls as are counted
     */
    public synchronized void validate() {
        checked(name, length, () -> {
            for (int i = 0; i < footer.dictionaryCount(); i++) {
                DictionaryMessage message = dictionaryMessage(i);
                FileSchema.DictionaryField field =
                        Objects.requireNonNull(schema.dictionaries().get(message.id()));
                validate(
                        List.of(field.values()),
                        List.of(dictionaries.lookup(message.id()).getVector()),
                        message.batch());
            }
            for (int i = 0; i < batchCount(); i++) {
                validate(schema().getFields(), batch(i).getFieldVectors(), batchMessage(i));
            }
            return this;
        });
    }

    private void validate(List<Field> fields, List<FieldVector> vectors, BatchMessage batch) {
        Iterator<ArrowFieldNode> nodes = batch.nodes().iterator();
        for (int i = 0; i < vectors.size(); i++) {
            ValueChecks.check(fields.get(i), vectors.get(i), nodes, dictionaries);
        }
    }

    /** Idempotent. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            batches.values().forEach(VectorSchemaRoot::close);
            batches.clear();
            dictionaries.close();
            whole.close();
        }
    }

    private VectorSchemaRoot load(int index) {
        BatchMessage batch = batchMessage(index);
        List<FieldVector> vectors = load(schema.schema().getFields(), batch);
        return new VectorSchemaRoot(schema.schema(), vectors, (int) batch.rows());
    }

    private BatchMessage batchMessage(int index) {
        FileMessage message = FileMessage.read(whole.memoryAddress(), footer.batch(index), MessageHeader.RecordBatch);
        return inPlace(BatchMessage.read(whole, message, message.header(new RecordBatch())));
    }

    private record DictionaryMessage(long id, BatchMessage batch) {}

    private DictionaryMessage dictionaryMessage(int index) {
        FileMessage message =
                FileMessage.read(whole.memoryAddress(), footer.dictionary(index), MessageHeader.DictionaryBatch);
        DictionaryBatch dictionary = message.header(new DictionaryBatch());
        RecordBatch values = FileMessage.values(dictionary);
        return new DictionaryMessage(dictionary.id(), inPlace(BatchMessage.read(whole, message, values)));
    }

    private static BatchMessage inPlace(BatchMessage batch) {
        if (batch.compression() != BodyCompression.NONE) {
            throw new DamagedException(
                    "its batches are compressed, so they cannot be read in place; have the file adopted,"
                            + " or write it without compression");
        }
        return batch;
    }

    private void loadDictionaries() {
        Map<Long, FileSchema.DictionaryField> missing = new HashMap<>(schema.dictionaries());
        for (int i = 0; i < footer.dictionaryCount(); i++) {
            DictionaryMessage message = dictionaryMessage(i);
            FileSchema.DictionaryField field = missing.remove(message.id());
            if (field == null) {
                throw schema.dictionaries().containsKey(message.id())
                        ? FileMessage.inSeveralParts(message.id())
                        : new DamagedException("its dictionary " + message.id() + " belongs to no field");
            }
            List<FieldVector> vectors = load(List.of(field.values()), message.batch());
            dictionaries.put(new Dictionary(vectors.get(0), field.encoding()));
        }
        if (!missing.isEmpty() && batchCount() > 0) {
            throw new DamagedException("its dictionaries " + missing.keySet() + " are missing");
        }
        missing.values().forEach(field -> dictionaries.put(new Dictionary(field.createVector(), field.encoding())));
    }

    private List<FieldVector> load(List<Field> fields, BatchMessage batch) {
        Iterator<FieldBuffers> buffers =
                BatchChecks.check(fields, batch, length).iterator();
        List<FieldVector> vectors = new ArrayList<>(fields.size());
        try {
            for (Field field : fields) {
                FieldVector vector = field.createVector(ArrowMemory.root());
                vectors.add(vector);
                FieldBuffers.load(vector, buffers);
            }
            return vectors;
        } catch (RuntimeException | Error e) {
            vectors.forEach(FieldVector::close);
            throw e;
        }
    }

    static <T extends @Nullable Object> T checked(Supplier<String> name, long length, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (SharedMemoryException e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            // Flatbuffers tables follow the offsets that the bytes give them, and run into the end of their buffer.
            // Arrow has an exception of its own for every type it cannot make sense of.
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    name.get() + " (" + length + " bytes) is not a readable Arrow file: "
                            + (e instanceof DamagedException ? e.getMessage() : e),
                    e);
        }
    }
}
