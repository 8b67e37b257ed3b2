/**
 * How the processes of a context find each other and talk: Unix domain sockets in a directory that only their user can enter,
 * and small messages. End of file means that the other one is gone. Uses the JDK alone.
 */
@NullMarked
package io.arrowshm.map.internal.wire;

import org.jspecify.annotations.NullMarked;
