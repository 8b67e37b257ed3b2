/**
 * Files of other formats to datasets, and back: {@link io.arrowshm.load.LoadPlan} reads them slice by slice into segments, so
 * that no file has to fit into the heap; {@link io.arrowshm.load.Export} writes them. API, as is {@code file}; what is below
 * {@code internal} may change at any time. Uses the library as anybody does.
 */
@NullMarked
package io.arrowshm.load;

import org.jspecify.annotations.NullMarked;
