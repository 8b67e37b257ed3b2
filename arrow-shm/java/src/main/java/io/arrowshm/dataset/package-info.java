/**
 * Datasets: named, possibly nested, possibly persistent collections of segments. Sits above {@code shm}, of which it uses
 * what is public, and uses {@code names}.
 */
@NullMarked
package io.arrowshm.dataset;

import org.jspecify.annotations.NullMarked;
