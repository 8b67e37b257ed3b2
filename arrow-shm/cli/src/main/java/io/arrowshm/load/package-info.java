/**
 * Files of other formats, read slice by slice so that they can be written into segments. Uses the JDK only: neither
 * the pool nor Arrow is known here.
 */
@NullMarked
package io.arrowshm.load;

import org.jspecify.annotations.NullMarked;
