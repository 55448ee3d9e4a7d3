-- as: devos_journal
create function private.audit(p_action text, p_project_id uuid, p_subject_id uuid, p_data jsonb default '{}')
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor jsonb := private.actor();
begin
    insert into public.audit_log (action, project_id, subject_id, actor_kind, actor_id, data)
    values (p_action, p_project_id, p_subject_id, v_actor ->> 'kind', (v_actor ->> 'id')::uuid,
            p_data || jsonb_strip_nulls(jsonb_build_object('api_token_id', private.claims() ->> 'token_id')));
end;
$$;
comment on function private.audit is 'Append one row to the audit log; the actor, and the API token it came with, are taken from the request.';
grant execute on function private.audit to devos_api, devos_jobs;
