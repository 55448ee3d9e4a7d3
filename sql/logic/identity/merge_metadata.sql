create function private.merge_metadata(p_old jsonb, p_new jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_merged jsonb := coalesce(p_old, '{}') || p_new;
begin
    v_merged := v_merged - array(select m.key from jsonb_each(p_new) m where m.value = 'null');
    if octet_length(v_merged::text) > 16384 then
        perform private.fail(413, 'metadata_too_large', 'What is kept about a person has at most 16 kB.', 'Keep it elsewhere.');
    end if;
    return v_merged;
end;
$$;
comment on function private.merge_metadata is
    'What a person says about itself, with the new members; a null takes one away. PT413 metadata_too_large.';
