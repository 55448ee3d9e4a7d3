create function private.note_agent(p_action text, p_event text, p_agent_id uuid, p_data jsonb default '{}')
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_projects uuid[] := private.agent_project_ids(p_agent_id);
    v_times integer[] := array[cardinality(v_projects)];
begin
    perform private.emit_each(
        array_fill(p_event, v_times), v_projects, array_fill(p_agent_id, v_times), array_fill(p_data - 'key_id', v_times));
    -- A row for each project, with nothing of the others: their supervisors are strangers to each other.
    perform private.audit(p_action, p, p_agent_id, p_data) from unnest(v_projects) p;
end;
$$;
comment on function private.note_agent is 'What was done with an agent: one event in each of its projects, and the audit row.';
