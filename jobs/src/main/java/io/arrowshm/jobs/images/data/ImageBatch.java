package io.arrowshm.jobs.images.data;

/** A batch of images as a POJO, the way Flink's users write it: public fields, which its default serializer copies. */
public final class ImageBatch {
    /** The pixels, one image after the other. */
    public byte[] pixels = new byte[0];

    /** The class of every image. */
    public byte[] labels = new byte[0];

    /** The index of every image in its file. */
    public int[] index = new int[0];
}
