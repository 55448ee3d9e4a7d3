-- as: devos_jobs
create function private.reap_unasked()
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_claims text := current_setting('request.jwt.claims', true);
    v_heads jsonb := nullif(current_setting('devos.heads', true), '');
    v_began timestamptz := clock_timestamp();
    v_reaped integer;
begin
    if not exists (
        select from public.tasks t
         where t.state = 'running' and t.lease_expires_at <= statement_timestamp()
           and t.lease_expires_at >= case when v_heads is null then '-infinity' else private.head_of(v_heads, 'leases') end
    ) then
        if clock_timestamp() - v_began > interval '20 milliseconds' then
            perform private.note_heads(clock_timestamp() - v_began,
                jsonb_build_object('leases', statement_timestamp() - interval '5 seconds'));
        end if;
        return 0;
    end if;
    -- Nobody asked for it: the events name no agent.
    perform set_config('request.jwt.claims', '', true);
    v_reaped := public.reap_expired_leases();
    perform set_config('request.jwt.claims', v_claims, true);
    return v_reaped;
end;
$$;
comment on function private.reap_unasked is
    'Take tasks back from silent agents while another one is here: the worker, which does so by the second, may be away. Returns how many.';
grant execute on function private.reap_unasked to devos_api;
