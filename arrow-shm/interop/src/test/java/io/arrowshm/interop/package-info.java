@NullMarked
package io.arrowshm.interop;

import org.jspecify.annotations.NullMarked;
