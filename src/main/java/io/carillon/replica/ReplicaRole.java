package io.carillon.replica;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Lists what a replica can do. */
@Schema(name = "Role")
public enum ReplicaRole {
    /** It answers {@code /api/v1} and serves pages. */
    API,
    /** It fires triggers. */
    FIRING,
    /** It runs executions. */
    WORKER
}
