package io.arrowshm.flink.type;

import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The type of what crosses an edge of the connector. */
@Internal
public final class TransferTypeInfo extends AtomicTypeInfo<Transfer> {
    public static final TransferTypeInfo INSTANCE = new TransferTypeInfo();

    private static final long serialVersionUID = 1L;

    private TransferTypeInfo() {
        super(Transfer.class);
    }

    @Override
    public TypeSerializer<Transfer> createSerializer(SerializerConfig config) {
        return TransferSerializer.INSTANCE;
    }
}
