package io.arrowshm.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CgroupMemoryTest {
    private static final String UNLIMITED_V1 = "9223372036854771712";

    @TempDir
    private Path mounts;

    @Test
    void withoutALimitEverythingIsAllowed() throws IOException {
        v2("", "max", 100);
        assertThat(allowance("0::/")).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void withoutControlGroupsEverythingIsAllowed() {
        assertThat(new CgroupMemory(mounts.resolve("absent"), mounts).allowance())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whatTheRootOfAContainerAllowsCounts() throws IOException {
        v2("", "1000", 300);
        assertThat(allowance("0::/")).isEqualTo(700);
    }

    @Test
    void theProcesssOwnGroupCounts() throws IOException {
        v2("user.slice/job", "500", 100);
        assertThat(allowance("0::/user.slice/job")).isEqualTo(400);
    }

    @Test
    void theTightestOfAllAncestorsCounts() throws IOException {
        v2("a", "1000", 950);
        v2("a/b", "max", 900);
        v2("a/b/c", "500", 100);
        assertThat(allowance("0::/a/b/c")).isEqualTo(50);
    }

    @Test
    void otherGroupsDoNotCount() throws IOException {
        v2("a", "1000", 500);
        v2("ab", "1", 1);
        assertThat(allowance("0::/a")).isEqualTo(500);
    }

    @Test
    void aPathOfTheHostMeansTheRootOfTheContainer() throws IOException {
        v2("", "1000", 300);
        assertThat(allowance("0::/docker/0123")).isEqualTo(700);
        assertThat(allowance("0::/../../docker/0123")).isEqualTo(700);
    }

    @Test
    void moreThanTheLimitInUseAllowsNothing() throws IOException {
        v2("", "1000", 1100);
        assertThat(allowance("0::/")).isZero();
    }

    @Test
    void cachedFilesAreNotInTheWay() throws IOException {
        v2("", "1000", 900);
        Files.writeString(mounts.resolve("memory.stat"), "anon 100\nfile 800\ninactive_file 600\nactive_file 50\n");
        assertThat(allowance("0::/")).isEqualTo(700);
    }

    @Test
    void versionOneCountsToo() throws IOException {
        v1("", UNLIMITED_V1, 5000);
        v1("flink", "2000", 1500);
        Files.writeString(mounts.resolve("memory/flink/memory.stat"), "inactive_file 1\ntotal_inactive_file 100\n");
        assertThat(allowance("9:name=systemd:/", "4:cpu,memory:/flink/task", "0::/"))
                .isEqualTo(600);
    }

    @Test
    void thisProcessHasAnAllowance() {
        assertThat(CgroupMemory.ofThisProcess().allowance()).isPositive();
    }

    private long allowance(String... memberships) throws IOException {
        Path file = mounts.resolve("self");
        Files.writeString(file, String.join("\n", memberships));
        return new CgroupMemory(file, mounts).allowance();
    }

    private void v2(String group, String limit, long used) throws IOException {
        write(mounts.resolve(group), "memory.max", limit, "memory.current", used);
    }

    private void v1(String group, String limit, long used) throws IOException {
        write(mounts.resolve("memory").resolve(group), "memory.limit_in_bytes", limit, "memory.usage_in_bytes", used);
    }

    private static void write(Path group, String limitFile, String limit, String usedFile, long used)
            throws IOException {
        Files.createDirectories(group);
        Files.writeString(group.resolve(limitFile), limit + "\n");
        Files.writeString(group.resolve(usedFile), used + "\n");
    }
}
