/** What every command makes for itself and takes away again: a directory and a pool. Knows no job. */
@NullMarked
package io.arrowshm.jobs.session;

import org.jspecify.annotations.NullMarked;
