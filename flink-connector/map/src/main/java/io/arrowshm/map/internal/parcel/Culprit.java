package io.arrowshm.map.internal.parcel;

import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import org.jspecify.annotations.Nullable;

/** Finds out what of a kernel cannot be serialised. */
final class Culprit {
    private Culprit() {}

    static String describe(Object work, NotSerializableException refused) {
        String where = find(work);
        return "the kernel cannot go to other processes: " + (where == null ? "it has" : where + " is or has") + " a "
                + refused.getMessage() + ", which is not Serializable; make it within the kernel, or let the kernel use"
                + " only values and arrays of the context";
    }

    private static @Nullable String find(@Nullable Object owner) {
        if (owner == null || owner.getClass().isArray()) {
            return null;
        }
        if (owner.getClass().isRecord() && owner.getClass().getPackageName().startsWith("io.arrowshm.map")) {
            return findInComponents(owner);
        }
        SerializedLambda lambda = lambda(owner);
        return lambda == null ? null : findInCaptured(lambda);
    }

    private static @Nullable String findInComponents(Object work) {
        for (RecordComponent component : work.getClass().getRecordComponents()) {
            Object part = call(component.getAccessor(), work);
            if (part != null && !isSerializable(part)) {
                return find(part);
            }
        }
        return null;
    }

    private static @Nullable String findInCaptured(SerializedLambda lambda) {
        for (int i = 0; i < lambda.getCapturedArgCount(); i++) {
            Object captured = lambda.getCapturedArg(i);
            if (captured != null && !isSerializable(captured)) {
                return "what the lambda in " + lambda.getCapturingClass().replace('/', '.') + " captures as its "
                        + (i + 1) + ". value, of " + captured.getClass() + ",";
            }
        }
        return null;
    }

    private static @Nullable SerializedLambda lambda(Object owner) {
        if (!(owner instanceof Serializable)) {
            return null;
        }
        try {
            Method replace = owner.getClass().getDeclaredMethod("writeReplace");
            return call(replace, owner) instanceof SerializedLambda lambda ? lambda : null;
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static @Nullable Object call(Method method, Object target) {
        try {
            method.setAccessible(true);
            return method.invoke(target);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null;
        }
    }

    private static boolean isSerializable(Object part) {
        try (ObjectOutputStream out = new Probe()) {
            out.writeObject(part);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Writes nowhere; arrays of pools are fine. */
    private static final class Probe extends ObjectOutputStream {
        Probe() throws IOException {
            super(OutputStream.nullOutputStream());
            enableReplaceObject(true);
        }

        @Override
        protected Object replaceObject(Object written) {
            return written instanceof io.arrowshm.array.NdArray ? "" : written;
        }
    }
}
