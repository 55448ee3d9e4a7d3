create function private.actor()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when c ->> 'agent_id' is not null then jsonb_build_object('kind', 'agent', 'id', c ->> 'agent_id')
        when c ->> 'sub' is not null then jsonb_build_object('kind', 'person', 'id', c ->> 'sub')
        when c ->> 'role' = 'integration' then jsonb_build_object('kind', 'integration')
        else jsonb_build_object('kind', 'system')
    end
      from private.claims() c
$$;
comment on function private.actor is 'Who acts: {kind: agent | person | integration | system, id}.';
grant execute on function private.actor to devos_journal, devos_jobs;
