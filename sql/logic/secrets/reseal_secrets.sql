-- as: devos_jobs
create function private.reseal_secrets(p_ids uuid[], p_were bytea[], p_key_ids text[], p_sealed bytea[])
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
declare
    v_resealed integer;
begin
    -- A value that was set anew in the meantime is not overwritten with the old one.
    update private.secret_values v set key_id = r.key_id, sealed = r.sealed
      from unnest(p_ids, p_were, p_key_ids, p_sealed) r (id, was, key_id, sealed)
     where v.secret_id = r.id and v.sealed = r.was;
    get diagnostics v_resealed = row_count;
    perform private.audit('secrets.reseal', null, null, jsonb_build_object('key_id', p_key_ids[1], 'secrets', v_resealed));
    return v_resealed;
end;
$$;
comment on function private.reseal_secrets is 'Rotation: the same values under other keys; how many there are. Granted to no one.';
