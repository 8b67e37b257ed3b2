package io.arrowshm.load.internal.hdf5;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A file that is read and never mapped: whoever cuts a mapped file makes its reader die. jhdf reads what it cannot map. Any
 * thread.
 */
final class UnmappedChannel extends FileChannel {
    private final FileChannel file;

    /** Takes the file over. */
    UnmappedChannel(FileChannel file) {
        this.file = file;
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException("not mapped");
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return file.read(into);
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        return file.read(into, offset, length);
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
        return file.read(into, position);
    }

    @Override
    public long position() throws IOException {
        return file.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        file.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        return file.transferTo(position, count, target);
    }

    @Override
    public int write(ByteBuffer from) {
        throw readOnly();
    }

    @Override
    public long write(ByteBuffer[] from, int offset, int length) {
        throw readOnly();
    }

    @Override
    public int write(ByteBuffer from, long position) {
        throw readOnly();
    }

    @Override
    public FileChannel truncate(long size) {
        throw readOnly();
    }

    @Override
    public void force(boolean metaData) {
        throw readOnly();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw readOnly();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) {
        throw readOnly();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw readOnly();
    }

    private static UnsupportedOperationException readOnly() {
        return new UnsupportedOperationException("this file is read only");
    }

    @Override
    protected void implCloseChannel() throws IOException {
        file.close();
    }
}
