package io.arrowshm.internal.names;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;

/** Manifests as bytes. Reading trusts nothing: whatever is wrong is one error with the reason. */
final class ManifestFormat {
    /** The longest file that is read. */
    static final int MAX_BYTES = 16 << 20;

    private ManifestFormat() {}

    /** @throws SharedMemoryException ARGUMENT if it is too large */
    static byte[] write(Manifest manifest) {
        manifest.content().checkCounts();
        try {
            byte[] bytes = StrictJson.write(manifest);
            if (bytes.length > MAX_BYTES) {
                throw new SharedMemoryException(
                        Kind.ARGUMENT,
                        "the manifest of the dataset has " + bytes.length + " bytes, allowed " + MAX_BYTES
                                + "; use several datasets, or fewer attributes");
            }
            return bytes;
        } catch (JsonProcessingException e) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "the manifest cannot be written: " + e.getOriginalMessage(), e);
        }
    }

    /**
     * Reads and checks a manifest.
     *
     * @param source for messages
     * @param slots of the pool
     * @throws SharedMemoryException CORRUPT, WRONG_VERSION
     */
    static Manifest read(byte[] bytes, String source, int slots) {
        try {
            if (bytes.length > MAX_BYTES) {
                throw new StrictJson.DamagedException("it has more than " + MAX_BYTES + " bytes");
            }
            long version = StrictJson.formatVersion(bytes);
            if (version != Manifest.FORMAT_VERSION) {
                throw new SharedMemoryException(
                        Kind.WRONG_VERSION,
                        source + " has format version " + version + ", this library reads " + Manifest.FORMAT_VERSION
                                + "; use the version of the library that wrote it");
            }
            return StrictJson.read(bytes, json -> new ManifestReader(json, slots).read());
        } catch (StrictJson.DamagedException e) {
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    source + " is damaged: " + e.getMessage()
                            + "; delete the dataset, or publish it again with overwrite",
                    e);
        }
    }
}
