package io.arrowshm.jobs;

import io.arrowshm.jobs.examples.AddOne;
import io.arrowshm.jobs.examples.Frames;
import io.arrowshm.jobs.examples.Triple;
import io.arrowshm.jobs.examples.TwoArrays;
import io.arrowshm.jobs.images.data.ImageSet;
import io.arrowshm.map.Shm;
import java.util.List;
import java.util.Map;

/**
 * A program with a parallel map that is one class to copy.
 *
 * @param name as {@code jobs/run} knows it
 * @param summary one line
 */
record MapExample(String name, String summary, Program program) {
    static final List<MapExample> ALL = List.of(
            new MapExample("triple", "A parallel map into a shared array.", Triple::run),
            new MapExample("add-one", "A function on arrays, called by a worker.", AddOne::run),
            new MapExample("two-arrays", "Arrays in parts, with results as they come.", TwoArrays::run),
            new MapExample(
                    "frames",
                    "Mean, variance and threshold of every pixel over many frames.",
                    shm -> Frames.run(shm, ImageSet.bundled())));

    /** What the example does in a context. */
    interface Program {
        /** Whether the result was right, as {@code identical}, and other figures. */
        Map<String, Object> run(Shm shm) throws Exception;
    }
}
