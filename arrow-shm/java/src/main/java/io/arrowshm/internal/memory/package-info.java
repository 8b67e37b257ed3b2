/**
 * Files, mappings and locks of the operating system, and ordered access to mapped memory: the only place with
 * {@code Unsafe} or native calls. May use {@code error}.
 */
@NullMarked
package io.arrowshm.internal.memory;

import org.jspecify.annotations.NullMarked;
