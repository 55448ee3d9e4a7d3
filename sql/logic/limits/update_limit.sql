create function public.update_limit(p_limit_id uuid, p_changes jsonb, p_version integer default null)
returns public.limits
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit public.limits;
begin
    perform private.require_role('supervisor');
    perform public.read_limit(p_limit_id);
    perform private.lock_lanes();
    update public.limits m
       set (name, scope, kind, max_running, rate_count, rate_seconds) = (
               select n.name, n.scope, n.kind, n.max_running, n.rate_count, n.rate_seconds
                 from jsonb_populate_record(m, p_changes) n),
           version = m.version + 1, updated_at = statement_timestamp()
     where m.id = p_limit_id and m.version = coalesce(p_version, m.version)
    returning m.* into v_limit;
    if not found then
        perform private.refuse_version();
    end if;
    perform private.mark_lanes(v_limit.project_id);
    perform private.note_limit('update', 'updated', v_limit);
    return v_limit;
end;
$$;
comment on function public.update_limit is
    'Change what p_changes holds of a limit: name, scope, kind, max_running, rate_count, rate_seconds. The next claim obeys; what runs
goes on. PT403 role_required, PT404 limit_not_found, PT412 version_changed.';
grant execute on function public.update_limit to authenticated;
