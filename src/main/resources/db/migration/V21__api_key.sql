-- Keys of the API. The text of a key is told once and kept nowhere: the id is its public part, the hash SHA-256 of all of it.
create sequence api_key_revision;

create table api_key (
    id            varchar(12)  primary key,
    name          varchar(255) not null,
    hash          char(64)     not null,
    role          varchar(16)  not null,
    -- '*': all there are and will be
    namespaces    varchar(63)[] not null,
    created_at    timestamptz  not null default clock_timestamp(),
    created_by    varchar(255) not null,
    expires_at    timestamptz,
    revoked_at    timestamptz,
    last_used_at  timestamptz,
    -- Taken under the table's lock at each change but that of last_used_at: the order of numbers is that of commits.
    revision      bigint       not null default nextval('api_key_revision'),

    constraint api_key_name_not_blank  check (name <> ''),
    constraint api_key_role_known      check (role in ('VIEWER', 'EDITOR', 'ADMIN', 'WORKER', 'METRICS')),
    constraint api_key_some_namespace  check (cardinality(namespaces) > 0)
);
create unique index api_key_of_revision on api_key (revision);
