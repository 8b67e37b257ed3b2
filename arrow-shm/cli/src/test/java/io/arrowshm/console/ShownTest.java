package io.arrowshm.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ShownTest {
    @Test
    void whatSteersATerminalOrTurnsWritingAroundOrHidesIsShownByItsNumber() {
        assertThat(Shown.line("a\u001b[2Jb\tc\u0000d\u0085e\u007f"))
                .isEqualTo("a\\u001b[2Jb\\u0009c\\u0000d\\u0085e\\u007f");
        assertThat(Shown.line("a\u202eb\u2066c\u200fd\ufeffe\u200bf"))
                .isEqualTo("a\\u202eb\\u2066c\\u200fd\\ufeffe\\u200bf");
        assertThat(Shown.line("\u2028\u2029")).isEqualTo("\\u2028\\u2029");
        assertThat(Shown.line("\ud800x\udc00")).isEqualTo("\\ud800x\\udc00");
        assertThat(Shown.line(Character.toString(0xe0041))).isEqualTo("\\udb40\\udc41");
    }

    @Test
    void whatIsWrittenInAnyScriptStaysAsItIs() {
        for (String text : new String[] {
            "", "run 7/gr\u00f6\u00dfe", "\u65e5\u672c\u8a9e", "e\u0301", "\u05d0\u0628", "\ud83d\ude00", "a\\u202e"
        }) {
            assertThat(Shown.line(text)).isEqualTo(text);
            assertThat(Shown.lines(text)).isEqualTo(text);
        }
    }

    @Test
    void onlyATextOfSeveralLinesHasEndsOfLines() {
        assertThat(Shown.lines("a\nb\r\nc")).isEqualTo("a\nb\\u000d\nc");
        assertThat(Shown.line("a\nb")).isEqualTo("a\\u000ab");
    }
}
