/** The entry point of the command line; each job is a package beneath and brings its own subcommand. */
@NullMarked
package io.arrowshm.jobs;

import org.jspecify.annotations.NullMarked;
