create function private.resume_blocked_tasks(p_project_id uuid, p_reason text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_ids uuid[];
    v_kinds text[];
begin
    with resumed as (
        update public.tasks t
           set state = 'pending', blocked_reason = null, run_at = statement_timestamp(), updated_at = statement_timestamp()
         where t.project_id = p_project_id and t.state = 'blocked' and t.blocked_reason = p_reason
        returning t.id, t.kind
    )
    select array_agg(r.id), array_agg(distinct r.kind) into v_ids, v_kinds from resumed r;
    if v_ids is null then
        return;
    end if;
    perform private.emit_each(array_fill('task.resumed'::text, array[cardinality(v_ids)]),
        array_fill(p_project_id, array[cardinality(v_ids)]), v_ids,
        array_fill(jsonb_build_object('reason', p_reason), array[cardinality(v_ids)]));
    perform private.enqueue('tasks.ready', array(select jsonb_build_object('kind', k) from unnest(v_kinds) k));
end;
$$;
comment on function private.resume_blocked_tasks is 'Tasks of a project that waited for this reason become pending again.';
