/** Races of the ownership protocol as it is shipped, over real mapped files. Nothing depends on this. */
@NullMarked
package io.arrowshm.benchmark.jcstress;

import org.jspecify.annotations.NullMarked;
