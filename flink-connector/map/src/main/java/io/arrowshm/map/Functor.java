package io.arrowshm.map;

import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.Dataset;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * What a call goes over: a number of values that can be begun at any index. Implement it for data of another kind; for
 * workers in other processes it is serialised, arrays of the pool in it as where they are.
 *
 * @param <V> the values
 */
public interface Functor<V> extends Serializable {
    /** How many values there are. */
    long size();

    /**
     * The values of a range in order. Called by every worker, for a range at a time.
     *
     * @param from the first index
     * @param to the index behind the last one
     */
    Iterator<V> values(long from, long to);

    /** The elements of an array, in C order: of several dimensions, too, one behind the other. */
    static Functor<Value> elements(NdArray array) {
        return new Elements(array);
    }

    /**
     * The parts of an array along an axis, each of one dimension less.
     *
     * @throws io.arrowshm.error.SharedMemoryException ARGUMENT if there is no such axis
     */
    static Functor<NdArray> rows(NdArray array, int axis) {
        return new Rows<>(array.length(axis), index -> array.select(axis, index));
    }

    /**
     * The parts of an array along an axis, each of one dimension less, to be written.
     *
     * @throws io.arrowshm.error.SharedMemoryException ARGUMENT if there is no such axis
     */
    static Functor<MutableNdArray> rows(MutableNdArray array, int axis) {
        return new Rows<>(array.length(axis), index -> array.select(axis, index));
    }

    /** The numbers from 0 to below a size. */
    static Functor<Long> numbers(long size) {
        return new Rows<>(size, index -> index);
    }

    /** The items of a list as it is now. */
    static <T> Functor<T> items(List<? extends T> list) {
        List<T> copy = new ArrayList<>(list);
        return new Rows<>(copy.size(), index -> copy.get((int) index));
    }

    /** What is left of an iterator, which is read to its end now. */
    static <T> Functor<T> items(Iterator<? extends T> iterator) {
        List<T> items = new ArrayList<>();
        iterator.forEachRemaining(items::add);
        return new Rows<>(items.size(), index -> items.get((int) index));
    }

    /**
     * All arrays of a dataset, by path; it is to stay open until the call has ended.
     *
     * @throws io.arrowshm.error.SharedMemoryException CLOSED
     */
    static Functor<NamedArray> arrays(Dataset dataset) {
        List<NamedArray> arrays = dataset.info().segments().stream()
                .map(segment -> segment.path())
                .filter(path -> dataset.segment(path).isArray())
                .sorted()
                .map(path -> new NamedArray(path, dataset.array(path)))
                .toList();
        return items(arrays);
    }

    /**
     * An array of a dataset.
     *
     * @param path groups and name
     */
    record NamedArray(String path, NdArray array) implements Serializable {}
}
