/**
 * What lies under names: manifests, the lock that guards their change, publication and repair. Knows slots and
 * generations, not segments. May use {@code registry} and {@code memory}.
 */
@NullMarked
package io.arrowshm.internal.names;

import org.jspecify.annotations.NullMarked;
