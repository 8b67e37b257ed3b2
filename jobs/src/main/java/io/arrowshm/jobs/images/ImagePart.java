package io.arrowshm.jobs.images;

import java.io.Serializable;

/**
 * Consecutive images of one pair of files.
 *
 * @param files where they are
 * @param first index of the first one in the files
 * @param count how many
 */
record ImagePart(ImageFiles files, int first, int count) implements Serializable {}
