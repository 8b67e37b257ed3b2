package io.arrowshm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamePatternTest {
    @Test
    void oneStarStopsAtASlashAndTwoDoNot() {
        assertThat(NamePattern.of("*")).accepts("a", "run 7").rejects("a/b");
        assertThat(NamePattern.of("**")).accepts("a", "a/b/c");
        assertThat(NamePattern.of("run/*/frames")).accepts("run/1/frames").rejects("run/1/2/frames", "run/frames");
        assertThat(NamePattern.of("run/**")).accepts("run/1", "run/1/2").rejects("run", "runs/1");
    }

    @Test
    void aQuestionMarkIsOneCharacterAndAllElseIsItself() {
        assertThat(NamePattern.of("a?")).accepts("ab").rejects("a", "abc", "a/");
        assertThat(NamePattern.of("a.b[1]\\Q(x)")).accepts("a.b[1]\\Q(x)").rejects("aXb[1]\\Q(x)", "a.b1\\Q(x)");
    }
}
