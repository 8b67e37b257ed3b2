package io.arrowshm.map.internal.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.testing.Await;
import io.arrowshm.testing.Child;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A context's directory between processes. */
class OwnerIT {
    @TempDir
    private Path temporary;

    @Test
    void anotherProcessCannotHaveItUntilItsOwnerIsDead() throws Exception {
        ContextDirectory directory = ContextDirectory.at(temporary.resolve("all/lab"));
        List<String> command = new ArrayList<>(List.of(Child.javaOf(Path.of(System.getProperty("java.home")))));
        command.addAll(Child.flags());
        try (Child owner = Child.start(
                command,
                Child.classPath(),
                ProcessBuilder.Redirect.INHERIT,
                Owner.class,
                directory.path().toString())) {
            assertThat(owner.read()).isEqualTo("owned");
            assertThat(directory.own()).isNull();
            assertThat(directory.isOwnedOrAlive()).isTrue();
            directory.deleteIfAbandoned();
            assertThat(directory.path()).exists();
            owner.kill();
            Await.until("the owner is dead", () -> !owner.isAlive());
            assertThat(directory.isOwnedOrAlive()).isFalse();
            directory.own().close();
            assertThat(directory.path()).doesNotExist();
        }
    }

    /** The other process. */
    public static final class Owner {
        public static void main(String[] arguments) throws Exception {
            try (ContextDirectory.Owned owned =
                    ContextDirectory.at(Path.of(arguments[0])).own()) {
                System.out.println(owned == null ? "refused" : "owned");
                System.in.read();
            }
        }
    }
}
