-- Hosts that have failed so often in a row that nothing calls them for a while, on any replica.
create table host_pause (
    -- host and port, as in a URL
    host        text        primary key,
    -- until when nothing is called; then one call tries
    until       timestamptz not null,
    -- how often in a row it was paused
    times       integer     not null default 1,
    -- when the call that tries is given up; null: none is under way
    trial_until timestamptz,
    -- why the last call failed
    error       text        not null
);
