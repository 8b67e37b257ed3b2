/**
 * How a call is carried out: its ranges, the table from which workers claim them, and what a worker does with one. Knows
 * neither the public classes nor where workers run.
 */
@NullMarked
package io.arrowshm.map.internal.run;

import org.jspecify.annotations.NullMarked;
