/**
 * The one exception of this library and what it says the caller can do. Imports nothing else of ours.
 */
@NullMarked
package io.arrowshm.error;

import org.jspecify.annotations.NullMarked;
