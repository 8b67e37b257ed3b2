package io.arrowshm.load.internal.array;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes elements as a file has them such as lie in memory: numbers little endian, byte strings with zeros behind them.
 * Immutable.
 */
public final class ElementFix {
    public static final ElementFix NONE = new ElementFix(1, List.of());

    private final int itemSize;
    private final List<FieldFix> fixes;

    private ElementFix(int itemSize, List<FieldFix> fixes) {
        this.itemSize = itemSize;
        this.fixes = fixes;
    }

    /** What is done to one field of an element. */
    private interface FieldFix {
        void apply(ByteBuffer elements, int at);

        FieldFix movedBy(int offset);
    }

    /** Numbers that are big endian. */
    public static ElementFix swapped(int bytes) {
        return bytes == 1 ? NONE : new ElementFix(bytes, List.of(new Swap(0, bytes)));
    }

    /** Byte strings that end at the first zero. */
    public static ElementFix zeroTerminated(int bytes) {
        return new ElementFix(bytes, List.of(new Text(0, bytes, (byte) 0)));
    }

    /** Byte strings that end before the last blanks. */
    public static ElementFix blankPadded(int bytes) {
        return new ElementFix(bytes, List.of(new Text(0, bytes, (byte) ' ')));
    }

    /** Elements of several parts that are fixed alike. */
    public static ElementFix repeated(int count, ElementFix fix, int bytes) {
        Builder builder = new Builder();
        builder.add(0, count, bytes, fix);
        return builder.build(count * bytes);
    }

    /** Structures, whose fields are fixed each. */
    public static final class Builder {
        private final List<FieldFix> fixes = new ArrayList<>();

        /** @param count elements behind each other */
        public void add(int offset, long count, int bytes, ElementFix fix) {
            if (fix.fixes.isEmpty()) {
                return;
            }
            for (int i = 0; i < count; i++) {
                int at = offset + i * bytes;
                fix.fixes.forEach(one -> fixes.add(one.movedBy(at)));
            }
        }

        public ElementFix build(int itemSize) {
            return fixes.isEmpty() ? NONE : new ElementFix(itemSize, List.copyOf(fixes));
        }
    }

    /** Fixes whole elements from the position to the limit of a buffer, which stay. */
    public void apply(ByteBuffer elements) {
        for (FieldFix fix : fixes) {
            for (int at = elements.position(); at < elements.limit(); at += itemSize) {
                fix.apply(elements, at);
            }
        }
    }

    private record Swap(int offset, int bytes) implements FieldFix {
        @Override
        public void apply(ByteBuffer elements, int at) {
            int from = at + offset;
            switch (bytes) {
                case Short.BYTES -> elements.putShort(from, Short.reverseBytes(elements.getShort(from)));
                case Integer.BYTES -> elements.putInt(from, Integer.reverseBytes(elements.getInt(from)));
                default -> elements.putLong(from, Long.reverseBytes(elements.getLong(from)));
            }
        }

        @Override
        public FieldFix movedBy(int more) {
            return new Swap(offset + more, bytes);
        }
    }

    private record Text(int offset, int bytes, byte padding) implements FieldFix {
        @Override
        public void apply(ByteBuffer elements, int at) {
            int from = at + offset;
            int length = padding == 0 ? untilZero(elements, from) : withoutBlanks(elements, from);
            for (int i = length; i < bytes; i++) {
                elements.put(from + i, (byte) 0);
            }
        }

        private int untilZero(ByteBuffer elements, int from) {
            int length = 0;
            while (length < bytes && elements.get(from + length) != 0) {
                length++;
            }
            return length;
        }

        private int withoutBlanks(ByteBuffer elements, int from) {
            int length = bytes;
            while (length > 0 && elements.get(from + length - 1) == padding) {
                length--;
            }
            return length;
        }

        @Override
        public FieldFix movedBy(int more) {
            return new Text(offset + more, bytes, padding);
        }
    }
}
