create function private.new_ids(p_number integer)
returns uuid[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_us bigint := extract(epoch from clock_timestamp()) * 1000000;
    -- Once: where Postgres asks the kernel for each random number, that is most of an id's price.
    v_random uuid := gen_random_uuid();
begin
    -- A microsecond apart, and so in this order.
    return array(select private.id_at(us, v_random) from generate_series(v_us, v_us + p_number - 1) us);
end;
$$;
comment on function private.new_ids is 'So many new ids that sort as they stand here.';
grant execute on function private.new_ids to devos_jobs;
