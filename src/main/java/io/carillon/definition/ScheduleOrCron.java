package io.carillon.definition;

import io.carillon.schedule.ScheduleSpec;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Names, for the OpenAPI document, what a request may give as a schedule. */
@Schema(
        name = "ScheduleOrCron",
        oneOf = {String.class, ScheduleSpec.class},
        description = "A cron expression or an object",
        examples = "{\"cron\": \"0 9 * * 1\", \"timeZone\": \"Europe/Paris\"}")
interface ScheduleOrCron {}
