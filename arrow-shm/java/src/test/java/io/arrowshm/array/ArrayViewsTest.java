package io.arrowshm.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Views against a model that lists the elements: all of small shapes, and long chains of them from a seed. */
class ArrayViewsTest {
    private static final long[][] SHAPES = {{}, {1}, {4}, {2, 3}, {3, 1}, {0, 2}, {2, 3, 2}};

    @Test
    void everySliceOfEverySmallShapeIsThatOfTheModel() {
        for (long[] shape : SHAPES) {
            for (ArrayOrder order : List.of(ArrayOrder.C, ArrayOrder.FORTRAN)) {
                withNumbered(shape, order, array -> {
                    Model model = Model.of(shape);
                    for (int axis = 0; axis < shape.length; axis++) {
                        slices(array, model, axis);
                    }
                });
            }
        }
    }

    private static void slices(MutableNdArray array, Model model, int axis) {
        long length = model.shape()[axis];
        for (long start = -1; start <= length + 1; start++) {
            for (long stop = -2; stop <= length + 1; stop++) {
                for (long step : new long[] {-5, -2, -1, 0, 1, 2, 3, Long.MAX_VALUE, Long.MIN_VALUE}) {
                    long from = start;
                    long to = stop;
                    boolean allowed = (step > 0 && start >= 0 && start <= stop && stop <= length)
                            || (step < 0 && stop >= -1 && stop <= start && start < length);
                    if (allowed) {
                        check(array.slice(axis, start, stop, step), model.slice(axis, start, stop, step));
                    } else {
                        assertThatThrownBy(() -> array.slice(axis, from, to, step))
                                .isInstanceOf(SharedMemoryException.class)
                                .hasMessageContaining("start=" + from);
                    }
                }
            }
        }
    }

