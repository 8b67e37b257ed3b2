package io.arrowshm.flink.dropin;

import io.arrowshm.flink.internals.Installation;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.JobListener;
import org.jspecify.annotations.Nullable;

/**
 * Switches drop-in mode on by configuration: {@code execution.job-listeners: io.arrowshm.flink.dropin.DropInListener}. Flink
 * makes listeners with each environment, so before the job's types are asked for. Listens to nothing.
 */
@PublicEvolving
public final class DropInListener implements JobListener {
    /** Called by Flink; reads {@link DropInOptions#WRAPPERS} from the configuration file of this JVM. */
    public DropInListener() {
        DropIn.enable(Installation.configuration());
    }

    @Override
    public void onJobSubmitted(@Nullable JobClient client, @Nullable Throwable failure) {}

    @Override
    public void onJobExecuted(@Nullable JobExecutionResult result, @Nullable Throwable failure) {}
}
