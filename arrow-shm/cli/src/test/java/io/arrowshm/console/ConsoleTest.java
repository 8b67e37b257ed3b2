package io.arrowshm.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

class ConsoleTest {
    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    /** Counts the letters of a word. */
    @Command(name = "letters", mixinStandardHelpOptions = true)
    static final class Letters implements Runnable {
        @Mixin
        private final AnswerOptions answers = new AnswerOptions();

        @Parameters(arity = "0..1")
        private String word = "word";

        @Override
        public void run() {
            answers.check();
            if (word.startsWith("busy")) {
                throw new IllegalStateException(word + ": wait");
            }
            if (word.startsWith("turned")) {
                answers.forPeople().println("counting");
                answers.answer(Map.of("word", word), () -> word + " has " + word.length() + " letters");
                return;
            }
            if (word.equals("broken")) {
                throw new IllegalArgumentException("outer", new IOException("disk"));
            }
            answers.forPeople().println("counting");
            answers.answer(Map.of("letters", word.length()), () -> word.length() + " letters");
        }
    }

    @Test
    void withoutJsonThereAreWords() {
        assertThat(run()).isZero();
        assertThat(out.toString().lines()).containsExactly("counting", "4 letters");
    }

    @Test
    void jsonIsAllThatIsPrinted() {
        assertThat(run("--json")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("{\"letters\":4}");
        assertThat(err.toString().lines()).containsExactly("counting");
    }

    @Test
    void jsonDoesNotSwallowWhatFollows() {
        assertThat(run("--json", "letters")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("{\"letters\":7}");
    }

    @Test
    void aFileOfJsonIsWrittenBesideTheWords() throws Exception {
        Path file = directory.resolve("letters.json");
        assertThat(run("--json=" + file, "letter")).isZero();
        assertThat(out.toString().lines()).containsExactly("counting", "6 letters");
        assertThat(Files.readString(file)).isEqualToIgnoringWhitespace("{\"letters\":6}");
    }

    @Test
    void aFileBehindABlankIsRefusedWithWhatToWrite() {
        assertThat(run("word", "--json", "letters.json")).isEqualTo(Console.EXIT_USAGE);
        assertThat(err.toString())
                .startsWith("error: ")
                .contains("write --json=letters.json")
                .hasLineCount(1);
    }

    @Test
    void aFileThatCannotBeWrittenIsRefusedFirst() {
        assertThat(run("--json=" + directory.resolve("none/letters.json"))).isEqualTo(Console.EXIT_USAGE);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).startsWith("error: --json").hasLineCount(1);
    }

    @Test
    void aKnownFailureEndsAsItWasTold() {
        assertThat(run("busy")).isEqualTo(1);
        assertThat(err.toString()).isEqualToIgnoringNewLines("error: busy: wait");
    }

    @Test
    void anyOtherFailureIsItsReasonAndMoreOnlyIfAskedFor() {
        assertThat(run("broken")).isEqualTo(Console.EXIT_FAILURE);
        assertThat(err.toString()).isEqualToIgnoringNewLines("failed: disk");
        err.getBuffer().setLength(0);
        assertThat(run("broken", "--verbose")).isEqualTo(Console.EXIT_FAILURE);
        assertThat(err.toString()).contains("IllegalArgumentException: outer", "at io.arrowshm", "failed: disk");
    }

    @Test
    void whatSteersATerminalIsShownByItsNumberToPeopleAndAsItIsToPrograms() {
        assertThat(run("turned\u202e")).isZero();
        assertThat(out.toString().lines()).containsExactly("counting", "turned\\u202e has 7 letters");
        out.getBuffer().setLength(0);
        assertThat(run("turned\u202e", "--json")).isZero();
        assertThat(out.toString()).isEqualToIgnoringNewLines("{\"word\":\"turned\u202e\"}");
        assertThat(run("busy\u202e")).isEqualTo(1);
        assertThat(err.toString()).contains("error: busy\\u202e: wait");
    }

    @Test
    void theVersionIsTheBuilds() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("arrow-shm \\d+\\.\\d+\\.\\d+(-\\w+)?\\R");
    }

    private int run(String... arguments) {
        Failures failures = new Failures(
                failure -> failure,
                failure -> Optional.of(failure)
                        .filter(IllegalStateException.class::isInstance)
                        .map(busy -> OptionalInt.of(Console.EXIT_FAILURE))
                        .orElseGet(OptionalInt::empty));
        return new Console(failures)
                .run(new Letters(), arguments, new PrintWriter(out, true), new PrintWriter(err, true));
    }
}
