package io.arrowshm.array;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Tensor;
import org.apache.arrow.flatbuf.TensorDim;

/**
 * An array as an Arrow IPC tensor message. The type and the attributes are custom metadata of the message: Arrow's tensors
 * have no bool, which is uint8 there.
 *
 * <pre>
 * 0          0xFFFFFFFF, int32 length of the metadata
 * 8          Message, V5, with a Tensor; zeros up to a multiple of 64
 *            data; zeros up to a multiple of 8
 * </pre>
 */
final class TensorFormat {
    static final String DTYPE_KEY = "arrow-shm.dtype";
    private static final int DATA_ALIGNMENT = 64;

    private TensorFormat() {}

    static boolean holds(DType dtype) {
        return TensorTypes.holds(dtype);
    }

    static EncodedArray encode(ArraySpec spec) {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        long[] shape = spec.shape();
        int[] dimensions = new int[shape.length];
        for (int i = 0; i < shape.length; i++) {
            int name = builder.createString(spec.dimensionNames().get(i));
            dimensions[i] = TensorDim.createTensorDim(builder, shape[i], name);
        }
        int shapeVector = Tensor.createShapeVector(builder, dimensions);
        int strides =
                Tensor.createStridesVector(builder, spec.header(0).layout().strides());
        int type = TensorTypes.write(builder, spec.dtype());
        Tensor.startTensor(builder);
        Tensor.addTypeType(builder, TensorTypes.typeType(spec.dtype()));
        Tensor.addType(builder, type);
        Tensor.addShape(builder, shapeVector);
        Tensor.addStrides(builder, strides);
        Tensor.addData(builder, Buffer.createBuffer(builder, 0, spec.dataBytes()));
        int tensor = Tensor.endTensor(builder);
        int padding = EncodedArray.paddingBehind(spec.dataBytes());
        int metadata = Message.createCustomMetadataVector(builder, metadata(builder, spec));
        builder.finish(Message.createMessage(
                builder,
                MetadataVersion.V5,
                MessageHeader.Tensor,
                tensor,
                Math.addExact(spec.dataBytes(), padding),
                metadata));
        return new EncodedArray(spec, head(builder.sizedByteArray()), new byte[padding]);
    }

    private static int[] metadata(FlatBufferBuilder builder, ArraySpec spec) {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put(DTYPE_KEY, spec.dtype().toString());
        entries.putAll(spec.attributes());
        return entries.entrySet().stream()
                .mapToInt(entry -> KeyValue.createKeyValue(
                        builder, builder.createString(entry.getKey()), builder.createString(entry.getValue())))
                .toArray();
    }

    private static byte[] head(byte[] message) {
        int bytes = HeaderBytes.PREFIX_BYTES + message.length + DATA_ALIGNMENT - 1 & -DATA_ALIGNMENT;
        return ByteBuffer.allocate(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(HeaderBytes.CONTINUATION)
                .putInt(bytes - HeaderBytes.PREFIX_BYTES)
                .put(message)
                .array();
    }

    /** @throws RuntimeException of any kind if the bytes are damaged */
    static ArrayHeader parse(HeaderBytes bytes) {
        Message message = Message.getRootAsMessage(bytes.head(HeaderBytes.PREFIX_BYTES));
        if (message.version() != MetadataVersion.V5 || message.headerType() != MessageHeader.Tensor) {
            throw damaged("the message has version " + message.version() + " and type " + message.headerType()
                    + "; a tensor of V5 is readable");
        }
        Tensor tensor = (Tensor) message.header(new Tensor());
        Buffer data = tensor == null ? null : tensor.data();
        if (tensor == null || data == null || tensor.shapeLength() > StridedLayout.MAX_DIMENSIONS) {
            throw damaged(
                    "the tensor is missing, has no data, or more than " + StridedLayout.MAX_DIMENSIONS + " dimensions");
        }
        boolean inside = data.offset() >= 0
                && data.length() >= 0
                && Math.addExact(data.offset(), data.length()) <= message.bodyLength()
                && message.bodyLength() <= bytes.length() - bytes.headBytes();
        if (!inside) {
            throw damaged("the data is said to be at " + data.offset() + " with " + data.length()
                    + " bytes of a body of " + message.bodyLength() + ", there are "
                    + (bytes.length() - bytes.headBytes()));
        }
        return header(tensor, data, bytes, new Texts.Budget(bytes.bytes()), message);
    }

    private static ArrayHeader header(
            Tensor tensor, Buffer data, HeaderBytes bytes, Texts.Budget budget, Message message) {
        long[] shape = new long[tensor.shapeLength()];
        List<String> names = new ArrayList<>();
        for (int i = 0; i < shape.length; i++) {
            TensorDim dimension = tensor.shape(i);
            shape[i] = dimension.size();
            names.add(budget.read(dimension.nameAsByteBuffer()));
        }
        Map<String, String> attributes = attributes(message, budget);
        DType dtype = TensorTypes.read(tensor, attributes.remove(DTYPE_KEY));
        long start = bytes.headBytes() + data.offset();
        long[] strides = tensor.stridesLength() == 0
                ? StridedLayout.contiguous(0, shape, dtype.itemSize(), ArrayOrder.C)
                        .strides()
                : strides(tensor);
        return new ArrayHeader(
                dtype,
                StridedLayout.strided(start, shape, strides, dtype.itemSize(), data.length()),
                List.copyOf(names),
                Collections.unmodifiableMap(attributes));
    }

    private static long[] strides(Tensor tensor) {
        if (tensor.stridesLength() > StridedLayout.MAX_DIMENSIONS) {
            throw damaged("there are " + tensor.stridesLength() + " strides");
        }
        long[] strides = new long[tensor.stridesLength()];
        for (int i = 0; i < strides.length; i++) {
            strides[i] = tensor.strides(i);
        }
        return strides;
    }

    private static Map<String, String> attributes(Message message, Texts.Budget budget) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 0; i < message.customMetadataLength(); i++) {
            KeyValue entry = message.customMetadata(i);
            String key = budget.read(entry.keyAsByteBuffer());
            if (attributes.put(key, budget.read(entry.valueAsByteBuffer())) != null) {
                throw damaged("there are two attributes \"" + key + "\"");
            }
        }
        return attributes;
    }

    private static DamagedArrayException damaged(String reason) {
        return new DamagedArrayException(HeaderBytes.PREFIX_BYTES, reason);
    }
}
