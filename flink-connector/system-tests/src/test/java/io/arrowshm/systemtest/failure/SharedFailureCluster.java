package io.arrowshm.systemtest.failure;

import io.arrowshm.cluster.TestClusters;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives all test classes of a JVM that ask for one the same cluster, started for the first and closed behind the last. What a
 * test that fails has in the pool is kept.
 */
final class SharedFailureCluster implements ParameterResolver, AfterTestExecutionCallback {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == FailureCluster.class;
    }

    @Override
    public FailureCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return store(context).getOrComputeIfAbsent(FailureCluster.class, first -> start(), FailureCluster.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext context) throws IOException {
        FailureCluster cluster = store(context).get(FailureCluster.class, FailureCluster.class);
        if (context.getExecutionException().isPresent() && cluster != null) {
            cluster.keepPool(context.getRequiredTestMethod().getName());
        }
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(Namespace.create(SharedFailureCluster.class));
    }

    private static FailureCluster start() {
        try {
            return FailureCluster.start("SharedFailureCluster-" + TestClusters.FORK);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
