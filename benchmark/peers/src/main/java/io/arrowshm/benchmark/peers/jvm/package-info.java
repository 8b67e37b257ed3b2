/**
 * This project's contestants: a JVM that has arrays, and a worker JVM that adds one to every element. They share a pool,
 * and references go through pipes. Uses the core only, no Flink.
 */
@NullMarked
package io.arrowshm.benchmark.peers.jvm;

import org.jspecify.annotations.NullMarked;
