package io.carillon.schedule;

import java.util.BitSet;

/**
 * Holds an immutable set of years between {@link CronField#FIRST_YEAR} and {@link
 * CronField#LAST_YEAR}.
 */
final class YearSet {

    /** Bit 0 is the first year. Not changed after construction. */
    private final BitSet years;

    YearSet(BitSet years) {
        this.years = (BitSet) years.clone();
    }

    static YearSet all() {
        BitSet years = new BitSet();
        years.set(0, CronField.YEAR.size());
        return new YearSet(years);
    }

    boolean isAll() {
        return years.cardinality() == CronField.YEAR.size();
    }

    /** The first member at or after {@code year}, or {@link Bits#NONE}. */
    int next(int year) {
        int found = years.nextSetBit(Math.max(0, year - CronField.FIRST_YEAR));
        return found < 0 ? Bits.NONE : found + CronField.FIRST_YEAR;
    }

    /** The last member at or before {@code year}, or {@link Bits#NONE}. */
    int previous(int year) {
        int from = Math.min(year, CronField.LAST_YEAR) - CronField.FIRST_YEAR;
        int found = from < 0 ? -1 : years.previousSetBit(from);
        return found < 0 ? Bits.NONE : found + CronField.FIRST_YEAR;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof YearSet that && years.equals(that.years);
    }

    @Override
    public int hashCode() {
        return years.hashCode();
    }
}
