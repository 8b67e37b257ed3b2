package io.arrowshm.internal.arrow;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damages files: a byte, several bytes, a piece of another file, cut off, made longer. From one random source. */
final class Mutations {
    private static final int ALIGNMENT = 8;

    private final Random random;
    private final List<byte[]> files;

    /** @param files of which pieces are taken */
    Mutations(Random random, List<byte[]> files) {
        this.random = random;
        this.files = files;
    }

    byte[] mutate(byte[] file) {
        byte[] bytes = file.clone();
        switch (random.nextInt(10)) {
            case 0, 1, 2 -> changeByte(bytes);
            case 3, 4 -> changeNumber(bytes);
            case 5 -> {
                for (int i = 2 + random.nextInt(7); i > 0; i--) {
                    changeByte(bytes);
                }
            }
            case 6, 7 -> splice(bytes);
            case 8 -> {
                return truncate(bytes);
            }
            default -> {
                return extend(bytes);
            }
        }
        return bytes;
    }

    private void changeByte(byte[] bytes) {
        int at = random.nextInt(bytes.length);
        byte before = bytes[at];
        bytes[at] = random.nextBoolean() ? (byte) (before ^ (1 << random.nextInt(Byte.SIZE))) : (byte) random.nextInt();
    }

    /** Lengths, offsets and counts are numbers of 4 or 8 bytes: small, huge, negative. */
    private void changeNumber(byte[] bytes) {
        int at = random.nextInt(bytes.length / Integer.BYTES - 2) * Integer.BYTES;
        long number = random.nextLong() >> random.nextInt(Long.SIZE);
        for (int i = 0; i < (random.nextBoolean() ? Integer.BYTES : Long.BYTES); i++) {
            bytes[at + i] = (byte) (number >> (i * Byte.SIZE));
        }
    }

    private void splice(byte[] bytes) {
        byte[] other = files.get(random.nextInt(files.size()));
        int length = Math.min(1 + random.nextInt(8 * Long.BYTES), Math.min(other.length, bytes.length) - ALIGNMENT);
        int from = random.nextInt(other.length - length) / ALIGNMENT * ALIGNMENT;
        int to = random.nextInt(bytes.length - length) / ALIGNMENT * ALIGNMENT;
        System.arraycopy(other, from, bytes, to, length);
    }

    /** At the end, or in the middle so that the footer stays. */
    private byte[] truncate(byte[] bytes) {
        int cut = 1 + random.nextInt(bytes.length - 1);
        if (random.nextBoolean()) {
            return Arrays.copyOf(bytes, bytes.length - cut);
        }
        int at = random.nextInt(bytes.length - cut + 1);
        byte[] shorter = Arrays.copyOf(bytes, bytes.length - cut);
        System.arraycopy(bytes, at + cut, shorter, at, shorter.length - at);
        return shorter;
    }

    /** At the end, or in the middle so that the footer stays. */
    private byte[] extend(byte[] bytes) {
        byte[] more = new byte[1 + random.nextInt(256)];
        if (random.nextBoolean()) {
            random.nextBytes(more);
        }
        int at = random.nextBoolean() ? bytes.length : random.nextInt(bytes.length);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(more, 0, longer, at, more.length);
        System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
        return longer;
    }
}
