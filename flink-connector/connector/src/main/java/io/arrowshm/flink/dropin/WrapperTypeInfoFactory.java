package io.arrowshm.flink.dropin;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.Map;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.typeinfo.TypeInfoFactory;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.GenericTypeInfo;

/** Gives Flink the type of a registered wrapper class; made by Flink. */
@Internal
public final class WrapperTypeInfoFactory extends TypeInfoFactory<Object> {
    @Override
    public TypeInformation<Object> createTypeInfo(Type type, Map<String, TypeInformation<?>> parameters) {
        Type raw = type instanceof ParameterizedType generic ? generic.getRawType() : type;
        @SuppressWarnings("unchecked") // Flink asks for the types that the factory is registered for, which are classes
        Class<Object> wrapper = (Class<Object>) raw;
        String field = DropIn.isEnabled() ? Wrappers.field(wrapper) : null;
        return field == null ? new GenericTypeInfo<>(wrapper) : new WrapperTypeInfo<>(wrapper, field);
    }
}
