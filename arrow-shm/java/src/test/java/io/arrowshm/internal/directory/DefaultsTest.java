package io.arrowshm.internal.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DefaultsTest {
    @Test
    void aPoolThatNobodySizedHasAQuarterOfWhatIsFreeAndFourGibibytesAtMost() {
        assertThat(DefaultSize.of(64 << 20)).isEqualTo(16 << 20);
        assertThat(DefaultSize.of(24L << 30)).isEqualTo(4L << 30);
        assertThat(DefaultSize.reason(64 << 20)).contains("a quarter of the 67,108,864 bytes that are free");
    }

    @Test
    void aDirectoryThatIsInNoMemoryIsToldWithTheRemedy() {
        assertThat(Tmpfs.problem(Path.of("/dev/shm"))).isNull();
        assertThat(Tmpfs.problem(Path.of("/proc")))
                .contains("file system of type proc, not on a tmpfs")
                .contains("mount -t tmpfs");
    }
}
