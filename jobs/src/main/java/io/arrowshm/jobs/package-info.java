/** The entry point of the command line: jobs that bring their own subcommands, and examples, which have one in common. */
@NullMarked
package io.arrowshm.jobs;

import org.jspecify.annotations.NullMarked;
