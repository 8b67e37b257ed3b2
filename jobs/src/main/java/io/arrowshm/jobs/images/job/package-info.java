/** The Flink jobs that train and test, over one of several exchanges. May use the connector and a cluster. */
@NullMarked
package io.arrowshm.jobs.images.job;

import org.jspecify.annotations.NullMarked;
