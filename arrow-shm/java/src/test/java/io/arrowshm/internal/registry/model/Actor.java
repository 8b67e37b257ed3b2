package io.arrowshm.internal.registry.model;

import java.util.List;

/**
 * A thread of a process, and what it may do whenever it is at rest.
 *
 * @param process participants come first
 */
record Actor(String name, int process, List<Program> programs) {}
