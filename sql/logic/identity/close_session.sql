create function public.close_session(p_scope text default 'global')
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_user uuid := (private.claims() ->> 'sub')::uuid;
    v_session uuid := (private.claims() ->> 'session_id')::uuid;
    v_ended integer;
begin
    delete from auth.sessions s
     where s.user_id = v_user
       and exists (select from auth.sessions mine where mine.id = v_session and mine.user_id = v_user)
       and case p_scope when 'local' then s.id = v_session when 'others' then s.id <> v_session else p_scope = 'global' end;
    get diagnostics v_ended = row_count;
    return v_ended;
end;
$$;
comment on function public.close_session is
    'Sign out: this session (local), all others (others) or all (global) of the caller end now. Returns how many.';
grant execute on function public.close_session to authenticated;
