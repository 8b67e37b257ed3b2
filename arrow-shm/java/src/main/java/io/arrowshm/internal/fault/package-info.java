/** Where tests make a process die or stop between two steps of an operation. Everybody in this module may use it. */
@NullMarked
package io.arrowshm.internal.fault;

import org.jspecify.annotations.NullMarked;
