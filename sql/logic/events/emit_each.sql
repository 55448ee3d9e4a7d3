-- as: devos_journal
create function private.emit_each(p_types text[], p_project_ids uuid[], p_subject_ids uuid[], p_data jsonb[])
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor jsonb := private.actor();
begin
    insert into public.events (type, project_id, subject_id, actor_kind, actor_id, data)
    select e.type, e.project_id, e.subject_id, v_actor ->> 'kind', (v_actor ->> 'id')::uuid, coalesce(e.data, '{}')
      from unnest(p_types, p_project_ids, p_subject_ids, p_data) as e (type, project_id, subject_id, data);
end;
$$;
comment on function private.emit_each is 'Append one event per subject, in one statement; the actor is taken from the request.';
grant execute on function private.emit_each to devos_api, devos_jobs;
