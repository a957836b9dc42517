-- Secrets of jobs, encrypted by AES-256-GCM under a master key that is not in the database.
create table secret (
    namespace   varchar(63)  not null,
    name        varchar(63)  not null,
    -- of the master key: made of it by a hash
    key_id      varchar(16)  not null,
    nonce       bytea        not null,
    -- authenticates namespace and name too, so that a row copied to another name cannot be read
    ciphertext  bytea        not null,
    created_at  timestamptz  not null default clock_timestamp(),
    updated_at  timestamptz  not null default clock_timestamp(),

    constraint secret_pk primary key (namespace, name),
    constraint secret_name_not_blank check (name <> ''),
    constraint secret_nonce_length   check (octet_length(nonce) = 12)
);
