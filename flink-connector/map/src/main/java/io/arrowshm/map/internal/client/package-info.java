/** A context whose workers are processes: who is there, and what they are told. Does not know where they came from. */
@NullMarked
package io.arrowshm.map.internal.client;

import org.jspecify.annotations.NullMarked;
