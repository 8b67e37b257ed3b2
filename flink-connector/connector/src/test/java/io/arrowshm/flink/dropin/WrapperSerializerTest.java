package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;
import org.apache.flink.api.java.typeutils.runtime.kryo.KryoSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flink's own suite of tests for serializers, and that state is Kryo's. */
class WrapperSerializerTest extends SerializerTestBase<Wave> {
    @BeforeEach
    void register() {
        enable(Wave.class.getName() + "#samples");
    }

    @AfterEach
    void disable() {
        DropIn.disable();
    }

    @Override
    protected TypeSerializer<Wave> createSerializer() {
        return TypeInformation.of(Wave.class).createSerializer(new SerializerConfigImpl());
    }

    @Override
    protected int getLength() {
        return -1;
    }

    @Override
    protected Class<Wave> getTypeClass() {
        return Wave.class;
    }

    @Override
    protected Wave[] getTestData() {
        return new Wave[] {
            new Wave("none", null), new Wave("empty", new float[0]), new Wave(null, new float[3]), Wave.of(5, 10_000)
        };
    }

    /** The suite wants the class of the serializer back; the snapshot gives Kryo, which reads the same bytes. */
    @Override
    protected void testSnapshotConfigurationAndReconfigure() {
        assertThat(createSerializer().snapshotConfiguration().restoreSerializer())
                .isInstanceOf(KryoSerializer.class);
        assertThat(createSerializer()
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(kryo().snapshotConfiguration())
                        .isCompatibleAsIs())
                .isTrue();
    }

    @Test
    void theTypeIsFlinksButForItsSerializer() {
        TypeInformation<Wave> type = TypeInformation.of(Wave.class);
        assertThat(type).isInstanceOf(WrapperTypeInfo.class).isEqualTo(new GenericTypeInfo<>(Wave.class));
        DropIn.disable();
        assertThat(TypeInformation.of(Wave.class)).isExactlyInstanceOf(GenericTypeInfo.class);
    }

    @Test
    void theBytesAreThoseOfKryoWhichReadsThem() throws Exception {
        for (Wave wave : getTestData()) {
            DataOutputSerializer ours = new DataOutputSerializer(64);
            DataOutputSerializer theirs = new DataOutputSerializer(64);
            createSerializer().serialize(wave, ours);
            kryo().serialize(wave, theirs);
            assertThat(ours.getCopyOfBuffer()).isEqualTo(theirs.getCopyOfBuffer());
            assertThat(createSerializer().deserialize(new DataInputDeserializer(theirs.getCopyOfBuffer())))
                    .isEqualTo(wave);
        }
    }

    @Test
    void registeringTwiceIsRegisteringOnce() {
        enable(Wave.class.getName() + "#samples");
        assertThat(TypeInformation.of(Wave.class)).isInstanceOf(WrapperTypeInfo.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.arrowshm.flink.dropin.Wave",
                "io.arrowshm.flink.dropin.NoSuchClass#samples",
                "io.arrowshm.flink.dropin.Wave#noSuchField",
                "io.arrowshm.flink.dropin.Wave#name",
                "#",
                ""
            })
    void whatIsNoFieldWithAnArrayIsRefused(String wrapper) {
        assertThatThrownBy(() -> enable(wrapper))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageStartingWith("arrow-shm.drop-in.wrappers=" + wrapper + ": ")
                .hasMessageContaining("allowed is class#field");
    }

    private static TypeSerializer<Wave> kryo() {
        return new KryoSerializer<>(Wave.class, new SerializerConfigImpl());
    }

    private static void enable(String wrapper) {
        Configuration configuration = new Configuration();
        configuration.set(DropInOptions.WRAPPERS, List.of(wrapper));
        DropIn.enable(configuration);
    }
}
