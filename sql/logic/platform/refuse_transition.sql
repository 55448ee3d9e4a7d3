-- as: devos_lookup
create function private.refuse_transition()
returns trigger
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_from text := case when tg_op = 'UPDATE' then to_jsonb(old) ->> 'state' end;
    v_allowed text;
begin
    select string_agg(t.to_state, ', ' order by t.to_state) into v_allowed
      from public.state_transitions t
     where t.machine = tg_argv[0] and t.from_state is not distinct from v_from;
    perform private.fail(409, 'illegal_transition',
        format('A %s cannot go from %s to %s.', tg_argv[0], coalesce(v_from, 'nothing'), to_jsonb(new) ->> 'state'),
        format('Allowed from here: %s.', coalesce(v_allowed, 'nothing, it is final')));
    return null;
end;
$$;
comment on function private.refuse_transition is
    'Trigger: PT409 illegal_transition. Its WHEN list, made by guard_transitions, lets allowed moves pass without a call.';
grant execute on function private.refuse_transition to devos_owner;
