create function private.refuse_change()
returns trigger
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
begin
    perform private.fail(409, 'append_only', format('Rows of %s are never changed or removed.', tg_table_name));
    return null;
end;
$$;
comment on function private.refuse_change is 'Trigger of append-only tables: PT409 append_only.';
grant execute on function private.refuse_change to devos_owner;
