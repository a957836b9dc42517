package io.carillon.alert;

import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Tells which workers a rule reports when they are lost. */
@Schema(name = "RuleLostWorkers")
public enum LostWorkers {
    /** The remote workers of the rule's namespace. */
    REMOTE,
    /** All: those of every namespace, and the replicas. */
    ALL
}
