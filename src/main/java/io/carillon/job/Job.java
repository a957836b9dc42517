package io.carillon.job;

import io.carillon.definition.AfterJob;
import io.carillon.definition.Delivery;
import io.carillon.definition.MisfirePolicy;
import io.carillon.definition.Overlap;
import io.quarkus.hibernate.orm.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.time.Instant;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.DynamicUpdate;
import org.jspecify.annotations.NullUnmarked;

/**
 * Maps a row of {@code job}, to read and change it; {@link JobInserts} inserts rows, set-based.
 * JSON columns hold the client's JSON as text; durations are in milliseconds.
 */
@Entity
@Table(name = "job")
@DynamicUpdate
@NullUnmarked
public class Job extends PanacheEntityBase {
    public @Id UUID id;

    public String namespace;
    public String name;
    String description;

    /** Null: the job runs on demand. */
    @Column(columnDefinition = "jsonb")
    @ColumnTransformer(write = "?::jsonb")
    String schedule;

    public String type;

    @Column(columnDefinition = "jsonb")
    @ColumnTransformer(write = "?::jsonb")
    public String config;

    String queue;
    short priority;

    @Column(name = "timeout_ms")
    long timeoutMillis;

    @Column(name = "max_attempts")
    int maxAttempts;

    @Column(columnDefinition = "jsonb")
    @ColumnTransformer(write = "?::jsonb")
    String retry;

    @Enumerated(EnumType.STRING)
    Delivery delivery;

    @Enumerated(EnumType.STRING)
    public Overlap overlap;

    /** How many slots of a worker an execution of it takes. */
    short weight;

    /** Null: no limit on how late an execution may start. */
    @Column(name = "start_deadline_ms")
    Long startDeadlineMillis;

    /** The job it runs after; null: none. */
    @Column(name = "after_job_id")
    UUID afterJobId;

    @Column(name = "after_on")
    @Enumerated(EnumType.STRING)
    AfterJob.On afterOn;

    @Enumerated(EnumType.STRING)
    MisfirePolicy misfire;

    @Column(name = "catch_up_window_ms")
    long catchUpWindowMillis;

    @Column(name = "catch_up_limit")
    int catchUpLimit;

    @Column(columnDefinition = "jsonb")
    @ColumnTransformer(write = "?::jsonb")
    String labels;

    public boolean enabled;

    /** The note given when it was paused. */
    @Column(name = "pause_note")
    String pauseNote;

    @Version long version;

    /** The caller that made this version. */
    @Column(name = "changed_by")
    String changedBy;

    /** The change that made this version; {@link #updatedAt} says since when it is in force. */
    @Enumerated(EnumType.STRING)
    JobChange change;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Column(name = "deleted_at")
    Instant deletedAt;

    /** When it was last restored; no instants were planned between its deletion and then. */
    @Column(name = "restored_at")
    Instant restoredAt;
}
