package io.arrowshm.benchmark.peers.jvm;

import io.arrowshm.PoolOptions;
import io.arrowshm.SegmentRef;
import io.arrowshm.cluster.FlinkJvmFlags;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The worker JVM as its caller sees it. One thread. */
final class WorkerProcess implements AutoCloseable {
    /** References on their way at most: they fit into the pipes, so that neither side waits for the other to read. */
    private static final int WINDOW = 256;

    private final Process process;
    private final DataOutputStream out;
    private final DataInputStream in;

    private WorkerProcess(Process process) {
        this.process = process;
        out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
        in = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    }

    static WorkerProcess start(PoolOptions pool) throws IOException {
        List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(FlinkJvmFlags.SHIPPED);
        command.addAll(List.of(WorkerMain.class.getName(), pool.directory(), pool.name()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return new WorkerProcess(builder.start());
    }

    /** What is done with the answer to one array. */
    interface Answer {
        /** @param result a reference to a new array, or null if the array itself was changed */
        void accept(int array, @Nullable SegmentRef result);
    }

    /** Hands so many arrays over, and waits for all answers, which come in the same order. */
    void handOver(int arrays, IntFunction<SegmentRef> references, Answer answer) throws IOException {
        int sent = 0;
        for (int answered = 0; answered < arrays; answered++) {
            if (sent - answered <= WINDOW / 2 && sent < arrays) {
                int stop = Math.min(arrays, answered + WINDOW);
                while (sent < stop) {
                    references.apply(sent++).writeTo(out);
                }
                out.flush();
            }
            answer.accept(answered, in.readBoolean() ? SegmentRef.readFrom(in) : null);
        }
    }

    /** Waits until the worker has ended. */
    @Override
    public void close() throws IOException, InterruptedException {
        out.close();
        process.waitFor();
    }
}
