package io.arrowshm.map.internal.parcel;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * An exception on its way to another process: the same one where it can be serialised and its class is known, else one that
 * says what it was.
 */
public final class Thrown {
    private Thrown() {}

    public static byte[] encode(Throwable thrown) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            byte[] object = serialized(thrown);
            writeDescription(out, thrown);
            out.writeInt(object.length);
            out.write(object);
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return bytes.toByteArray();
    }

    private static void writeDescription(DataOutputStream out, Throwable thrown) throws IOException {
        byte[] text = text(thrown).getBytes(java.nio.charset.StandardCharsets.UTF_8);
        out.writeInt(text.length);
        out.write(text);
        StackTraceElement[] stack = thrown.getStackTrace();
        byte[] encodedStack = serialized(stack);
        out.writeInt(encodedStack.length);
        out.write(encodedStack);
    }

    /** What it says of itself, which is code of users. */
    private static String text(Throwable thrown) {
        try {
            return thrown.toString();
        } catch (RuntimeException e) {
            return thrown.getClass().getName();
        }
    }

    /** Empty if it cannot be serialised. */
    private static byte[] serialized(Object object) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(object);
            return bytes.toByteArray();
        } catch (IOException | RuntimeException e) {
            return new byte[0];
        }
    }

    /** @param classes where its class may be */
    public static Throwable decode(byte[] encoded, @Nullable ClassLoader classes) throws IOException {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded))) {
            String text = new String(in.readNBytes(in.readInt()), java.nio.charset.StandardCharsets.UTF_8);
            byte[] stack = in.readNBytes(in.readInt());
            byte[] object = in.readNBytes(in.readInt());
            if (deserialized(object, classes) instanceof Throwable thrown) {
                return thrown;
            }
            RuntimeException other = new RuntimeException(text + " (its class is not known, or not serializable)");
            if (deserialized(stack, classes) instanceof StackTraceElement[] elements) {
                other.setStackTrace(elements);
            }
            return other;
        }
    }

    private static @Nullable Object deserialized(byte[] object, @Nullable ClassLoader classes) {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(object)) {
            @Override
            protected Class<?> resolveClass(ObjectStreamClass described) throws IOException, ClassNotFoundException {
                try {
                    return Class.forName(described.getName(), false, classes);
                } catch (ClassNotFoundException e) {
                    return super.resolveClass(described);
                }
            }
        }) {
            return in.readObject();
        } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError e) {
            return null;
        }
    }
}
