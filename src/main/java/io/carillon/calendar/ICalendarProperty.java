package io.carillon.calendar;

import io.carillon.problem.ProblemException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds a property of an iCalendar file and the line it begins on.
 *
 * @param name in capitals, like the names of the parameters
 */
record ICalendarProperty(int line, String name, Map<String, String> parameters, String value) {
    private static final Pattern PARAMETER =
            Pattern.compile(";([A-Za-z0-9-]+)=(\"[^\"]*\"|[^;:\"]*)");
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /**
     * Reads all properties of a file. Lines are unfolded as octets and decoded after that (RFC 5545
     * §3.1): writers fold at 75 octets, also inside a character.
     *
     * @throws ProblemException 400 naming the line
     */
    static List<ICalendarProperty> read(byte[] file) {
        var properties = new ArrayList<ICalendarProperty>();
        var line = new ByteArrayOutputStream();
        int begins = 0;
        int number = 0;
        for (int from = afterMark(file); from <= file.length; ) {
            int to = from;
            while (to < file.length && file[to] != '\r' && file[to] != '\n') {
                to++;
            }
            number++;
            if (to > from && (file[from] == ' ' || file[from] == '\t')) {
                if (line.size() == 0) {
                    throw refused(number, "a continuation line that continues nothing");
                }
                line.write(file, from + 1, to - from - 1);
            } else {
                add(properties, begins, line.toByteArray());
                line.reset();
                begins = number;
                line.write(file, from, to - from);
            }
            boolean isPair = to + 1 < file.length && file[to] == '\r' && file[to + 1] == '\n';
            from = to + (isPair ? 2 : 1);
        }
        add(properties, begins, line.toByteArray());
        return properties;
    }

    private static int afterMark(byte[] file) {
        boolean isMarked =
                file.length >= BYTE_ORDER_MARK.length
                        && Arrays.equals(
                                file,
                                0,
                                BYTE_ORDER_MARK.length,
                                BYTE_ORDER_MARK,
                                0,
                                BYTE_ORDER_MARK.length);
        return isMarked ? BYTE_ORDER_MARK.length : 0;
    }

    private static void add(List<ICalendarProperty> properties, int line, byte[] octets) {
        if (octets.length > 0) {
            properties.add(property(line, decoded(line, octets)));
        }
    }

    private static String decoded(int line, byte[] octets) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets)).toString();
        } catch (CharacterCodingException invalid) {
            throw refused(line, "this is not UTF-8");
        }
    }

    private static ICalendarProperty property(int number, String line) {
        if (line.chars().anyMatch(character -> character < ' ' && character != '\t')) {
            throw refused(number, "a control character");
        }
        int end = 0;
        while (end < line.length() && ";:".indexOf(line.charAt(end)) < 0) {
            end++;
        }
        String name = line.substring(0, end).toUpperCase(Locale.ROOT);
        if (!name.matches("[A-Z0-9-]+")) {
            throw refused(number, "expected NAME:VALUE, as in BEGIN:VCALENDAR");
        }
        var parameters = new HashMap<String, String>();
        Matcher parameter = PARAMETER.matcher(line);
        while (end < line.length() && parameter.find(end) && parameter.start() == end) {
            String value = parameter.group(2);
            parameters.put(
                    parameter.group(1).toUpperCase(Locale.ROOT),
                    value.startsWith("\"") ? value.substring(1, value.length() - 1) : value);
            end = parameter.end();
        }
        if (end == line.length() || line.charAt(end) != ':') {
            throw refused(number, name + " has no value");
        }
        return new ICalendarProperty(number, name, parameters, line.substring(end + 1));
    }

    boolean is(String name, String value) {
        return this.name.equals(name) && hasValue(value);
    }

    boolean hasValue(String expected) {
        return value.equalsIgnoreCase(expected);
    }

    @Nullable String parameter(String parameter) {
        return parameters.get(parameter);
    }

    ProblemException refused(String what) {
        return refused(line, what);
    }

    static ProblemException refused(int line, String what) {
        return ProblemException.invalid("body", "line " + line + ": " + what);
    }
}
