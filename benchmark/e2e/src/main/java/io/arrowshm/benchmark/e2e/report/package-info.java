/** How figures of several runs are shown, to people and to programs. May use the console of the module {@code jobs}. */
@NullMarked
package io.arrowshm.benchmark.e2e.report;

import org.jspecify.annotations.NullMarked;
