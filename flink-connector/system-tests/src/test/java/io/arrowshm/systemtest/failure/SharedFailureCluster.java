package io.arrowshm.systemtest.failure;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives all test classes that ask for one the same cluster, started for the first and closed behind the last. */
final class SharedFailureCluster implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == FailureCluster.class;
    }

    @Override
    public FailureCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(Namespace.create(SharedFailureCluster.class))
                .getOrComputeIfAbsent(FailureCluster.class, first -> start(), FailureCluster.class);
    }

    private static FailureCluster start() {
        try {
            return FailureCluster.start(SharedFailureCluster.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
