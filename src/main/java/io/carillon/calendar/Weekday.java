package io.carillon.calendar;

/** In the order of ISO 8601. */
enum Weekday {
    MON,
    TUE,
    WED,
    THU,
    FRI,
    SAT,
    SUN
}
