package io.arrowshm.internal.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of other writers, and damaged ones. */
class ForeignBytesTest {
    private static final Path FILES = Path.of("src/test/resources/foreign");

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
