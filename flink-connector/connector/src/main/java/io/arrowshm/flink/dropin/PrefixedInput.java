package io.arrowshm.flink.dropin;

import java.io.IOException;
import java.io.InputStream;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;

/**
 * A view of some bytes that were read already and of those behind them. One object for all records, since Kryo makes
 * buffers for each new view. One thread.
 */
final class PrefixedInput extends DataInputViewStreamWrapper {
    PrefixedInput() {
        super(new Stream());
    }

    /** Begins with the bytes and goes on with the view. */
    DataInputView begin(DataInputView rest, byte... prefix) {
        Stream stream = (Stream) in;
        stream.prefix = prefix;
        stream.next = 0;
        stream.rest = rest;
        return this;
    }

    private static final class Stream extends InputStream {
        private byte[] prefix = {};
        private int next;

        @SuppressWarnings("NullAway.Init")
        private DataInputView rest;

        @Override
        public int read() throws IOException {
            return next < prefix.length ? prefix[next++] & 0xff : rest.readUnsignedByte();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (next == prefix.length) {
                return rest.read(target, offset, length);
            }
            int bytes = Math.min(length, prefix.length - next);
            System.arraycopy(prefix, next, target, offset, bytes);
            next += bytes;
            return bytes;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = Math.min(bytes, prefix.length - next);
            next += (int) skipped;
            return skipped + rest.skipBytes((int) Math.min(Integer.MAX_VALUE, bytes - skipped));
        }
    }
}
