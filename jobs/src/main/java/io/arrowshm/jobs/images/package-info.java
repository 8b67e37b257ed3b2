/**
 * The images job: a nearest-class-mean classifier trained and tested on Fashion-MNIST, whose batches go from a source
 * to workers by an exchange. May use the cluster, the connector, the loaders and Flink.
 */
@NullMarked
package io.arrowshm.jobs.images;

import org.jspecify.annotations.NullMarked;
