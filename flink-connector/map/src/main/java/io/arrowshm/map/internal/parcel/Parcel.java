package io.arrowshm.map.internal.parcel;

import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.Access;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.lang.reflect.Array;
import org.jspecify.annotations.Nullable;

/** Objects as bytes, and what to do with the arrays in them. Any thread. */
public final class Parcel {
    /** Of an array on the heap in what a kernel captures. More than that is a mistake: each worker would get a copy. */
    public static final int MOST_HEAP_ARRAY_BYTES = 1 << 20;

    /** Attribute of arrays that have a part for each worker. */
    public static final String PER_WORKER = "arrow-shm.per-worker";

    /** Of all that a kernel captures. */
    private static final int MOST_BYTES = 16 << 20;

    private Parcel() {}

    /**
     * Packs what a call does.
     *
     * @param segments where segments go of arrays in it
     * @param parts whether there may be arrays with a part for each worker in it
     * @throws IllegalArgumentException if it cannot be serialised, has too much on the heap, or an array that may not be there
     * @throws io.arrowshm.error.SharedMemoryException if an array in it is closed, or lies elsewhere
     */
    public static byte[] pack(Object work, SegmentSink segments, boolean parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new Output(bytes, segments, parts)) {
            out.writeObject(work);
        } catch (NotSerializableException e) {
            throw new IllegalArgumentException(Culprit.describe(work, e), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the kernel cannot be serialised: " + e, e);
        }
        if (bytes.size() > MOST_BYTES) {
            throw new IllegalArgumentException("what the kernel captures takes " + bytes.size() + " bytes, allowed "
                    + MOST_BYTES + "; put large data into arrays of the context: alloc");
        }
        return bytes.toByteArray();
    }

    /**
     * Unpacks an object.
     *
     * @param segments where segments are had of arrays in it
     * @param arrays where copies go; null if nothing is copied, since it has come for good
     * @param classes of the job
     */
    public static Object unpack(
            byte[] bytes, SegmentSource segments, @Nullable WorkerArrays arrays, @Nullable ClassLoader classes)
            throws IOException, ClassNotFoundException {
        try (ObjectInputStream in = new Input(new ByteArrayInputStream(bytes), segments, arrays, classes)) {
            return in.readObject();
        }
    }

    /** In C order, or in that of Fortran if the array has it. */
    private static MutableNdArray copy(NdArray array, WorkerArrays arrays) {
        ArrayOrder order = array.order() == ArrayOrder.FORTRAN ? ArrayOrder.FORTRAN : ArrayOrder.C;
        ArraySpec spec = ArraySpec.of(array.dtype(), array.shape())
                .withOrder(order)
                .withDimensionNames(array.dimensionNames().toArray(String[]::new))
                .withAttributes(array.attributes());
        MutableNdArray copy = arrays.alloc(spec);
        array.copyTo(copy);
        return copy;
    }

    /** Knows what to do with arrays. */
    static final class Output extends ObjectOutputStream {
        private final SegmentSink segments;
        private final boolean parts;
        private boolean copying;

        Output(OutputStream out, SegmentSink segments, boolean parts) throws IOException {
            super(out);
            this.segments = segments;
            this.parts = parts;
            enableReplaceObject(true);
        }

        /** Whether the other side gets copies of arrays from now on; returns whether it did before. */
        boolean copying(boolean from) {
            boolean before = copying;
            copying = from;
            return before;
        }

        @Override
        protected Object replaceObject(Object written) {
            if (written instanceof NdArray array) {
                checkParts(array);
                int segment = segments.add(Access.segmentOf(array));
                boolean writable = array instanceof MutableNdArray;
                return new ArrayToken(segment, Access.viewOf(array), writable, copying);
            }
            Class<?> component = written.getClass().getComponentType();
            if (component == null || !component.isPrimitive()) {
                return written;
            }
            if (copying) {
                return throughPool(written);
            }
            checkHeapArray(written, component);
            return written;
        }

        /** With the other bytes if it is small, or if the pool has no room for it. */
        private Object throughPool(Object array) {
            ArraySpec spec = HeapArrays.spec(array);
            if (spec == null) {
                return array;
            }
            try {
                return new HeapToken(segments.addNew(spec, copy -> HeapArrays.copy(array, copy)));
            } catch (SharedMemoryException e) {
                if (e.kind() == SharedMemoryException.Kind.FULL) {
                    return array;
                }
                throw e;
            }
        }

        private void checkParts(NdArray array) {
            if (!parts && array.attributes().containsKey(PER_WORKER)) {
                throw new IllegalArgumentException(
                        "the kernel captures " + array + ", which has a part for each worker, and is"
                                + " to be retried: what a dead worker has added would count twice; retries(0), or resetting() if the"
                                + " kernel sees to that");
            }
        }

        private static void checkHeapArray(Object array, Class<?> component) {
            long bytes = (long) Array.getLength(array) * bytesOf(component);
            if (bytes > MOST_HEAP_ARRAY_BYTES) {
                throw new IllegalArgumentException("the kernel captures a " + component + "[] of " + bytes
                        + " bytes, of which every worker would get a copy of its own, allowed " + MOST_HEAP_ARRAY_BYTES
                        + "; alloc an array of the context, copy it there, and capture that");
            }
        }

        private static int bytesOf(Class<?> component) {
            if (component == long.class || component == double.class) {
                return Long.BYTES;
            }
            if (component == int.class || component == float.class) {
                return Integer.BYTES;
            }
            return component == short.class || component == char.class ? Short.BYTES : 1;
        }
    }

    private static final class Input extends ObjectInputStream {
        private final SegmentSource segments;
        private final @Nullable WorkerArrays arrays;
        private final @Nullable ClassLoader classes;

        Input(InputStream in, SegmentSource segments, @Nullable WorkerArrays arrays, @Nullable ClassLoader classes)
                throws IOException {
            super(in);
            this.segments = segments;
            this.arrays = arrays;
            this.classes = classes;
            enableResolveObject(true);
        }

        @Override
        protected Class<?> resolveClass(ObjectStreamClass described) throws IOException, ClassNotFoundException {
            try {
                return Class.forName(described.getName(), false, classes);
            } catch (ClassNotFoundException e) {
                // Of primitive types.
                return super.resolveClass(described);
            }
        }

        @Override
        protected Object resolveObject(Object read) {
            if (read instanceof HeapToken token) {
                return HeapArrays.copy(segments.get(token.segment()).array());
            }
            if (!(read instanceof ArrayToken token)) {
                return read;
            }
            if (token.isCopied() && arrays != null) {
                return copy(Access.openView(segments.get(token.segment()), token.view()), arrays);
            }
            return token.isWritable()
                    ? Access.openMutableView(segments.get(token.segment()), token.view())
                    : Access.openView(segments.get(token.segment()), token.view());
        }
    }
}
