/**
 * The command line: its entry point, and what it tells people when something is wrong. Each job is a package beneath
 * and brings its own subcommand.
 */
@NullMarked
package io.arrowshm.jobs;

import org.jspecify.annotations.NullMarked;
