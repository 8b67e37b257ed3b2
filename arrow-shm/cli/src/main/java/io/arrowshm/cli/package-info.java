/** The {@code arrow-shm} command. Stands above everything else of this module; nothing may use it. */
@NullMarked
package io.arrowshm.cli;

import org.jspecify.annotations.NullMarked;
