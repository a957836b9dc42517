package io.carillon.dashboard.executions;

import io.carillon.execution.follow.Lineage.Link;
import io.carillon.execution.follow.Lineage.Relation;
import io.carillon.execution.follow.Lineage.Relative;
import io.carillon.execution.follow.Lineage.Relatives;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Draws causes and consequences of an execution from left to right, a generation in each column.
 *
 * @param isCut whether there are more than are drawn
 */
record Graph(int width, int height, List<Box> boxes, List<Line> lines, boolean isCut) {
    private static final int BOX = 190;
    private static final int BOX_HEIGHT = 42;
    private static final int COLUMN = 250;
    private static final int ROW = 58;
    private static final int LONGEST = 25;

    /**
     * An execution.
     *
     * @param kind its state, which gives the colour
     * @param label what it is and how it hangs together with the others, in words
     */
    record Box(UUID id, int x, int y, String name, String kind, String label, boolean isSelf) {
        public int textX() {
            return x + 14;
        }

        public int nameY() {
            return y + 18;
        }

        public int stateY() {
            return y + 34;
        }
    }

    /** Leads from one box to another. */
    record Line(String path, String kind, String title) {}

    /**
     * @param names of the jobs
     * @return null if the execution has no relatives
     */
    static @Nullable Graph of(Relatives relatives, Map<UUID, String> names) {
        if (relatives.executions().size() < 2) {
            return null;
        }
        var columns = new TreeMap<Integer, List<Relative>>();
        for (var each : relatives.executions()) {
            columns.computeIfAbsent(each.generation(), absent -> new ArrayList<>()).add(each);
        }
        int rows = columns.values().stream().mapToInt(List::size).max().orElse(1);
        var boxes = new HashMap<UUID, Box>();
        var drawn = new ArrayList<Box>();
        int column = 0;
        for (var generation : columns.values()) {
            int top = (rows - generation.size()) * ROW / 2;
            for (int row = 0; row < generation.size(); row++) {
                var box =
                        boxOf(
                                generation.get(row),
                                column * COLUMN + 1,
                                top + row * ROW + 1,
                                relatives.links(),
                                names);
                boxes.put(box.id, box);
                drawn.add(box);
            }
            column++;
        }
        var lines = new ArrayList<Line>();
        for (var link : relatives.links()) {
            var from = boxes.get(link.from());
            var to = boxes.get(link.to());
            if (from != null && to != null) {
                lines.add(lineOf(from, to, link.relation()));
            }
        }
        return new Graph(
                (column - 1) * COLUMN + BOX + 2,
                (rows - 1) * ROW + BOX_HEIGHT + 2,
                drawn,
                lines,
                relatives.isCut());
    }

    private static Box boxOf(
            Relative relative, int x, int y, List<Link> links, Map<UUID, String> names) {
        UUID jobId = relative.jobId();
        String name =
                jobId == null
                        ? relative.type() + " (submitted)"
                        : names.getOrDefault(jobId, jobId.toString());
        String state = relative.state().name().toLowerCase(Locale.ROOT);
        var label = new StringBuilder(name).append(", ").append(state);
        for (var link : links) {
            if (link.to().equals(relative.id())) {
                label.append(", ").append(words(link.relation())).append(" another");
                break;
            }
        }
        return new Box(
                relative.id(),
                x,
                y,
                name.length() <= LONGEST ? name : name.substring(0, LONGEST - 1) + "…",
                state,
                label.toString(),
                relative.generation() == 0);
    }

    private static Line lineOf(Box from, Box to, Relation relation) {
        int startX = from.x + BOX;
        int startY = from.y + BOX_HEIGHT / 2;
        int endY = to.y + BOX_HEIGHT / 2;
        int middle = (startX + to.x) / 2;
        return new Line(
                "M%d %dC%d %d %d %d %d %d"
                        .formatted(startX, startY, middle, startY, middle, endY, to.x, endY),
                relation.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                "%s %s %s".formatted(to.name, words(relation), from.name));
    }

    private static String words(Relation relation) {
        return switch (relation) {
            case FOLLOWS -> "follows";
            case WAITS_FOR -> "waits for";
            case REPLAYS -> "runs again";
        };
    }
}
