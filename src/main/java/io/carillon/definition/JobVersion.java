package io.carillon.definition;

import java.util.UUID;

/** A job as it was defined at one time; a job's version grows with each of its changes. */
public record JobVersion(UUID jobId, long version) {}
