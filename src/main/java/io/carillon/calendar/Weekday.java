package io.carillon.calendar;

/** Lists the weekdays in the order of ISO 8601. */
public enum Weekday {
    MON,
    TUE,
    WED,
    THU,
    FRI,
    SAT,
    SUN
}
