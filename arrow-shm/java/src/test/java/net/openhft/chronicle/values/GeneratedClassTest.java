package net.openhft.chronicle.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import org.junit.jupiter.api.Test;

class GeneratedClassTest {
    private static final String NAME = "VanillaGlobalMutableState$$Native";

    @Test
    void theShippedClassIsWhatTheGeneratorMakesOfTheVersionInUse() throws Exception {
        String generated = Generators.generateNativeClass(ValueModel.acquire(VanillaGlobalMutableState.class), NAME);
        String shipped = Files.readString(Path.of("src/main/java/net/openhft/chronicle/hash", NAME + ".java"));
        String withoutHeader = shipped.replaceFirst("(?s)/\\*\\*.*?@SuppressWarnings\\([^)]*\\)\n", "");
        assertThat(withoutHeader)
                .as("after a change of Chronicle Map's version, put the generated class in place of the shipped one")
                .isEqualTo(generated);
    }

    @Test
    void theShippedClassIsTheOneThatIsUsed() {
        assertThat(ValueModel.acquire(VanillaGlobalMutableState.class)
                        .nativeClass()
                        .getClassLoader())
                .isSameAs(VanillaGlobalMutableState.class.getClassLoader());
        assertThat(ValueModel.acquire(VanillaGlobalMutableState.class)
                        .nativeClass()
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .getPath())
                .contains("arrow-shm");
    }
}
