/** The nearest-class-mean classifier, and the picture of what it has learned. Knows images and nothing of Flink. */
@NullMarked
package io.arrowshm.jobs.images.classifier;

import org.jspecify.annotations.NullMarked;
