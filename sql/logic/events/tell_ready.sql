create function private.tell_ready(p_sender text, p_kinds text[])
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    select pg_notify('devos_tasks_ready', left(p_sender || ':' || array_to_string(p_kinds, ','), 7900))
$$;
comment on function private.tell_ready is
    'One copy of the API tells the others, after the commit, for which kinds there is work. A lost hint costs a tenth of a second.';
grant execute on function private.tell_ready to devos_login;
