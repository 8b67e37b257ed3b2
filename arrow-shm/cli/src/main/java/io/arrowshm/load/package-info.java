/**
 * Files of other formats to datasets: {@link io.arrowshm.load.LoadPlan} reads them slice by slice into segments, so that
 * no file has to fit into the heap. Uses the library as anybody does.
 */
@NullMarked
package io.arrowshm.load;

import org.jspecify.annotations.NullMarked;
