package io.arrowshm.map;

import io.arrowshm.map.CpuUse.Sample;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;

/** A picture of what every core did: a strip for each, from idle to busy, over the time of the call. */
final class CpuPlot {
    private static final int WIDTH = 900;
    private static final int STRIP = 60;
    private static final int LEFT = 70;
    private static final int MARGIN = 20;
    private static final int BOTTOM = 30;
    private static final Color LINE = new Color(0x1F77B4);
    private static final Color AREA = new Color(0x1F, 0x77, 0xB4, 0x50);

    private final List<Sample> samples;
    private final int cores;
    private final double seconds;

    private CpuPlot(List<Sample> samples) {
        this.samples = samples;
        cores = samples.stream().mapToInt(sample -> sample.cores().size()).min().orElse(0);
        seconds = samples.isEmpty() ? 1 : samples.get(samples.size() - 1).seconds();
    }

    static BufferedImage of(List<Sample> samples) {
        return new CpuPlot(samples).draw();
    }

    private BufferedImage draw() {
        int height = MARGIN + cores * STRIP + BOTTOM;
        BufferedImage image = new BufferedImage(WIDTH, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, WIDTH, height);
        for (int core = 0; core < cores; core++) {
            drawStrip(graphics, core, MARGIN + (core + 1) * STRIP);
        }
        graphics.setColor(Color.BLACK);
        graphics.drawString("0 s", LEFT, height - MARGIN / 2);
        graphics.drawString(
                String.format(Locale.ROOT, "%.1f s", seconds), WIDTH - MARGIN - 3 * MARGIN / 2, height - MARGIN / 2);
        graphics.dispose();
        return image;
    }

    private void drawStrip(Graphics2D graphics, int core, int base) {
        Path2D line = new Path2D.Double();
        line.moveTo(LEFT, base);
        for (Sample sample : samples) {
            line.lineTo(x(sample.seconds()), base - sample.cores().get(core) * (STRIP - MARGIN / 2));
        }
        Path2D area = new Path2D.Double(line);
        area.lineTo(x(seconds), base);
        area.closePath();
        graphics.setColor(AREA);
        graphics.fill(area);
        graphics.setColor(LINE);
        graphics.setStroke(new BasicStroke(1.5f));
        graphics.draw(line);
        graphics.setColor(Color.GRAY);
        graphics.drawLine(LEFT, base, WIDTH - MARGIN, base);
        graphics.setColor(Color.BLACK);
        graphics.drawString("core " + core, MARGIN / 2, base - STRIP / 3);
    }

    private double x(double second) {
        return LEFT + (WIDTH - MARGIN - LEFT) * (seconds == 0 ? 0 : second / seconds);
    }
}
