/**
 * What public classes do for the library's own packages and show to nobody else. These interfaces stand below the public
 * classes and so do not name them: their type parameters stand for them. May use {@code core}, {@code names} and
 * {@code memory}.
 */
@NullMarked
package io.arrowshm.internal.secrets;

import org.jspecify.annotations.NullMarked;
