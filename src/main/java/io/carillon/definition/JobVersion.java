package io.carillon.definition;

import java.util.UUID;

/** Identifies a version of a job; the number grows with each change of the job. */
public record JobVersion(UUID jobId, long version) {}
