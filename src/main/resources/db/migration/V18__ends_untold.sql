-- Executions that have ended and whose followers have not been told. Written in the transaction that ends them and
-- consumed at once by the Followers loop, in transactions of bounded size, so that a crash loses none.
create table untold_end (
    id           bigint      generated always as identity primary key,
    execution_id uuid        not null,
    job_id       uuid,
    state        varchar(16) not null
);

-- The errors of an execution and one more, of which the first ten and the last forty are kept. Between them stands how
-- many were dropped.
create function execution_errors_with(errors jsonb, error jsonb) returns jsonb language sql immutable as $$
    select case
        when errors is null then jsonb_build_array(error)
        when jsonb_array_length(errors) < 50 then errors || error
        when errors -> 10 -> 'dropped' is not null then
            jsonb_set(errors - 11, '{10}', jsonb_build_object(
                'code', 'ERRORS_DROPPED',
                'message', ((errors #>> '{10,dropped}')::bigint + 1) || ' errors that came here are not kept',
                'dropped', (errors #>> '{10,dropped}')::bigint + 1)) || error
        else
            jsonb_set(errors, '{10}', jsonb_build_object(
                'code', 'ERRORS_DROPPED', 'message', '1 error that came here is not kept', 'dropped', 1)) || error
    end
$$;
