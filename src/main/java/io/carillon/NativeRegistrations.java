package io.carillon;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * What the native executable must keep although nothing refers to it but a name: the types of this
 * service that Jackson reads and writes. Quarkus finds many of them in the signatures of resources;
 * all are here, so that nobody has to know which. Libraries are registered by their extensions.
 */
@RegisterForReflection(
        classNames = {
            "io.carillon.calendar.CalendarDefinition",
            "io.carillon.calendar.CalendarEntry",
            "io.carillon.calendar.CalendarEntry$TimeOfDay",
            "io.carillon.calendar.CalendarView",
            "io.carillon.calendar.CalendarView$Page",
            "io.carillon.execution.ExecutionPage",
            "io.carillon.execution.ExecutionQueries$Latest",
            "io.carillon.execution.ExecutionRequests$Batch",
            "io.carillon.execution.ExecutionRequests$BatchItem",
            "io.carillon.execution.ExecutionRequests$BatchResult",
            "io.carillon.execution.ExecutionRequests$Change",
            "io.carillon.execution.ExecutionRequests$Replay",
            "io.carillon.execution.ExecutionRequests$ReplayFilter",
            "io.carillon.execution.ExecutionRequests$ReplayResult",
            "io.carillon.execution.ExecutionStats",
            "io.carillon.execution.ExecutionStats$Durations",
            "io.carillon.execution.ExecutionView",
            "io.carillon.execution.RetryPolicy",
            "io.carillon.execution.SubmissionRequest",
            "io.carillon.firing.CatchUpPreview",
            "io.carillon.handler.http.HttpConfig",
            "io.carillon.handler.noop.NoopConfig",
            "io.carillon.job.AfterJob",
            "io.carillon.job.FieldChange",
            "io.carillon.job.Forecast",
            "io.carillon.job.Forecast$Minute",
            "io.carillon.job.ImportedJob",
            "io.carillon.job.JobImport",
            "io.carillon.job.JobImport$Item",
            "io.carillon.job.JobImport$Result",
            "io.carillon.job.JobPage",
            "io.carillon.job.JobRequest",
            "io.carillon.job.JobRequests$Backfill",
            "io.carillon.job.JobRequests$BackfillResult",
            "io.carillon.job.JobRequests$Batch",
            "io.carillon.job.JobRequests$BatchItem",
            "io.carillon.job.JobRequests$BatchResult",
            "io.carillon.job.JobRequests$ManualRun",
            "io.carillon.job.JobRequests$Pause",
            "io.carillon.job.JobRequests$Resume",
            "io.carillon.job.JobRequests$ResumePreview",
            "io.carillon.job.JobSummary",
            "io.carillon.job.JobView",
            "io.carillon.job.RevisionView",
            "io.carillon.job.RevisionView$Page",
            "io.carillon.job.SchedulePreview",
            "io.carillon.job.Upcoming",
            "io.carillon.job.Upcoming$Planned",
            "io.carillon.job.Why",
            "io.carillon.job.Why$Definition",
            "io.carillon.job.Why$Pause",
            "io.carillon.job.Why$Run",
            "io.carillon.job.Why$SkippedRow",
            "io.carillon.problem.Problem",
            "io.carillon.problem.Problem$Violation",
            "io.carillon.problem.StrictJson$ScheduleReader$Body",
            "io.carillon.queue.Queue$Limits",
            "io.carillon.queue.QueueRequests$Declaration",
            "io.carillon.queue.QueueRequests$Listing",
            "io.carillon.queue.QueueRequests$Pause",
            "io.carillon.queue.QueueStatistics",
            "io.carillon.queue.QueueView",
            "io.carillon.schedule.ScheduleSpec",
            "io.carillon.schedule.ScheduleSpec$Dst",
            "io.carillon.schedule.ScheduleWarning",
            "io.carillon.worker.WorkerRequests$Listing",
            "io.carillon.worker.WorkerRequests$Scale",
            "io.carillon.worker.WorkerView",
            "io.carillon.worker.WorkerView$RunningExecution"
        })
public final class NativeRegistrations {
    private NativeRegistrations() {}
}
