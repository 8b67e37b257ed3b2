/**
 * What the library's own modules and packages may do with pools, segments and epochs and users may not. Nothing outside the
 * library depends on more of {@code internal} than this package, and only the connector does.
 */
@NullMarked
package io.arrowshm.internal;

import org.jspecify.annotations.NullMarked;
