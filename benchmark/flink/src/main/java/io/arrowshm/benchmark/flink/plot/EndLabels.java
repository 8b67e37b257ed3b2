package io.arrowshm.benchmark.flink.plot;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** Puts labels beside the ends of lines, moved up or down where they would lie on each other. Stateless. */
final class EndLabels {
    private EndLabels() {}

    /**
     * @param wanted heights, the top being 0, in any order
     * @param gap least distance of two labels
     * @param top least height there is
     * @param bottom largest height there is, which wins where there is not enough room
     * @return heights in the same order
     */
    static double[] placed(double[] wanted, double gap, double top, double bottom) {
        int[] order = IntStream.range(0, wanted.length)
                .boxed()
                .sorted(Comparator.comparingDouble(label -> wanted[label]))
                .mapToInt(Integer::intValue)
                .toArray();
        double[] placed =
                Arrays.stream(order).mapToDouble(label -> wanted[label]).toArray();
        spread(placed, gap);
        for (int i = 0; i < placed.length; i++) {
            placed[i] = Math.max(placed[i], i == 0 ? top : placed[i - 1] + gap);
        }
        for (int i = placed.length - 1; i >= 0; i--) {
            placed[i] = Math.min(placed[i], i == placed.length - 1 ? bottom : placed[i + 1] - gap);
        }
        double[] heights = new double[wanted.length];
        for (int i = 0; i < order.length; i++) {
            heights[order[i]] = placed[i];
        }
        return heights;
    }

    /** Labels that touch become a block around the middle of where they wanted to be. */
    private static void spread(double[] sorted, double gap) {
        int[] first = new int[sorted.length];
        double[] top = new double[sorted.length];
        int blocks = 0;
        for (int i = 0; i < sorted.length; i++) {
            first[blocks] = i;
            top[blocks] = sorted[i];
            blocks++;
            while (blocks > 1 && top[blocks - 2] + (first[blocks - 1] - first[blocks - 2]) * gap > top[blocks - 1]) {
                blocks--;
                top[blocks - 1] = middle(sorted, first[blocks - 1], i, gap);
            }
        }
        double[] placed = new double[sorted.length];
        for (int block = 0; block < blocks; block++) {
            int end = block + 1 < blocks ? first[block + 1] : sorted.length;
            for (int i = first[block]; i < end; i++) {
                placed[i] = top[block] + (i - first[block]) * gap;
            }
        }
        System.arraycopy(placed, 0, sorted, 0, placed.length);
    }

    /** Where a block begins that lies as near as it can to what its labels want. */
    private static double middle(double[] sorted, int from, int to, double gap) {
        double sum = 0;
        for (int i = from; i <= to; i++) {
            sum += sorted[i] - (i - from) * gap;
        }
        return sum / (to - from + 1);
    }
}
