-- as: devos_owner
create function private.guard_transitions(p_table regclass, p_machine text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_initial text;
    v_moves text;
begin
    -- Written out as constants: a WHEN list costs a comparison per row, a lookup in state_transitions a query.
    select string_agg(quote_literal(t.to_state), ', ') filter (where t.from_state is null),
           string_agg(quote_literal(t.from_state || '>' || t.to_state), ', ') filter (where t.from_state is not null)
      into v_initial, v_moves
      from public.state_transitions t
     where t.machine = p_machine;
    execute format(
        'create trigger guard_initial_state before insert on %s for each row when (new.state::text not in (%s))
         execute function private.refuse_transition(%L)', p_table, v_initial, p_machine);
    execute format(
        'create trigger guard_state before update of state on %s for each row
         when (old.state is distinct from new.state and old.state::text || ''>'' || new.state::text not in (%s))
         execute function private.refuse_transition(%L)', p_table, v_moves, p_machine);
end;
$$;
comment on function private.guard_transitions is 'Deploy: put the triggers on a table that keep its state machine.';
