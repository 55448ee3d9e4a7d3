create function public.read_limit(p_limit_id uuid)
returns public.limits
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit public.limits;
begin
    select * into v_limit from public.limits m where m.id = p_limit_id;
    if not found then
        raise exception using errcode = 'PT404', message = 'There is no such limit.', detail = 'limit_not_found';
    end if;
    return v_limit;
end;
$$;
comment on function public.read_limit is 'One limit. PT404 limit_not_found.';
grant execute on function public.read_limit to authenticated;
