/**
 * Looks at pools from outside, without taking a participant's place: who holds what, whether everything is as it must
 * be, and taking back what the dead have left. Stands above the root package and may use every package but {@code cli}.
 */
@NullMarked
package io.arrowshm.inspect;

import org.jspecify.annotations.NullMarked;
