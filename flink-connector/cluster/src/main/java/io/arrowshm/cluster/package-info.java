/**
 * A real Flink cluster on this host: one JobManager and n TaskManagers, each a JVM of its own, started from this JVM's
 * class path and gone when this JVM is gone. For the commands of this module and for integration tests; never for
 * production. May use Flink, Jackson and the JDK; nothing else of this project.
 */
@NullMarked
package io.arrowshm.cluster;

import org.jspecify.annotations.NullMarked;
