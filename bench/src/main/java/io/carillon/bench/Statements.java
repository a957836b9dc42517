package io.carillon.bench;

/** What {@code --statements} adds to a result. */
final class Statements {
    private Statements() {}

    static void report(Rig rig, Database database) {
        if (rig.options().statements()) {
            Meter.longest(database).forEach(line -> Results.say("%s", line));
        }
    }
}
