package io.arrowshm.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.SegmentRef;
import io.arrowshm.internal.allocator.SizeClasses;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.Place;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every language computes: size classes, places, words and references. */
class TableVectorsTest {
    private static final JsonNode TABLES = VectorFiles.json("tables.json");
    private static final List<String> STATES = List.of("unbacked", "free", "building", "sealed", "mutable", "orphan");

    @Test
    void sizeClassesHaveTheirBlocks() {
        JsonNode classes = TABLES.get("sizeClasses");
        assertThat(classes).hasSize(SizeClasses.COUNT);
        for (int sizeClass = 0; sizeClass < classes.size(); sizeClass++) {
            assertThat(Values.whole(SizeClasses.blockBytes(sizeClass)))
                    .isEqualTo(VectorFiles.plain(classes.get(sizeClass)));
        }
        for (JsonNode size : TABLES.get("classesOfSizes")) {
            long block = SizeClasses.blockBytes(size.get("bytes").asLong());
            assertThat(SizeClasses.sizeClass(block))
                    .as("%s", size)
                    .isEqualTo(size.get("sizeClass").asInt());
        }
    }

    @Test
    void placesHaveTheirFields() {
        for (JsonNode expected : TABLES.get("places")) {
            long slab = expected.get("slab").asLong();
            int sizeClass = expected.get("sizeClass").asInt();
            int block = expected.get("block").asInt();
            long place = bits(expected.get("place"));
            assertThat(Place.of(slab, sizeClass, block)).isEqualTo(place);
            assertThat(Place.slab(place)).isEqualTo(slab);
            assertThat(Place.sizeClass(place)).isEqualTo(sizeClass);
            assertThat(Place.block(place)).isEqualTo(block);
        }
    }

    @Test
    void wordsHaveTheirFields() {
        for (JsonNode expected : TABLES.get("words")) {
            long word = bits(expected.get("word"));
            assertThat(STATES.get(OwnershipWord.state(word)))
                    .isEqualTo(expected.get("state").asText());
            List<Object> holders = new ArrayList<>();
            for (int p = 0; p < OwnershipWord.IN_WORD; p++) {
                if ((OwnershipWord.holders(word) & OwnershipWord.holderBit(p)) != 0) {
                    holders.add((long) p);
                }
            }
            assertThat((Object) holders).isEqualTo(VectorFiles.plain(expected.get("holders")));
            assertThat((word & OwnershipWord.FOREIGN) != 0)
                    .isEqualTo(expected.get("lent").asBoolean());
            assertThat(OwnershipWord.isNamed(word))
                    .isEqualTo(expected.get("named").asBoolean());
            assertThat(OwnershipWord.inFlight(word))
                    .isEqualTo(expected.get("inFlight").asInt());
            assertThat(OwnershipWord.epoch(word))
                    .isEqualTo(expected.get("epoch").asInt());
            assertThat(OwnershipWord.further(word))
                    .isEqualTo(expected.get("further").asInt());
        }
    }

    @Test
    void referencesHaveTheirBytes() throws IOException {
        for (JsonNode expected : TABLES.get("references")) {
            byte[] bytes = HexFormat.of().parseHex(expected.get("bytes").asText());
            SegmentRef reference = new SegmentRef(
                    bits(expected.get("poolId")),
                    expected.get("slot").asInt(),
                    expected.get("generation").asLong(),
                    expected.get("offset").asLong(),
                    expected.get("length").asLong(),
                    expected.get("epoch").asInt());
            ByteArrayOutputStream written = new ByteArrayOutputStream();
            reference.writeTo(new DataOutputStream(written));
            assertThat(written.toByteArray()).isEqualTo(bytes);
            assertThat(SegmentRef.readFrom(new DataInputStream(new ByteArrayInputStream(bytes))))
                    .isEqualTo(reference);
        }
    }

    private static long bits(JsonNode digits) {
        return Long.parseUnsignedLong(digits.asText(), 16);
    }
}
