-- as: devos_jobs
create function private.list_broker_users(p_all boolean default false)
returns setof jsonb
language sql stable
security definer set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('agent_key_id', u.agent_key_id, 'lives', w.lives, 'lanes', w.lanes,
               'is_made', u.lanes is not distinct from w.lanes, 'is_narrower', not coalesce(u.lanes <@ w.lanes, true),
               'is_here', coalesce(h.seen_at > statement_timestamp() - interval '1 hour', false), 'key_id', u.key_id, 'sealed', encode(u.sealed, 'base64'))
      from private.broker_users u
      join private.agent_keys k on k.id = u.agent_key_id
      join public.agents a on a.id = u.agent_id
      left join public.agent_heartbeats h on h.agent_id = a.id
      -- Together, not one by one: this is asked again and again, for a thousand users too.
      left join private.broker_lanes() f on f.agent_id = a.id
     cross join lateral (
        select a.is_active and a.broker_allowed and k.revoked_at is null
                   and coalesce(k.expires_at > statement_timestamp(), true) as lives,
               coalesce(f.lanes, '{}') as lanes) w
     where p_all or not w.lives or u.lanes is distinct from w.lanes
     order by u.agent_key_id
$$;
comment on function private.list_broker_users is
    'Job: the users that the broker must make, change or forget; with p_all every one. lives: whether its key and its agent
still do; is_made: whether the broker knew it with these lanes; is_here: whether it was heard within the hour.';
grant execute on function private.list_broker_users to devos_worker;
