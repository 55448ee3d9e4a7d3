create function private.fail(p_status integer, p_code text, p_message text, p_hint text default '')
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception using
        errcode = 'PT' || p_status, message = p_message, detail = p_code, hint = p_hint;
end;
$$;
comment on function private.fail is
    'Refuse: SQLSTATE PT + HTTP status (PostgREST''s convention), the machine code in DETAIL, the next step in HINT.';
grant execute on function private.fail to devos_jobs, devos_journal, devos_lookup;
