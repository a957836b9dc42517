-- Whom to tell when jobs fail, and when they run well again.
create table alert_rule (
    id              uuid         not null,
    namespace       varchar(255) not null,
    name            varchar(255) not null,
    version         bigint       not null default 0,
    enabled         boolean      not null,
    -- of which jobs of the namespace; null: of all
    job_id          uuid,
    labels          jsonb,
    -- told of once a job has failed so many times in a row, and of each further failure if that is asked for
    failures        integer      not null check (failures > 0),
    tell_each       boolean      not null,
    tell_recovered  boolean      not null,
    muted_until     timestamptz,
    -- where messages go: one of these
    webhook         jsonb,
    mail            jsonb,
    -- a rule tells once a minute at most: what happens meanwhile is one message
    next_message_at timestamptz  not null default '-infinity',
    created_at      timestamptz  not null default clock_timestamp(),
    updated_at      timestamptz  not null default clock_timestamp(),

    constraint alert_rule_pk primary key (id),
    constraint alert_rule_name_unique unique (namespace, name),
    constraint alert_rule_has_target check (num_nonnulls(webhook, mail) = 1)
);

-- Executions that have ended and that rules ask for. Written in the transaction that ends them, and consumed by the alerts
-- loop. A success is among them only where the job has failed before.
create table alert_end (
    id           bigint generated always as identity primary key,
    rule_id      uuid        not null,
    job_id       uuid        not null,
    execution_id uuid        not null,
    succeeded    boolean     not null,
    at           timestamptz not null default clock_timestamp()
);
create index alert_end_of on alert_end (rule_id, job_id);

-- Jobs that fail, by rule: how many times in a row, and whether that was told.
create table alert_state (
    rule_id  uuid    not null references alert_rule on delete cascade,
    job_id   uuid    not null,
    failures integer not null,
    is_told  boolean not null,

    constraint alert_state_pk primary key (rule_id, job_id)
);

-- What is to be told in the rule's next message.
create table alert_news (
    id           bigint generated always as identity primary key,
    rule_id      uuid        not null references alert_rule on delete cascade,
    job_id       uuid        not null,
    execution_id uuid        not null,
    kind         varchar(16) not null check (kind in ('FAILED', 'RECOVERED')),
    failures     integer     not null,
    at           timestamptz not null
);
create index alert_news_of on alert_news (rule_id);
