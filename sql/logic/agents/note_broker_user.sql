-- as: devos_jobs
create function private.note_broker_user(p_agent_key_id text, p_sealed bytea, p_lanes bigint[])
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    -- A password that was replaced meanwhile is not the one that the broker knows now.
    update private.broker_users u set lanes = p_lanes where u.agent_key_id = p_agent_key_id and u.sealed = p_sealed
$$;
comment on function private.note_broker_user is 'Job: the broker knows this user, with this password, for these lanes.';
grant execute on function private.note_broker_user to devos_worker;
