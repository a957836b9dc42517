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
 * A row of {@code job}. JSON columns hold text as the client's JSON; durations are milliseconds.
 * Rows are inserted by {@link JobInserts}, set-based; this class reads and changes them.
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

    /** Slots of a worker that one of its executions takes. */
    short weight;

    /** Null: an execution may start however late. */
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

    /** The change that made this version; since when it is in force says {@link #updatedAt}. */
    @Enumerated(EnumType.STRING)
    JobChange change;

    @Column(name = "created_at")
    public Instant createdAt;

    @Column(name = "updated_at")
    Instant updatedAt;

    @Column(name = "deleted_at")
    Instant deletedAt;

    /** When it last came back; nothing was planned of it between the deletion and then. */
    @Column(name = "restored_at")
    Instant restoredAt;
}
