package io.carillon.schedule;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Reads cron expressions.
 *
 * <p>Five fields (minute, hour, day of month, month, day of week) as in Vixie cron, six with the
 * second first, seven with the year last. Each field is a list of {@code *}, values, ranges and
 * steps; see {@link CronFieldParser}. When day of month and day of week are both restricted, a day
 * matches when <em>either</em> does. A field that starts with a star, such as {@code *}{@code /2},
 * counts as unrestricted for that rule and then both must match, which is what Vixie cron does. A
 * {@code ?} is a star.
 *
 * <p>Weekdays are numbered as in Vixie cron whatever the number of fields: 0 and 7 are Sunday.
 */
final class CronParser {

    private static final int LONGEST = 1000;

    private static final Map<String, String> MACROS =
            Map.of(
                    "@yearly", "0 0 1 1 *",
                    "@annually", "0 0 1 1 *",
                    "@monthly", "0 0 1 * *",
                    "@weekly", "0 0 * * 0",
                    "@daily", "0 0 * * *",
                    "@midnight", "0 0 * * *",
                    "@hourly", "0 * * * *");

    private static final List<CronField> FIVE =
            List.of(
                    CronField.MINUTE,
                    CronField.HOUR,
                    CronField.DAY_OF_MONTH,
                    CronField.MONTH,
                    CronField.DAY_OF_WEEK);

    /** A field's text and where it begins in the expression, counted from 0. */
    private record Token(String text, int position) {}

    private CronParser() {}

    /**
     * @param seed the text that {@code H} hashes
     * @throws InvalidScheduleException for the field "cron"; the message names the position of the
     *     character
     */
    static CronRule parse(String text, String seed) {
        if (text.length() > LONGEST) {
            throw malformed("at most " + LONGEST + " characters, found " + text.length(), LONGEST);
        }
        String trimmed = text.strip();
        if (trimmed.startsWith("@")) {
            String meaning = MACROS.get(trimmed.toLowerCase(Locale.ROOT));
            if (meaning == null) {
                throw malformed(
                        "unknown name \""
                                + Quotes.printable(trimmed)
                                + "\", expected @yearly, @monthly, @weekly, @daily, @hourly or"
                                + " @every with a duration",
                        text.indexOf('@'));
            }
            return parseFields(text, tokens(meaning), seed);
        }
        return parseFields(text, tokens(text), seed);
    }

    private static CronRule parseFields(String text, List<Token> tokens, String seed) {
        List<CronField> fields = fieldsOf(text, tokens);
        Map<CronField, CronFieldParser> parsed = new EnumMap<>(CronField.class);
        List<String> uneven = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            CronFieldParser parser =
                    new CronFieldParser(fields.get(i), i + 1, token.text(), token.position(), seed);
            parser.parse();
            parsed.put(fields.get(i), parser);
            uneven.addAll(parser.uneven());
        }
        return new CronRule(
                text.strip(),
                expressionOf(parsed),
                required(parsed, CronField.HOUR).startsWithStar(),
                parsed.values().stream().anyMatch(CronFieldParser::hashed),
                List.copyOf(uneven));
    }

    /** Every expression has minutes, hours, days and months. */
    private static CronFieldParser required(
            Map<CronField, CronFieldParser> parsed, CronField field) {
        return Objects.requireNonNull(parsed.get(field));
    }

    private static CronExpression expressionOf(Map<CronField, CronFieldParser> parsed) {
        CronFieldParser second = parsed.get(CronField.SECOND);
        CronFieldParser year = parsed.get(CronField.YEAR);
        return new CronExpression(
                second == null ? Bits.of(0) : second.bits(),
                required(parsed, CronField.MINUTE).bits(),
                required(parsed, CronField.HOUR).bits(),
                dayRuleOf(
                        required(parsed, CronField.DAY_OF_MONTH),
                        required(parsed, CronField.DAY_OF_WEEK)),
                required(parsed, CronField.MONTH).bits(),
                year == null ? YearSet.all() : year.years());
    }

    private static DayRule dayRuleOf(CronFieldParser ofMonth, CronFieldParser ofWeek) {
        return new DayRule(
                ofMonth.bits(),
                ofMonth.fromLast(),
                ofMonth.nearWeekday(),
                ofMonth.nearLastWeekday(),
                ofWeek.bits(),
                ofWeek.lastWeekdays(),
                ofWeek.nthWeekdays(),
                !ofMonth.startsWithStar() && !ofWeek.startsWithStar());
    }

    private static List<CronField> fieldsOf(String text, List<Token> tokens) {
        if (!tokens.isEmpty() && tokens.getFirst().text().contains("TZ=")) {
            throw malformed(
                    "give the zone in timeZone, not in the expression",
                    tokens.getFirst().position());
        }
        int count = tokens.size();
        if (count < 5) {
            throw malformed(
                    "expected 5 fields (minute, hour, day of month, month, day of week), 6 with"
                            + " seconds first or 7 with a year last, found "
                            + count,
                    text.length());
        }
        if (count > 7) {
            throw malformed("expected at most 7 fields, found " + count, tokens.get(7).position());
        }
        List<CronField> fields = new ArrayList<>(FIVE);
        if (count > 5) {
            fields.addFirst(CronField.SECOND);
        }
        if (count > 6) {
            fields.addLast(CronField.YEAR);
        }
        return fields;
    }

    private static List<Token> tokens(String text) {
        List<Token> tokens = new ArrayList<>();
        int position = 0;
        while (position < text.length()) {
            if (Character.isWhitespace(text.charAt(position))) {
                position++;
                continue;
            }
            int start = position;
            while (position < text.length() && !Character.isWhitespace(text.charAt(position))) {
                position++;
            }
            tokens.add(new Token(text.substring(start, position), start));
        }
        return tokens;
    }

    private static InvalidScheduleException malformed(String what, int position) {
        return InvalidScheduleException.malformed(
                "cron", what + " (character " + (position + 1) + ")");
    }
}
