package io.arrowshm.map.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContextDirectoryTest {
    @TempDir
    private Path temporary;

    private Path all;
    private ContextDirectory directory;

    @BeforeEach
    void nameIt() {
        all = temporary.resolve("all");
        directory = ContextDirectory.at(all.resolve("lab"));
    }

    @Test
    void isItsUsersAloneOrRefused() throws Exception {
        directory.create();
        directory.create();
        for (Path path : new Path[] {all, directory.path()}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rwx------");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));
            assertThatThrownBy(directory::create)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(path + " is not a directory of this user alone: mode=rwxr-x---");
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @Test
    void aLinkInItsPlaceIsRefused() throws Exception {
        Files.createDirectory(temporary.resolve("other"));
        Files.createSymbolicLink(all, temporary.resolve("other"));
        assertThatThrownBy(directory::create).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void hasOneOwnerAndIsGoneWithIt() throws Exception {
        try (ContextDirectory.Owned owned = directory.own()) {
            assertThat(owned).isNotNull();
            assertThat(directory.own()).isNull();
            assertThat(directory.isOwnedOrAlive()).isTrue();
            Files.createDirectories(owned.resolve("cluster/log"));
        }
        assertThat(all).doesNotExist();
        directory.own().close();
    }

    @Test
    void whatAKilledOwnerHasLeftIsRemovedByTheNext() throws Exception {
        Path abandoned = all.resolve("abandoned");
        ContextDirectory.at(abandoned).create();
        Files.createFile(abandoned.resolve("0.sock"));
        Files.createFile(abandoned.resolve("owner"));
        directory.create();
        Files.createFile(directory.socket(3));
        try (ContextDirectory.Owned owned = directory.own()) {
            assertThat(owned).isNotNull();
            assertThat(abandoned).doesNotExist();
            assertThat(directory.workers()).isEmpty();
        }
    }

    @Test
    void whereAWorkerListensNobodyElseBegins() throws Exception {
        directory.create();
        try (ServerSocketChannel worker = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            worker.bind(UnixDomainSocketAddress.of(directory.socket(1)));
            assertThat(directory.own()).isNull();
            directory.deleteIfAbandoned();
            assertThat(directory.workers()).containsExactly(1);
            ContextDirectory.at(all.resolve("another")).own().close();
            assertThat(directory.workers()).containsExactly(1);
        }
        directory.own().close();
        assertThat(all).doesNotExist();
    }

    @Test
    void namesThatDoNotFitAreRefused() {
        for (String name : new String[] {"", ".", "../x", "a/b", "a b", "x".repeat(61)}) {
            assertThatThrownBy(() -> ContextDirectory.named(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("allowed");
        }
        assertThat(ContextDirectory.named("x".repeat(60)).socket(127).toString().length())
                .isLessThan(108);
    }
}
