package io.arrowshm.internal.arrow;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** Small valid files, written by this library or by Arrow Java, which together have everything that can be read. */
final class SampleFiles {
    static final Schema MANY_TYPES = new Schema(List.of(
            Field.nullable("number", new ArrowType.Int(64, true)),
            Field.nullable("bit", new ArrowType.Bool()),
            Field.nullable("text", new ArrowType.Utf8()),
            Field.nullable("large", new ArrowType.LargeBinary()),
            Field.nullable("fixed", new ArrowType.FixedSizeBinary(3)),
            Field.nullable("decimal", new ArrowType.Decimal(20, 2, 128)),
            new Field(
                    "list",
                    FieldType.nullable(new ArrowType.List()),
                    List.of(Field.nullable("item", new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE)))),
            new Field(
                    "struct",
                    FieldType.nullable(new ArrowType.Struct()),
                    List.of(
                            Field.nullable("a", new ArrowType.Utf8()),
                            new Field(
                                    "pair",
                                    FieldType.nullable(new ArrowType.FixedSizeList(2)),
                                    List.of(Field.nullable("item", new ArrowType.Int(16, true))))))));

    private static final Schema UNIONS = new Schema(List.of(
            Field.nullable("nothing", new ArrowType.Null()),
            union("sparse", UnionMode.Sparse, Field.nullable("n", new ArrowType.Null())),
            union(
                    "dense",
                    UnionMode.Dense,
                    new Field(
                            "nulls",
                            FieldType.nullable(new ArrowType.List()),
                            List.of(Field.nullable("item", new ArrowType.Null()))))));

    private static final int BATCHES = 3;
    private static final int ROWS = 20;

    private SampleFiles() {}

    static byte[] manyTypes() {
        return segment(MANY_TYPES);
    }

    /** Every sample, {@link #manyTypes()} first. */
    static List<byte[]> all() {
        return List.of(manyTypes(), segment(UNIONS), dictionaries(), views());
    }

    private static Field union(String name, UnionMode mode, Field last) {
        return new Field(
                name,
                FieldType.notNullable(new ArrowType.Union(mode, new int[] {1, 4, 7})),
                List.of(
                        Field.nullable("i", new ArrowType.Int(64, true)),
                        Field.nullable("t", new ArrowType.Utf8()),
                        last));
    }

    private static byte[] segment(Schema schema) {
        return Bytes.write(schema, 1 << 20, writer -> new RandomBatch(new Random(1)).fill(writer.root(), ROWS));
    }

    /** Three batches; one of the two dictionaries has structs, one of whose fields is encoded by the other. */
    private static byte[] dictionaries() {
        DictionaryEncoding texts = new DictionaryEncoding(5, false, new ArrowType.Int(16, true));
        DictionaryEncoding structs = new DictionaryEncoding(9, true, null);
        try (BufferAllocator allocator = new RootAllocator();
                VarCharVector text = new VarCharVector("text", allocator);
                StructVector struct = StructVector.empty("struct", allocator);
                IntVector plain = new IntVector("plain", allocator);
                IntVector index =
                        new IntVector("index", new FieldType(true, new ArrowType.Int(32, true), structs), allocator)) {
            for (int i = 0; i < 4; i++) {
                text.setSafe(i, ("value " + i).getBytes(StandardCharsets.UTF_8));
            }
            text.setValueCount(4);
            SmallIntVector inner = struct.addOrGet(
                    "inner", new FieldType(true, new ArrowType.Int(16, true), texts), SmallIntVector.class);
            for (int i = 0; i < 3; i++) {
                inner.setSafe(i, i + 1);
                struct.setIndexDefined(i);
            }
            struct.setValueCount(3);
            for (int row = 0; row < ROWS; row++) {
                plain.setSafe(row, row);
                if (row % 5 > 0) {
                    index.setSafe(row, row % 3);
                }
            }
            index.setValueCount(ROWS);
            plain.setValueCount(ROWS);
            DictionaryProvider provider = new DictionaryProvider.MapDictionaryProvider(
                    new Dictionary(text, texts), new Dictionary(struct, structs));
            return write(provider, BATCHES, plain, index);
        }
    }

    private static byte[] views() {
        try (BufferAllocator allocator = new RootAllocator();
                ViewVarCharVector views = new ViewVarCharVector("views", allocator);
                IntVector plain = new IntVector("plain", allocator)) {
            for (int row = 0; row < ROWS; row++) {
                if (row % 5 > 0) {
                    views.setSafe(row, "x".repeat(2 * row).getBytes(StandardCharsets.UTF_8));
                }
                plain.setSafe(row, row);
            }
            views.setValueCount(ROWS);
            plain.setValueCount(ROWS);
            return write(new DictionaryProvider.MapDictionaryProvider(), 1, views, plain);
        }
    }

    private static byte[] write(DictionaryProvider dictionaries, int batches, FieldVector... vectors) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // The caller closes the vectors.
        VectorSchemaRoot root = VectorSchemaRoot.of(vectors);
        try (ArrowFileWriter writer = new ArrowFileWriter(root, dictionaries, Channels.newChannel(bytes))) {
            for (int i = 0; i < batches; i++) {
                writer.writeBatch();
            }
            writer.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
