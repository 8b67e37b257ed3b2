/**
 * How segments and what carries them are typed and serialised: segments always by value; transfers by reference or by
 * value, as their operator has decided. May use arrow-shm and Flink's type system only.
 */
@NullMarked
package io.arrowshm.flink.type;

import org.jspecify.annotations.NullMarked;
