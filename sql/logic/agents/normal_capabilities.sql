create function private.normal_capabilities(p_capabilities text[])
returns text[]
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Most tasks require none, and lists of a thousand ask here twice for each.
    if coalesce(cardinality(p_capabilities), 0) = 0 then
        return '{}';
    end if;
    return array(select distinct c from unnest(p_capabilities) c where c is not null order by c);
end;
$$;
comment on function private.normal_capabilities is 'Capabilities sorted and once each, so that equal sets are equal arrays.';
grant execute on function private.normal_capabilities to devos_jobs;
