package io.carillon.support;

import java.util.Random;

/** Makes values of properties; one in ten is at an edge, where faults are. */
public final class Generate {
    private static final String ODD_CHARACTERS =
            "\0\t\n\u007f\u0080\u00ff\ud800\udbff\udc00\udfff\ufffe\uffff";
    private static final int LONGEST_TEXT = 60;

    private Generate() {}

    /** A number from {@code least} to {@code most}, both included. */
    public static long between(Random random, long least, long most) {
        return switch (random.nextInt(20)) {
            case 0 -> least;
            case 1 -> most;
            default ->
                    most == Long.MAX_VALUE
                            ? random.nextLong(least, most)
                            : random.nextLong(least, most + 1);
        };
    }

    public static int between(Random random, int least, int most) {
        return (int) between(random, (long) least, (long) most);
    }

    /** A number from {@code least} on and below {@code bound}. */
    public static double below(Random random, double least, double bound) {
        return switch (random.nextInt(20)) {
            case 0 -> least;
            case 1 -> Math.nextDown(bound);
            default -> random.nextDouble(least, bound);
        };
    }

    /** A number of any order of magnitude from {@code least}, more than 0, to {@code most}. */
    public static double ofAnySize(Random random, double least, double most) {
        double size = random.nextDouble(Math.log(least), Math.log(most));
        return switch (random.nextInt(20)) {
            case 0 -> least;
            case 1 -> most;
            default -> Math.clamp(Math.exp(size), least, most);
        };
    }

    public static <T> T oneOf(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** Any UTF-16: letters, characters of all languages, controls, halves of surrogate pairs. */
    public static String text(Random random) {
        var text = new StringBuilder();
        for (int left = random.nextInt(LONGEST_TEXT); left > 0; left--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append((char) random.nextInt(Character.MAX_VALUE + 1));
                case 1 -> text.appendCodePoint(random.nextInt(0x10000, 0x110000));
                case 2 ->
                        text.append(ODD_CHARACTERS.charAt(random.nextInt(ODD_CHARACTERS.length())));
                default -> text.append((char) random.nextInt(' ', 127));
            }
        }
        return text.toString();
    }
}
