package io.arrowshm.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class ByteSizeConverterTest {
    private final ByteSizeConverter converter = new ByteSizeConverter();

    @Test
    void unitsArePowersOf1024HoweverTheyAreWritten() {
        for (String size : new String[] {"256MiB", "256mb", "256M", "256 m", "262144k", "268435456", "268435456b"}) {
            assertThat(converter.convert(size)).as(size).isEqualTo(256L << 20);
        }
        assertThat(converter.convert("1g")).isEqualTo(1L << 30);
    }

    @Test
    void whatIsNoSizeIsRefused() {
        for (String size : new String[] {"", "m", "-1", "1.5g", "1x", "99999999t"}) {
            assertThatThrownBy(() -> converter.convert(size)).as(size).isInstanceOf(TypeConversionException.class);
        }
    }
}
