-- No search_path of its own, and so read into the query that asks.
create function private.lease_end(p_seconds integer, p_started_at timestamptz, p_timeout_seconds integer)
returns timestamptz
language sql stable
as $$
    -- least passes over a null: a task without a time limit.
    select least(statement_timestamp() + p_seconds * interval '1 second',
                 p_started_at + (p_timeout_seconds + 30) * interval '1 second')
$$;
comment on function private.lease_end is
    'When a lease given now for so long ends: no later than 30 seconds after the time limit of an attempt that began then.';
