package io.arrowshm.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    private final Table table = new Table().words("name").numbers("bytes").optionalWords("problem");

    @Test
    void wordsStandToTheLeftNumbersToTheRightAndEmptyColumnsAreLeftOut() {
        table.row("a", 1, "");
        table.row("long name", 1_000, "");
        assertThat(table.toString().lines())
                .contains("| name      | bytes |", "| a         |     1 |", "| long name |  1000 |");
    }

    @Test
    void anOptionalColumnIsThereAsSoonAsSomethingStandsInIt() {
        table.row("a", 1, "");
        table.row("b", 2, "damaged");
        assertThat(table.toString().lines()).contains("| name | bytes | problem |", "| a    |     1 |         |");
    }

    @Test
    void eachCellTakesOneLineAndWhatCannotBeSeenIsAsWideAsWhatStandsForIt() {
        table.row("a\u202e\nb", 1, "");
        assertThat(table.toString().lines()).contains("| name           | bytes |", "| a\\u202e\\u000ab |     1 |");
    }

    @Test
    void aRowHasACellForEachColumn() {
        assertThat(table.isEmpty()).isTrue();
        assertThatThrownBy(() -> table.row("a", 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cells=2");
    }
}
