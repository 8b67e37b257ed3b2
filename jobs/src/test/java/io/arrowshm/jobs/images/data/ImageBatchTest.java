package io.arrowshm.jobs.images.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.junit.jupiter.api.Test;

class ImageBatchTest {
    @Test
    void flinkTakesItForAPojo() {
        assertThat(TypeInformation.of(ImageBatch.class)).isInstanceOf(PojoTypeInfo.class);
    }
}
