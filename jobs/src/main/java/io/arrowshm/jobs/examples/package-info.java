/** Small jobs, each one file to copy and to learn from; they use Flink, Arrow and the public packages of this project. */
@NullMarked
package io.arrowshm.jobs.examples;

import org.jspecify.annotations.NullMarked;