    @Test
    void chainsOfViewsAreThoseOfTheModel() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ArrayViewsTest -Dseed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            long[] shape = SHAPES[random.nextInt(SHAPES.length)];
            ArrayOrder order = random.nextBoolean() ? ArrayOrder.C : ArrayOrder.FORTRAN;
            withNumbered(shape, order, array -> {
                NdArray view = array;
                Model model = Model.of(shape);
                for (int i = 0; i < 4; i++) {
                    int axes = view.dimensions();
                    int axis = axes == 0 ? 0 : random.nextInt(axes);
                    int kind = axes == 0 ? 3 : random.nextInt(4);
                    if (kind == 0) {
                        boolean backwards = random.nextBoolean() && view.length(axis) > 0;
                        long step = 1L + random.nextInt(3);
                        long start = random.nextInt((int) view.length(axis) + (backwards ? 0 : 1));
                        long stop = backwards
                                ? random.nextInt((int) start + 2) - 1L
                                : start + random.nextInt((int) (view.length(axis) - start) + 1);
                        step = backwards ? -step : step;
                        view = view.slice(axis, start, stop, step);
                        model = model.slice(axis, start, stop, step);
                    } else if (kind == 1 && view.length(axis) > 0) {
                        long index = random.nextInt((int) view.length(axis));
                        view = view.select(axis, index);
                        model = model.select(axis, index);
                    } else if (kind == 2) {
                        view = view.transpose();
                        model = model.transpose();
                    } else {
                        long[] flat = {1, view.size()};
                        try {
                            view = view.reshape(flat);
                            model = new Model(flat, model.elements());
                        } catch (SharedMemoryException needsCopy) {
                            assertThat(view.order()).isNotEqualTo(ArrayOrder.C);
                            assertThat(needsCopy).hasMessageContaining("without a copy");
                        }
                    }
                    check(view, model);
                }
            });
        }
    }

    @Test
    void everyOrderOfAxesIsThatOfTheModel() {
        int[][] orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
        long[] shape = {2, 3, 4};
        for (ArrayOrder order : List.of(ArrayOrder.C, ArrayOrder.FORTRAN)) {
            withNumbered(shape, order, array -> {
                for (int[] axes : orders) {
                    check(array.transpose(axes), Model.of(shape).transpose(axes));
                }
                assertThatThrownBy(() -> array.transpose(0, 1, 1)).isInstanceOf(SharedMemoryException.class);
                assertThatThrownBy(() -> array.transpose(0, 1)).isInstanceOf(SharedMemoryException.class);
            });
        }
    }

    @Test
    void aReshapeIsInPlaceWheneverTheElementsFollowEachOther() {
        withNumbered(new long[] {4, 6}, ArrayOrder.C, array -> {
            NdArray everySecondRow = array.slice(0, 0, 4, 2);
            Model model = Model.of(4, 6).slice(0, 0, 4, 2);
            for (long[] shape : new long[][] {{2, 2, 3}, {2, 6, 1}, {2, 1, 3, 2}, {1, 2, 6}}) {
                check(everySecondRow.reshape(shape), new Model(shape, model.elements()));
            }
            for (long[] shape : new long[][] {{12}, {3, 4}, {4, 3}}) {
                assertThatThrownBy(() -> everySecondRow.reshape(shape)).hasMessageContaining("without a copy");
            }
            assertThatThrownBy(() -> array.reshape(5, 5)).hasMessageContaining("24 elements");
        });
    }

    @Test
    void namesFollowTheirAxes() {
        ArraySpec spec = ArraySpec.of(DType.FLOAT32, 2, 3, 4).withDimensionNames("a", "b", "c");
        try (PrivateArray memory = PrivateArray.of(spec)) {
            NdArray array = memory.open();
            assertThat(array.dimensionNames()).containsExactly("a", "b", "c");
            assertThat(array.transpose(2, 0, 1).dimensionNames()).containsExactly("c", "a", "b");
            assertThat(array.select(1, 0).dimensionNames()).containsExactly("a", "c");
            assertThat(array.slice(0, 1, 2).dimensionNames()).containsExactly("a", "b", "c");
            assertThat(array.reshape(24).dimensionNames()).containsExactly("");
        }
    }

    @Test
    void aViewOfAMutableArrayWritesIntoIt() {
        withNumbered(new long[] {3, 4}, ArrayOrder.C, array -> {
            array.slice(1, 3, -1, -2).fill(-1L);
            array.select(0, 1).copyFrom(new long[] {10, 11, 12, 13}, 0);
            array.transpose().slice(0, 0, 1).at(0, 2).set(77);
            assertThat(SampleTypes.read(array)).isEqualTo("0 -1 2 -1 10 11 12 13 77 -1 10 -1 ");
            assertThat(array.asReadOnly()).isNotInstanceOf(MutableNdArray.class);
            assertThat(array.asReadOnly().select(0, 1)).isNotInstanceOf(MutableNdArray.class);
        });
    }

    private static void check(NdArray view, Model model) {
        assertThat(view.shape()).isEqualTo(model.shape());
        assertThat(view.size()).isEqualTo(model.elements().length);
        long[] elements = new long[model.elements().length];
        for (int i = 0; i < elements.length; i++) {
            long[] index = model.index(i);
            elements[i] = view.getLong(index);
            if (index.length == 1) {
                assertThat(view.getLong(index[0])).isEqualTo(elements[i]);
            } else if (index.length == 2) {
                assertThat(view.getLong(index[0], index[1])).isEqualTo(elements[i]);
            }
        }
        assertThat(elements).isEqualTo(model.elements());
        long[] copy = new long[elements.length + 2];
        view.copyTo(copy, 1);
        assertThat(Arrays.copyOfRange(copy, 1, copy.length - 1)).isEqualTo(model.elements());
        try (PrivateArray target =
                PrivateArray.of(ArraySpec.of(DType.INT64, view.shape()).withOrder(ArrayOrder.FORTRAN))) {
            view.copyTo(target.openMutable());
            target.open().copyTo(copy, 0);
            assertThat(Arrays.copyOf(copy, elements.length)).isEqualTo(model.elements());
        }
        for (int axis = 0; axis < view.dimensions(); axis++) {
            long[] outside = new long[view.dimensions()];
            outside[axis] = view.length(axis);
            assertThatThrownBy(() -> view.getLong(outside))
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining(Arrays.toString(outside))
                    .hasMessageContaining(Arrays.toString(view.shape()));
            outside[axis] = -1;
            assertThatThrownBy(() -> view.getLong(outside)).isInstanceOf(SharedMemoryException.class);
        }
    }

    private interface Check {
        void on(MutableNdArray array);
    }

    /** An array whose elements are their places in C order. */
    private static void withNumbered(long[] shape, ArrayOrder order, Check check) {
        ArraySpec spec = ArraySpec.of(DType.INT64, shape).withOrder(order);
        try (PrivateArray memory = PrivateArray.of(spec)) {
            MutableNdArray array = memory.openMutable();
            array.copyFrom(Model.of(shape).elements(), 0);
            check.on(array);
        }
    }

    /** Elements in C order. */
    private static final class Model {
        private final long[] shape;
        private final long[] elements;

        Model(long[] shape, long[] elements) {
            this.shape = shape;
            this.elements = elements;
        }

        long[] shape() {
            return shape;
        }

        long[] elements() {
            return elements;
        }

        static Model of(long... shape) {
            long[] elements = new long[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
            Arrays.setAll(elements, i -> i);
            return new Model(shape, elements);
        }

        Model slice(int axis, long start, long stop, long step) {
            List<Long> indices = new ArrayList<>();
            for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
                indices.add(i);
                if (Math.abs(step) > 100 || step == Long.MIN_VALUE) {
                    break;
                }
            }
            return pick(axis, indices);
        }

        Model select(int axis, long index) {
            long[] elements = pick(axis, List.of(index)).elements;
            List<Long> fewer = new ArrayList<>(Arrays.stream(shape).boxed().toList());
            fewer.remove(axis);
            return new Model(Numbers.array(fewer), elements);
        }

        private Model pick(int axis, List<Long> indices) {
            long[] newShape = shape.clone();
            newShape[axis] = indices.size();
            Model picked = new Model(newShape, of(newShape).elements);
            for (int i = 0; i < picked.elements.length; i++) {
                long[] index = picked.index(i);
                index[axis] = indices.get((int) index[axis]);
                picked.elements[i] = at(index);
            }
            return picked;
        }

        Model transpose(int... axes) {
            int[] order = axes.length > 0 ? axes : new int[shape.length];
            if (axes.length == 0) {
                Arrays.setAll(order, i -> shape.length - 1 - i);
            }
            long[] newShape = new long[shape.length];
            Arrays.setAll(newShape, i -> shape[order[i]]);
            Model moved = new Model(newShape, of(newShape).elements);
            for (int i = 0; i < moved.elements.length; i++) {
                long[] newIndex = moved.index(i);
                long[] index = new long[shape.length];
                for (int axis = 0; axis < order.length; axis++) {
                    index[order[axis]] = newIndex[axis];
                }
                moved.elements[i] = at(index);
            }
            return moved;
        }

        long[] index(int place) {
            long[] index = new long[shape.length];
            long left = place;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                index[axis] = left % shape[axis];
                left /= shape[axis];
            }
            return index;
        }

        private long at(long[] index) {
            long place = 0;
            for (int axis = 0; axis < shape.length; axis++) {
                place = place * shape[axis] + index[axis];
            }
            return elements[(int) place];
        }
    }
}
