package io.carillon.event;

import io.carillon.problem.ProblemException;
import java.util.Comparator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The place of an event in the order of all: the number of its row, and its place in it. As text,
 * {@code 4711-3}, it is the event's id, after which a reader goes on.
 */
public record Position(long row, int item) implements Comparable<Position> {
    /** Before all events. */
    public static final Position FIRST = new Position(0, 0);

    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})-(\\d{1,9})");
    private static final Comparator<Position> ORDER =
            Comparator.comparingLong(Position::row).thenComparingInt(Position::item);

    /** The place after everything in a row. */
    static Position endOf(long row) {
        return new Position(row, 999_999_999);
    }

    /**
     * Reads the id of an event.
     *
     * @throws ProblemException 400 naming the parameter
     */
    public static Position of(String name, @Nullable String text) {
        var matcher = TEXT.matcher(text == null ? "" : text);
        if (!matcher.matches()) {
            throw ProblemException.invalid(name, "expected the id of an event, first or now");
        }
        return new Position(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public int compareTo(Position other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return row + "-" + item;
    }
}
