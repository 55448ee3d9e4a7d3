create function private.note_limit(p_action text, p_done text, p_limit public.limits)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_said constant jsonb := jsonb_strip_nulls(to_jsonb(p_limit) - '{id,project_id,created_at,updated_at}'::text[]);
begin
    perform private.emit('limit.' || p_done, p_limit.project_id, p_limit.id, v_said);
    perform private.audit('limit.' || p_action, p_limit.project_id, p_limit.id, v_said);
    -- There may be more room than before.
    perform private.wake_limited(array[p_limit.project_id]);
    perform private.enqueue('tasks.ready', array[jsonb_build_object('kind', p_limit.kind)]) where p_limit.kind is not null;
end;
$$;
comment on function private.note_limit is 'Event and audit of what became of a limit; and those who wait for room look again.';
