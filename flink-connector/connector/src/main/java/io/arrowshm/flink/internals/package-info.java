/**
 * Where the connector touches what Flink promises nothing about: its class loaders, and its tasks at run time. May use
 * nothing of the connector.
 */
@NullMarked
package io.arrowshm.flink.internals;

import org.jspecify.annotations.NullMarked;
