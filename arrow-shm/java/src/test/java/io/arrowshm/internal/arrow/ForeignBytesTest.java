package io.arrowshm.internal.arrow;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of other writers, and damaged ones. */
class ForeignBytesTest {
    private static final Path FILES = Path.of("src/test/resources/foreign");
    private static final int MUTATIONS = 4_000;

    @Test
    void aFileWithoutASchemaAtItsStartIsReadByThatOfItsFooter() throws IOException {
        assertThat(values("polars_col_i.arrow")).containsExactly("1", "null", "3");
        assertThat(values("polars_col_s.arrow")).containsExactly("a", "null", "a long string that is more than twelve");
    }

    @ParameterizedTest
    @ValueSource(strings = {"acc-143-dur_s.arrow", "acc-21-fsl_fsl.arrow", "acc-606-deep_struct_63.arrow"})
    void twoSchemasThatDifferAreRefused(String name) throws IOException {
        byte[] bytes = read(name);
        assertThatThrownBy(() -> Bytes.open(bytes, file -> file))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("the schema at the front says ")
                .hasMessageContaining(", the footer says ");
    }

    @Test
    void metadataThatIsNoTextIsEmpty() throws IOException {
        assertThat(values("ext_my.arrow")).hasSize(2);
        Bytes.open(read("meta.arrow"), file -> {
            assertThat(file.schema().getCustomMetadata()).isEqualTo(Map.of("m", "é", "", ""));
            assertThat(file.schema().getFields().get(0).getMetadata()).isEqualTo(Map.of("k", "v", "bin", ""));
            return null;
        });
    }

    @ParameterizedTest
    @CsvSource({
        "dec_32.arrow, field c is of decimal32(9, cast it to decimal128",
        "fsb_0.arrow, field c: FixedSizeBinary(0) cannot be read in place, give its values a width of at least 1"
    })
    void typesWithoutVectorsAreRefusedByName(String name, String what, String remedy) throws IOException {
        byte[] bytes = read(name);
        assertThatThrownBy(() -> Bytes.open(bytes, file -> file))
                .hasMessageContaining(what)
                .hasMessageContaining(remedy);
    }

    @Test
    void whereNoNullIsCountedNothingIsNull() throws IOException {
        byte[] bytes = read("polars_col_i.arrow");
        setNullCount(bytes, 0);
        Bytes.open(bytes, file -> {
            file.validate();
            assertThat(file.onlyBatch().getVector(0).isNull(1)).isFalse();
            return null;
        });
    }

    @Test
    void nullsThatAreNotAsManyAsAreCountedAreFound() throws IOException {
        byte[] bytes = read("polars_col_i.arrow");
        setNullCount(bytes, 2);
        Bytes.open(bytes, file -> {
            assertThat(file.onlyBatch().getVector(0).isNull(1)).isTrue();
            assertThatThrownBy(file::validate).hasMessageContaining("is said to have 2 nulls, and has 1");
            return null;
        });
    }

    /** The first node of the file is one of three rows with one null. */
    private static void setNullCount(byte[] bytes, int nullCount) {
        int node = 0;
        while (bytes[node] != 3 || bytes[node + Long.BYTES] != 1) {
            node += Long.BYTES;
        }
        bytes[node + Long.BYTES] = (byte) nullCount;
    }

    @ParameterizedTest
    @ValueSource(strings = {"escaped-6c74b0ff-map_sorted.arrow", "escaped-7a80af8a-s_large_utf8_sliced.arrow"})
    void offsetsThatLeadNowhereAreFound(String name) throws IOException {
        byte[] bytes = read(name);
        assertThatThrownBy(() -> Bytes.open(bytes, file -> {
                    file.validate();
                    return null;
                }))
                .isInstanceOf(SharedMemoryException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd.arrow", "lz4.arrow", "plain_stream.arrows", "zstd_stream.arrows"})
    void streamsAndCompressedFilesAreConverted(String name) throws IOException {
        byte[] converted = requireNonNull(Bytes.convert(read(name)));
        Bytes.open(converted, file -> {
            assertThat(Bytes.readAll(file)).isTrue();
            assertThat(file.batchCount()).isEqualTo(2);
            assertThat(IntStream.range(0, 5)
                            .mapToObj(column -> String.valueOf(
                                    file.batch(0).getVector(column).getObject(3))))
                    .containsExactly("4", "longer than twelve bytes", "longer than twelve bytes", "[3]", "2");
            assertThat(file.batch(1).getRowCount()).isEqualTo(20);
            assertThat(file.batch(1).getVector(0).getObject(2)).isNull();
            return null;
        });
        assertThat(Bytes.convert(converted)).isNull();
    }

    @Test
    void whatIsDamagedIsRefusedOrConvertedIntoWhatIsValid() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ForeignBytesTest -Dseed=" + seed);
        List<byte[]> files = new ArrayList<>();
        for (String name : List.of("zstd.arrow", "lz4.arrow", "plain_stream.arrows", "zstd_stream.arrows")) {
            files.add(read(name));
        }
        Mutations mutations = new Mutations(new Random(seed), files);
        int converted = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            try {
                byte[] bytes = Bytes.convert(mutations.mutate(files.get(i % files.size())));
                if (bytes != null) {
                    converted++;
                    assertThat(Bytes.<Boolean>open(bytes, Bytes::readAll))
                            .as("mutation %d", i)
                            .isTrue();
                }
            } catch (SharedMemoryException e) {
                assertThat(e.kind()).as("mutation %d: %s", i, e.getMessage()).isEqualTo(Kind.CORRUPT);
            }
        }
        System.out.printf("%d of %d mutations converted%n", converted, MUTATIONS);
    }

    @Test
    void aSizeThatNoCompressionCanHaveIsNotBelieved() throws IOException {
        byte[] bytes = read("zstd.arrow");
        ByteBuffer whole = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int texts = 0;
        // Before the compressed bytes of the texts stands how many they are.
        while (whole.getLong(texts) != 50L * ("same text" + "x" + "longer than twelve bytes").length()) {
            texts += Long.BYTES;
        }
        whole.putLong(texts, 1L << 50);
        assertThatThrownBy(() -> Bytes.convert(bytes)).hasMessageContaining("is said to have 1125899906842624");
    }

    private static List<String> values(String name) throws IOException {
        return Bytes.open(read(name), file -> {
            file.validate();
            FieldVector vector = file.onlyBatch().getVector(0);
            return IntStream.range(0, vector.getValueCount())
                    .mapToObj(row -> String.valueOf(vector.getObject(row)))
                    .toList();
        });
    }

    private static byte[] read(String name) throws IOException {
        return Files.readAllBytes(FILES.resolve(name));
    }
}
