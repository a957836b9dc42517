package io.carillon.event;

/** An event and its place, and its JSON, made once for all who read it. */
public record Event(Position position, EventView view, String json) {}
