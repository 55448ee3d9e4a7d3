create function private.write_token_uses(p_ids uuid[])
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    insert into private.token_uses (token_id, used_at)
    select id, statement_timestamp() from unnest(p_ids) id
    on conflict (token_id) do update set used_at = excluded.used_at
$$;
comment on function private.write_token_uses is 'Note for a batch of tokens that they were used just now.';
grant execute on function private.write_token_uses to devos_login;
