/**
 * Objects on their way between the processes of a context: serialised by Java, but arrays of the pool go as where they are,
 * held by whoever sends them until everybody has them.
 */
@NullMarked
package io.arrowshm.map.internal.parcel;

import org.jspecify.annotations.NullMarked;
