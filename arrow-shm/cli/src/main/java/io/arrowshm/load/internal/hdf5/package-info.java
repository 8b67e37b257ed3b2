/** HDF5 and NetCDF-4: the only place that knows jhdf. May use {@code internal} and {@code internal.array}. */
@NullMarked
package io.arrowshm.load.internal.hdf5;

import org.jspecify.annotations.NullMarked;
