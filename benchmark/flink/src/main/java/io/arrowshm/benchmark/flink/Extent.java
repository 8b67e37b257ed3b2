package io.arrowshm.benchmark.flink;

import java.util.List;
import java.util.function.Function;

/** How much is measured if nobody asks for something else. */
@SuppressWarnings("ImmutableEnumChecker") // lists that nobody changes, and a method reference without state
enum Extent {
    QUICK(Sizes::quick, List.of(Questions.SIZE), Contestant.usual(), 1),
    USUAL(Sizes::usual, List.of(Questions.SIZE), Contestant.usual(), 2),
    FULL(Sizes::full, Questions.ALL, Contestant.all(), 2);

    private final Function<Sizes, List<Integer>> bytes;
    private final List<Question> questions;
    private final List<Contestant> contestants;
    private final double seconds;

    Extent(
            Function<Sizes, List<Integer>> bytes,
            List<Question> questions,
            List<Contestant> contestants,
            double seconds) {
        this.bytes = bytes;
        this.questions = questions;
        this.contestants = contestants;
        this.seconds = seconds;
    }

    /** Sizes of arrays of a question, in bytes. */
    List<Integer> bytes(Question question) {
        return bytes.apply(question.sweep().sizes());
    }

    List<Question> questions() {
        return questions;
    }

    List<Contestant> contestants() {
        return contestants;
    }

    /** That a run counts. */
    double seconds() {
        return seconds;
    }
}
