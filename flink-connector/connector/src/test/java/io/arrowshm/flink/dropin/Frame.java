package io.arrowshm.flink.dropin;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A POJO as users write it. */
public class Frame {
    public long number;
    public String camera = "";
    public double[] values = {};
    public int[] labels = {};
    public byte[] thumbnail = {};
    public float[] absent;
    public Map<String, long[]> columns = new HashMap<>();

    static Frame of(long number) {
        Frame frame = new Frame();
        frame.number = number;
        frame.camera = "camera " + number % 5;
        frame.values = ArrayRecords.doubles(number);
        frame.labels = Arrays.copyOf(ArrayRecords.ints(number), 20);
        frame.thumbnail = ArrayRecords.bytes(number);
        frame.columns.put("time", ArrayRecords.longs(number));
        return frame;
    }

    int hash() {
        return Objects.hash(
                number,
                camera,
                Arrays.hashCode(values),
                Arrays.hashCode(labels),
                Arrays.hashCode(thumbnail),
                Arrays.hashCode(absent),
                hash(columns));
    }

    static int hash(Map<String, long[]> columns) {
        int hash = 0;
        for (Map.Entry<String, long[]> column : new TreeMap<>(columns).entrySet()) {
            hash = Objects.hash(hash, column.getKey(), Arrays.hashCode(column.getValue()));
        }
        return hash;
    }
}
