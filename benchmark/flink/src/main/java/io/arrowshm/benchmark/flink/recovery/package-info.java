/**
 * How long it takes after a SIGKILL of a TaskManager until its memory is given back and the job runs again. May use {@code
 * cluster}, {@code job}'s places and exceptions, {@code record} and {@code report}, and looks at pools from outside.
 */
@NullMarked
package io.arrowshm.benchmark.flink.recovery;

import org.jspecify.annotations.NullMarked;
