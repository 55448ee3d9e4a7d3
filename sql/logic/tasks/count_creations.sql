-- as: devos_jobs
create function private.count_creations(p_project_ids uuid[], p_items jsonb, p_take boolean)
returns boolean
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
as $$
declare
    v_minute constant interval := '1 minute';
    v_project record;
    v_counts boolean := false;
    v_wait interval;
begin
    -- Always in the same order: two lists for the same projects do not wait for each other in a circle.
    for v_project in
        select p.id, p.creations_per_minute as rate, sha256(convert_to('create ' || p.id, 'UTF8')) as bucket
          from public.projects p
         where p.id = any (p_project_ids) and p.creations_per_minute is not null order by p.id
    loop
        v_counts := true;
        select count(*) * v_minute / v_project.rate into v_wait
          from jsonb_array_elements(p_items) i where (i ->> 'project_id')::uuid = v_project.id;
        if v_wait > v_minute then
            perform private.fail(422, 'creation_too_large',
                format('The project takes %s tasks in a minute, and this list has more.', v_project.rate),
                'Send shorter lists, one after the other.');
        end if;
        if p_take then
            insert into private.rate_limits as l (bucket, full_at) values (v_project.bucket, clock_timestamp() + v_wait)
            on conflict (bucket) do update set full_at = greatest(l.full_at, clock_timestamp()) + v_wait;
            v_wait := '0';
        end if;
        v_wait := v_wait - v_minute + coalesce((
            select greatest('0', l.full_at - clock_timestamp()) from private.rate_limits l where l.bucket = v_project.bucket), '0');
        if v_wait > '0' then
            -- The API makes Retry-After of the hint.
            perform private.fail(429, 'creation_rate_exceeded',
                format('The project takes %s tasks in a minute.', v_project.rate),
                format('Try again in %s seconds.', ceil(extract(epoch from v_wait))));
        end if;
    end loop;
    return v_counts;
end;
$$;
comment on function private.count_creations is
    'Whether any of these projects limits how many tasks are created in it, and a refusal where the items are too many for it now.
Before the work that is a look; with p_take they are counted, behind a lock that is held until the end and so taken last.
PT422 creation_too_large, PT429 creation_rate_exceeded.';
grant execute on function private.count_creations to devos_api;
