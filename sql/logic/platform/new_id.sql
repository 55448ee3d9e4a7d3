create function private.new_id()
returns uuid
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_us bigint := extract(epoch from clock_timestamp()) * 1000000;
begin
    return private.id_at(v_us, gen_random_uuid());
end;
$$;
comment on function private.new_id is 'A new id, ordered by time: those of one session sort as they were made.';
grant execute on function private.new_id to devos_jobs;
