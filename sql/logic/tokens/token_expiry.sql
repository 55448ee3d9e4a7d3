create function private.token_expiry(p_days integer)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_days not between 1 and 366 then
        perform private.fail(422, 'invalid_expiry', 'A token lives 1 to 366 days, or without an end.', 'Send null for no end.');
    end if;
    return statement_timestamp() + make_interval(days => p_days);
end;
$$;
comment on function private.token_expiry is 'When a token of so many days ends; null for one without an end. PT422 invalid_expiry.';
