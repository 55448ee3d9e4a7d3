create function private.mark_active(p_user_id uuid, p_is_active boolean)
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    -- The person first: a sign-in under way writes that row too, so its session is there to be deleted or is never opened.
    -- A moment that Supabase Auth can read too, which knows no infinity.
    update auth.users u
       set banned_until = case when not p_is_active then statement_timestamp() + interval '100 years' end
     where u.id = p_user_id;
    delete from auth.sessions s where s.user_id = p_user_id and not p_is_active;
$$;
comment on function private.mark_active is
    'For set_activation alone, which says who may: write whether a person may come in, and end their sessions if not.';
