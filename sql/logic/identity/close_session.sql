create function public.close_session()
returns boolean
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    delete from auth.sessions s
     where s.id = (private.claims() ->> 'session_id')::uuid and s.user_id = (private.claims() ->> 'sub')::uuid;
    return found;
end;
$$;
comment on function public.close_session is 'Sign out: the session of this request ends now.';
grant execute on function public.close_session to authenticated;
