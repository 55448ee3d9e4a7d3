-- Data migrations run as devos_migrator: it sees every row, asserts its row counts, and nothing logs in as it.
do $$
declare
    v_table record;
begin
    for v_table in
        select c.oid::regclass as name, c.relname
          from pg_catalog.pg_class c
         where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace) and c.relkind in ('r', 'p')
           and c.relowner = 'devos_owner'::regrole
           and c.relname not in ('migrations', 'logic_digest')
    loop
        execute format('create policy %I on %s for all to devos_migrator using (true) with check (true)',
            v_table.relname || '_all_migrator', v_table.name);
        execute format('grant select, insert, update, delete on %s to devos_migrator', v_table.name);
    end loop;
end
$$;
