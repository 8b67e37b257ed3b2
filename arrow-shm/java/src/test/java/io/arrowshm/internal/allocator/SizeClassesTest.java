package io.arrowshm.internal.allocator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SizeClassesTest {
    @Test
    void everySmallSizeGetsTheSmallestBlockThatHoldsIt() {
        long previous = SizeClasses.SMALLEST;
        for (long bytes = 0; bytes <= 1 << 20; bytes++) {
            long block = SizeClasses.blockBytes(bytes);
            assertThat(block)
                    .isGreaterThanOrEqualTo(Math.max(bytes, previous))
                    .isLessThanOrEqualTo(Math.max(SizeClasses.SMALLEST, bytes * 5 / 4 + 1));
            assertThat(block % 64).isZero();
            assertThat(SizeClasses.blockBytes(block)).isEqualTo(block);
            previous = block;
        }
    }

    @Test
    void largeSizesDoNotOverflow() {
        for (int shift = 21; shift <= 57; shift++) {
            for (long bytes : new long[] {(1L << shift) - 1, 1L << shift, (1L << shift) + 1}) {
                assertThat(SizeClasses.blockBytes(bytes)).isBetween(bytes, bytes * 5 / 4 + 1);
            }
        }
    }

    @Test
    void sizesAreNumberedFromTheSmallest() {
        long blockBytes = SizeClasses.SMALLEST;
        for (int sizeClass = 0; sizeClass < SizeClasses.COUNT; sizeClass++) {
            assertThat(SizeClasses.blockBytes(sizeClass)).isEqualTo(blockBytes);
            assertThat(SizeClasses.sizeClass(blockBytes)).isEqualTo(sizeClass);
            blockBytes = SizeClasses.blockBytes(blockBytes + 1);
        }
    }
}
