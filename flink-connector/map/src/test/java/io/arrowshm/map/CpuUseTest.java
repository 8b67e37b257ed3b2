package io.arrowshm.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.testing.TestPool;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class CpuUseTest {
    @RegisterExtension
    static final TestPool POOL = TestPool.ofBytes(1 << 20);

    @Test
    void everyCoreIsMeasuredIfThatIsAskedFor() throws Exception {
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            Call call = shm.start(
                    Functor.numbers(50),
                    CallOptions.perWorker().measuringCpu(),
                    (worker, index, value) -> LockSupport.parkNanos(10_000_000));
            call.await();
            CpuUse cpu = call.cpu();
            assertThat(cpu.samples()).hasSizeGreaterThanOrEqualTo(2);
            int cores = Runtime.getRuntime().availableProcessors();
            assertThat(cpu.samples())
                    .allSatisfy(sample -> assertThat(sample.cores())
                            .hasSizeGreaterThanOrEqualTo(cores)
                            .allMatch(part -> part >= 0 && part <= 1));
            assertThat(cpu.samples().get(1).seconds())
                    .isGreaterThan(cpu.samples().get(0).seconds());
            String numbers =
                    "\\[\\d+\\.\\d{3}(, \\d+\\.\\d{3}){" + (cpu.samples().size() - 1) + "}]";
            assertThat(cpu.toJson())
                    .matches("\\{\"seconds\": " + numbers + ", \"cores\": \\[" + numbers + "(, " + numbers + ")*]}");
        }
    }

    @Test
    void thePictureHasAStripForEachCore(@TempDir Path directory) throws Exception {
        try (Shm shm = Shm.serial(POOL.options())) {
            Call call =
                    shm.start(Functor.numbers(1), CallOptions.perWorker().measuringCpu(), (worker, index, value) -> {});
            Path file = directory.resolve("cpu.png");
            call.cpu().writePng(file);
            BufferedImage image = ImageIO.read(file.toFile());
            int cores = call.cpu().samples().get(0).cores().size();
            assertThat(image.getHeight()).isEqualTo(50 + 60 * cores);
        }
    }

    @Test
    void nothingIsMeasuredOtherwise() {
        try (Shm shm = Shm.serial(POOL.options())) {
            Call call = shm.start(Functor.numbers(1), (worker, index, value) -> {});
            assertThatThrownBy(call::cpu).hasMessageContaining("measuringCpu()");
        }
    }
}
