/** Functions of Python on streams of segments: each subtask has a process of its own, which reads and writes them in place. */
@NullMarked
package io.arrowshm.flink.python;

import org.jspecify.annotations.NullMarked;
