/**
 * Who owns what: ownership words, generations, participants, epochs and channels. The only importer of Chronicle
 * Map. May use {@code layout}, {@code memory} and {@code error}.
 */
@NullMarked
package io.arrowshm.internal.registry;

import org.jspecify.annotations.NullMarked;
