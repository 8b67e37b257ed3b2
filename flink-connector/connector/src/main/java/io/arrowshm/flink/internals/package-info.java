/**
 * The one place where the connector touches what Flink promises nothing about: classes that are neither {@code @Public} nor
 * {@code @PublicEvolving}, and fields that nobody is meant to see. Written for Flink 2.0 to 2.3. May use nothing of the
 * connector.
 */
@NullMarked
package io.arrowshm.flink.internals;

import org.jspecify.annotations.NullMarked;
