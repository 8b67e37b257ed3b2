package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.flink.dropin.DropInOptions;
import io.arrowshm.flink.stream.ShmOptions;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

/** The tables of options in docs/connector.md say what the options say. */
class OptionsTableTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "connector.md");

    @Test
    void everyOptionStandsInTheTablesAsItIs() throws IOException, IllegalAccessException {
        List<String> expected = new ArrayList<>();
        for (Class<?> options : List.of(ShmOptions.class, DropInOptions.class)) {
            for (Field field : options.getFields()) {
                if (field.get(null) instanceof ConfigOption<?> option) {
                    expected.add(row(option, type(field)));
                }
            }
        }
        List<String> rows = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `arrow-shm.") && line.split("\\|").length == 5)
                .toList();
        assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static String row(ConfigOption<?> option, String type) {
        String description = new HtmlFormatter().format(option.description());
        return "| `" + option.key() + "` | " + defaultOf(option) + " | " + type + " | " + description + " |";
    }

    private static String defaultOf(ConfigOption<?> option) {
        Object value = option.defaultValue();
        if (value == null || value.equals(List.of())) {
            return "(none)";
        }
        if (value instanceof Duration duration) {
            return "`" + TimeUtils.formatWithHighestUnit(duration) + "`";
        }
        return "`" + (value instanceof MemorySize size ? size.toString() : value) + "`";
    }

    /** The argument of the field's {@code ConfigOption<...>}. */
    private static String type(Field field) {
        String name = field.getGenericType().getTypeName();
        return name.substring(name.indexOf('<') + 1, name.lastIndexOf('>')).replaceAll("[a-z.]+\\.", "");
    }
}
