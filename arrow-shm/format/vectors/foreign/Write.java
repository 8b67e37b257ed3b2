import java.io.FileOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.MetadataVersion;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.FieldType;

/** Files of Arrow Java. See README.md. */
public final class Write {
    private static final DictionaryProvider NONE = new DictionaryProvider.MapDictionaryProvider();

    private static Path out;

    private Write() {}

    public static void main(String[] arguments) throws Exception {
        out = Path.of(arguments[0]);
        try (BufferAllocator allocator = new RootAllocator();
                VectorSchemaRoot plain = plain(allocator);
                VectorSchemaRoot nested = nested(allocator);
                VarCharVector words = texts("words", allocator, "a", "b");
                VarCharVector used = texts("word", allocator, "b", "a", null, "b")) {
            write("plain.arrow", plain, NONE, IpcOption.DEFAULT, 3);
            write("plain-v4.arrow", plain, NONE, new IpcOption(false, MetadataVersion.V4), 3);
            write("legacy.arrow", plain, NONE, new IpcOption(true, MetadataVersion.V4), 3);
            write("batches.arrow", plain, NONE, IpcOption.DEFAULT, 3, 0, 2);
            write("no-rows.arrow", plain, NONE, IpcOption.DEFAULT, 0);
            write("no-batch.arrow", plain, NONE, IpcOption.DEFAULT);
            write("nested.arrow", nested, NONE, IpcOption.DEFAULT, 3);
            write("plain.arrows", plain, NONE, IpcOption.DEFAULT, 3, 1);
            Dictionary dictionary =
                    new Dictionary(words, new DictionaryEncoding(5, false, new ArrowType.Int(16, true)));
            try (VectorSchemaRoot encoded = VectorSchemaRoot.of((FieldVector) DictionaryEncoder.encode(used, dictionary))) {
                DictionaryProvider provider = new DictionaryProvider.MapDictionaryProvider(dictionary);
                write("dictionary.arrow", encoded, provider, IpcOption.DEFAULT, 4, 4);
                write("dictionary.arrows", encoded, provider, IpcOption.DEFAULT, 4);
            }
        }
    }

    private static VectorSchemaRoot plain(BufferAllocator allocator) {
        TinyIntVector i8 = new TinyIntVector("i8", allocator);
        i8.setSafe(0, -128);
        i8.setNull(1);
        i8.setSafe(2, 127);
        BigIntVector i64 = new BigIntVector("i64", allocator);
        i64.setSafe(0, Long.MAX_VALUE);
        i64.setNull(1);
        i64.setSafe(2, Long.MIN_VALUE);
        Float8Vector f64 = new Float8Vector("f64", allocator);
        f64.setSafe(0, 0.1);
        f64.setNull(1);
        f64.setSafe(2, -0.0);
        BitVector truth = new BitVector("truth", allocator);
        truth.setSafe(0, 1);
        truth.setNull(1);
        truth.setSafe(2, 0);
        VarCharVector text = texts("text", allocator, "größe", null, "日本語 of more than twelve bytes");
        VectorSchemaRoot root = VectorSchemaRoot.of(i8, i64, f64, truth, text);
        root.setRowCount(3);
        return root;
    }

    private static VectorSchemaRoot nested(BufferAllocator allocator) {
        ListVector list = ListVector.empty("list", allocator);
        list.addOrGetVector(FieldType.nullable(new ArrowType.Int(32, true)));
        IntVector elements = (IntVector) list.getDataVector();
        list.startNewValue(0);
        elements.setSafe(0, 1);
        elements.setNull(1);
        list.endValue(0, 2);
        list.setNull(1);
        list.startNewValue(2);
        list.endValue(2, 0);
        StructVector struct = StructVector.empty("struct", allocator);
        BigIntVector a = struct.addOrGet("a", FieldType.nullable(new ArrowType.Int(64, true)), BigIntVector.class);
        a.setSafe(0, 1);
        a.setNull(1);
        a.setNull(2);
        struct.setIndexDefined(0);
        struct.setNull(1);
        struct.setIndexDefined(2);
        VectorSchemaRoot root = VectorSchemaRoot.of(list, struct);
        root.setRowCount(3);
        return root;
    }

    private static VarCharVector texts(String name, BufferAllocator allocator, String... texts) {
        VarCharVector vector = new VarCharVector(name, allocator);
        for (int i = 0; i < texts.length; i++) {
            if (texts[i] == null) {
                vector.setNull(i);
            } else {
                vector.setSafe(i, texts[i].getBytes(StandardCharsets.UTF_8));
            }
        }
        vector.setValueCount(texts.length);
        return vector;
    }

    /** @param rows of each batch: the first ones of the table */
    private static void write(
            String name,
            VectorSchemaRoot table,
            DictionaryProvider dictionaries,
            IpcOption option,
            int... rows)
            throws Exception {
        try (FileOutputStream file = new FileOutputStream(out.resolve("java-" + name).toFile());
                ArrowWriter writer = name.endsWith(".arrows")
                        ? new ArrowStreamWriter(table, dictionaries, file.getChannel(), option)
                        : new ArrowFileWriter(table, dictionaries, file.getChannel(), Map.of(), option)) {
            writer.start();
            int all = table.getRowCount();
            for (int count : rows) {
                table.setRowCount(count);
                writer.writeBatch();
            }
            table.setRowCount(all);
            writer.end();
        }
    }
}
