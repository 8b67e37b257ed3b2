/**
 * What readers of all formats have in common: an open file has items, each of which becomes a segment. May use {@code file};
 * only {@code load} depends on what is in here and below.
 */
@NullMarked
package io.arrowshm.load.internal;

import org.jspecify.annotations.NullMarked;
