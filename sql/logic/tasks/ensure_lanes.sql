create function private.ensure_lanes(p_items jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_new bigint[];
begin
    if jsonb_path_exists(p_items, '$[*].concurrency_key ? (@ != null)') then
        -- The lanes of keys are swept: one that is there now stays until this transaction has ended.
        perform from public.lanes l
          where (l.project_id, l.concurrency_key) in (
            select i.project_id, i.concurrency_key
              from jsonb_to_recordset(p_items) as i (project_id uuid, concurrency_key text) where i.concurrency_key is not null)
          order by l.id for key share;
    end if;
    if not exists (
        -- Most lists are for one lane.
        select from (
               select distinct i.* from jsonb_to_recordset(p_items) as i (
                   project_id uuid, kind text, required_capabilities text[], assigned_agent_id uuid, concurrency_key text)) i
         where not exists (
            select from public.lanes l
             where l.project_id = i.project_id and l.kind = i.kind
               and l.required_capabilities = private.normal_capabilities(i.required_capabilities)
               and l.assigned_agent_id is not distinct from i.assigned_agent_id
               and l.concurrency_key is not distinct from i.concurrency_key)
    ) then
        return;
    end if;
    perform private.lock_lanes();
    with born as (
        insert into public.lanes (project_id, kind, required_capabilities, assigned_agent_id, concurrency_key, is_limited)
        select i.*, exists (
                   select from public.limits m
                    where m.project_id = i.project_id and (m.kind is null or m.kind = i.kind)
                      and (m.scope <> 'key' or i.concurrency_key is not null))
          from (select distinct i.project_id, i.kind, private.normal_capabilities(i.required_capabilities), i.assigned_agent_id,
                       k.concurrency_key
                  from jsonb_to_recordset(p_items) as i (
                           project_id uuid, kind text, required_capabilities text[], assigned_agent_id uuid,
                           concurrency_key text)
                 -- Each with the lane that has no key: hints of both go there.
                 cross join lateral (values (i.concurrency_key), (null)) as k (concurrency_key)) i
        on conflict do nothing
        returning id
    )
    select array_agg(id) into v_new from born;
    perform private.match_lanes(null, v_new) where v_new is not null;
end;
$$;
comment on function private.ensure_lanes is 'Every item of a creation has its lane, and every new lane its agents.';
grant execute on function private.ensure_lanes to devos_jobs;
