package io.carillon.support;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBuilder;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerBuilder;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import io.carillon.definition.JobDefinition;
import io.quarkus.jackson.ObjectMapperCustomizer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * Has Jackson refuse every type of the service that is not registered for reflection, in whatever
 * test it is read or written.
 */
@Singleton
public class JsonTypeGuard implements ObjectMapperCustomizer {
    /** The types that another one registers. */
    private static final Set<Class<?>> TARGETS =
            Set.of(JobDefinition.class.getAnnotation(RegisterForReflection.class).targets());

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.registerModule(
                new SimpleModule("json-type-guard")
                        .setDeserializerModifier(new OfReaders())
                        .setSerializerModifier(new OfWriters()));
    }

    private static void check(Class<?> type) {
        if (type.getName().startsWith("io.carillon.")
                && !TARGETS.contains(type)
                && !type.isAnnotationPresent(RegisterForReflection.class)) {
            throw new AssertionError(type.getName() + " is JSON, but no @RegisterForReflection");
        }
    }

    private static final class OfReaders extends BeanDeserializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public BeanDeserializerBuilder updateBuilder(
                DeserializationConfig config,
                BeanDescription description,
                BeanDeserializerBuilder builder) {
            check(description.getBeanClass());
            return builder;
        }
    }

    private static final class OfWriters extends BeanSerializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public BeanSerializerBuilder updateBuilder(
                SerializationConfig config,
                BeanDescription description,
                BeanSerializerBuilder builder) {
            check(description.getBeanClass());
            return builder;
        }
    }
}
