package io.arrowshm.internal.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class DescriptionFormatTest {
    private static final PoolDescription DESCRIPTION =
            new PoolDescription(1, "0123456789abcdef", "a \"boot\" id", 1L << 40, 65_536, true);
    private static final String TEXT =
            "{\"formatVersion\":1,\"poolId\":\"0123456789abcdef\",\"bootId\":\"a \\\"boot\\\" id\","
                    + "\"sizeBytes\":1099511627776,\"slots\":65536,\"checksums\":true}";

    @Test
    void whatIsWrittenIsRead() throws IOException {
        assertThat(new String(DescriptionFormat.bytes(DESCRIPTION), UTF_8)).isEqualTo(TEXT);
        assertThat(parse(TEXT).description()).isEqualTo(DESCRIPTION);
        assertThat(parse(TEXT.replace(",", " ,\n  ")).description()).isEqualTo(DESCRIPTION);
    }

    @Test
    void anotherVersionIsToldWhateverElseIsInIt() throws IOException {
        assertThat(parse("{\"pools\":[{\"poolId\":7}],\"size\":1.5,\"none\":null,\"formatVersion\":2}")
                        .version())
                .isEqualTo(2);
        assertThat(parse("{}").version()).isNull();
        assertThat(parse("{\"formatVersion\":\"1\"}").version()).isNull();
    }

    @Test
    void fieldsAreThoseOfTheFormatAndNoOthersWithValuesOfTheirTypes() {
        assertRefused(TEXT.replace("\"slots\":65536,", ""), "it has the fields");
        assertRefused(TEXT.replace("true", "true,\"more\":1"), "it has the fields");
        assertRefused(TEXT.replace("checksums", "checksum"), "checksums is null");
        assertRefused(TEXT.replace("true", "1"), "checksums is 1");
        assertRefused(TEXT.replace("65536", "\"65536\""), "slots is 65536");
        assertRefused(TEXT.replace("65536", "4294967297"), "slots is 4294967297");
        assertRefused(TEXT.replace("1099511627776", "1.5"), "sizeBytes is");
        assertRefused(TEXT.replace("1099511627776", "9223372036854775808"), "out of range");
        assertRefused(TEXT.replace("\"0123456789abcdef\"", "null"), "poolId is");
        assertRefused(TEXT.replace("bootId", "poolId"), "Duplicate");
    }

    @Test
    void whatIsNoObjectIsRefused() {
        assertRefused("", "no object");
        assertRefused("[" + TEXT + "]", "no object");
        assertRefused(TEXT + "{}", "something behind");
        for (int length = 1; length < TEXT.length(); length++) {
            String cut = TEXT.substring(0, length);
            assertThatThrownBy(() -> parse(cut).description()).as(cut).isInstanceOf(IOException.class);
        }
    }

    private static void assertRefused(String text, String reason) {
        assertThatThrownBy(() -> parse(text).description())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(reason);
    }

    private static DescriptionFormat parse(String text) throws IOException {
        return DescriptionFormat.parse(text.getBytes(UTF_8));
    }
}
