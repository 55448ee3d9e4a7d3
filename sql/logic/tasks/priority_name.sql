-- No search_path of its own, and so read into the query that asks.
create function private.priority_name(p_priority smallint)
returns text
language sql immutable
as $$
    select (array['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'])[p_priority]
$$;
comment on function private.priority_name is 'The name that callers use for a priority, which SQL stores as its number.';
grant execute on function private.priority_name to devos_jobs;
