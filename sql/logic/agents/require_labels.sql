create function private.require_labels(p_labels jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(jsonb_typeof(p_labels), '') <> 'object' or p_labels @? 'strict $.* ? (@.type() != "string")' then
        perform private.fail(422, 'invalid_labels', 'Labels are words by keys.', 'Like {"region": "eu", "size": "large"}.');
    end if;
end;
$$;
comment on function private.require_labels is 'PT422 invalid_labels unless every label is a string.';
