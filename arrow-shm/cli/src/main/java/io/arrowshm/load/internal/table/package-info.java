/**
 * Tables: Arrow files, and what DuckDB reads and writes, of which no other place knows. May use {@code internal}.
 */
@NullMarked
package io.arrowshm.load.internal.table;

import org.jspecify.annotations.NullMarked;
