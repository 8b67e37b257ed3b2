/**
 * The directory of a pool: how it is made, found, described and removed. May use {@code allocator}, {@code names} and what
 * these use.
 */
@NullMarked
package io.arrowshm.internal.directory;

import org.jspecify.annotations.NullMarked;
