-- as: devos_jobs
create function private.settle_dependents(p_ids uuid[], p_only uuid[] default null)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
-- Every end comes by here. Where many tasks wait, a look for any of them seems to end soon wherever it starts.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    v_ended uuid[] := p_ids;
    v_only uuid[] := p_only;
begin
    -- Nearly nothing that ends is waited for: that costs one look into an index.
    while exists (select from public.task_dependencies d where d.depends_on_id = any (v_ended) and d.settled_at is null) loop
        if v_only is null then
            perform private.free_dependents(v_ended);
        end if;
        -- Those that fail with them have dependents in turn.
        v_ended := private.stop_dependents(v_ended, v_only);
        v_only := null;
    end loop;
end;
$$;
comment on function private.settle_dependents is
    'Tasks have ended: free what waited for them, and fail or block what cannot go on without them, as each said.
With p_only: those have come to wait for what may have failed already.';
grant execute on function private.settle_dependents to devos_api;
