/**
 * What is wanted of a file, what in it cannot be loaded, and that it cannot be read at all. API; uses nothing of the loaders.
 */
@NullMarked
package io.arrowshm.load.file;

import org.jspecify.annotations.NullMarked;
