package io.arrowshm.shm.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: opening works or throws the one exception, and reading what opened leaves the JVM alive. */
class HostileBytesTest {
    private static final Path CORPUS = Path.of("src/test/resources/arrow-testing");
    private static final int[] VALUES = {0, 0x7f, 0xff};

    private static final Schema SCHEMA = new Schema(List.of(
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

    @Test
    void everyFileOfTheCorpusOpensOrIsRefused() throws IOException {
        try (Stream<Path> files = Files.walk(CORPUS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                open(file.toString(), Files.readAllBytes(file));
            }
        }
    }

    @Test
    void bigEndianFilesAreRefused() throws IOException {
        try (Stream<Path> files = Files.walk(CORPUS)) {
            List<Path> bigEndian = files.filter(file -> file.toString().contains("bigendian")
                            && file.toString().endsWith(".arrow_file"))
                    .toList();
            assertThat(bigEndian).isNotEmpty();
            for (Path file : bigEndian) {
                assertThat(open(file.toString(), Files.readAllBytes(file)))
                        .as("%s", file)
                        .isFalse();
            }
        }
    }

    @Test
    void everySingleByteChangeOfTheMetadataOpensOrIsRefused() {
        byte[] valid = valid();
        int bodyOffset = SegmentLayout.of(SCHEMA).bodyOffset();
        int bodyEnd = valid.length - SegmentLayout.of(SCHEMA).tailBytes();
        assertThat(open("the valid one", valid)).isTrue();
        int opened = 0;
        int changed = 0;
        for (int i = 0; i < valid.length; i++) {
            if (i < bodyOffset || i >= bodyEnd) {
                for (int value : VALUES) {
                    byte[] bytes = valid.clone();
                    bytes[i] = (byte) (bytes[i] == (byte) value ? value ^ 0x10 : value);
                    opened += open("byte " + i + " = " + bytes[i], bytes) ? 1 : 0;
                    changed++;
                }
            }
        }
        System.out.printf("%d of %d changed segments opened%n", opened, changed);
    }

    @Test
    void offsetsInTheMiddleMayBeAnything() {
        byte[] valid = valid();
        int bodyOffset = SegmentLayout.of(SCHEMA).bodyOffset();
        int bodyEnd = valid.length - SegmentLayout.of(SCHEMA).tailBytes();
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("HostileBytesTest -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] bytes = valid.clone();
            for (int i = 0; i < 3; i++) {
                bytes[bodyOffset + random.nextInt(bodyEnd - bodyOffset)] = (byte) random.nextInt();
            }
            open("round " + round, bytes);
        }
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] valid = valid();
        for (int length = 0; length < valid.length; length++) {
            assertThat(open("cut at " + length, Arrays.copyOf(valid, length)))
                    .as("cut at " + length)
                    .isFalse();
        }
    }

    private static byte[] valid() {
        return Bytes.write(SCHEMA, 1 << 20, writer -> new RandomBatch(new Random(1)).fill(writer.root(), 20));
    }

    private static boolean open(String what, byte[] bytes) {
        long before = ArrowMemory.root().getAllocatedMemory();
        try {
            Bytes.open(bytes, Bytes::readAll);
            return true;
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).as(what).isEqualTo(Kind.CORRUPT);
            assertThat(ArrowMemory.root().getAllocatedMemory())
                    .as("memory left by %s", what)
                    .isEqualTo(before);
            return false;
        } catch (Throwable e) {
            return fail(what, e);
        }
    }
}
