/**
 * Offsets, widths and pictures of every structure in shared memory. No behaviour, and no other package of ours.
 */
@NullMarked
package io.arrowshm.internal.layout;

import org.jspecify.annotations.NullMarked;
