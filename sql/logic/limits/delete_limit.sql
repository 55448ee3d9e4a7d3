create function public.delete_limit(p_limit_id uuid)
returns void
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit public.limits;
begin
    perform private.require_role('supervisor');
    v_limit := public.read_limit(p_limit_id);
    perform private.lock_lanes();
    delete from public.limits m where m.id = p_limit_id;
    if found then
        perform private.mark_lanes(v_limit.project_id);
        perform private.note_limit('delete', 'deleted', v_limit);
    end if;
end;
$$;
comment on function public.delete_limit is
    'Count no more: what waited for room may be claimed. PT403 role_required, PT404 limit_not_found.';
grant execute on function public.delete_limit to authenticated;
