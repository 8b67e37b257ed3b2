/** What the images job reads: images, the batches they are cut into, and these as rows, POJOs and segments. */
@NullMarked
package io.arrowshm.jobs.images.data;

import org.jspecify.annotations.NullMarked;
