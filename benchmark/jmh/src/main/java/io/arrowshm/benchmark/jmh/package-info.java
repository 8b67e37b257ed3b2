/**
 * What single operations cost, one class a topic, each beside what the hardware or others need for the same. Nothing
 * depends on this.
 */
@NullMarked
package io.arrowshm.benchmark.jmh;

import org.jspecify.annotations.NullMarked;
