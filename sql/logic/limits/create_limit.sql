create function public.create_limit(p_project_id uuid, p_limit jsonb)
returns public.limits
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_most constant integer := 100;
    v_limit public.limits;
begin
    perform private.require_role('supervisor');
    perform private.require_project(array[p_project_id]);
    perform private.lock_lanes();
    if (select count(*) from public.limits m where m.project_id = p_project_id) >= v_most then
        perform private.fail(409, 'too_many_limits', format('A project has at most %s limits.', v_most),
            'Delete one that is not needed any more.');
    end if;
    insert into public.limits (id, project_id, name, scope, kind, max_running, rate_count, rate_seconds)
    select private.new_id(), p_project_id, n.name, n.scope, n.kind, n.max_running, n.rate_count, n.rate_seconds
      from jsonb_populate_record(null::public.limits, p_limit) n
    returning * into v_limit;
    perform private.mark_lanes(p_project_id);
    perform private.note_limit('create', 'created', v_limit);
    return v_limit;
end;
$$;
comment on function public.create_limit is
    'How many tasks may run at once, or begin in a span of time: {name, scope, kind, max_running, rate_count, rate_seconds}. The next
claim obeys; what runs goes on. PT403 role_required, PT404 project_not_found, PT409 too_many_limits.';
grant execute on function public.create_limit to authenticated;
