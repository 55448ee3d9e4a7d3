create function private.require_amount(p_amount numeric)
returns void
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- NaN is greater than every number in Postgres, so the upper bound refuses it too.
    if not coalesce(p_amount > 0 and p_amount < 1e12 and p_amount = round(p_amount, 6), false) then
        perform private.fail(422, 'invalid_amount', 'The amount is not one that can be booked.',
            'Send a decimal above 0 and below 10^12, with at most 6 places.');
    end if;
end;
$$;
comment on function private.require_amount is 'PT422 invalid_amount unless this is an amount of USD that can be booked to the last place.';
