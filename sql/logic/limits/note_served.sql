create function private.note_served(p_served uuid[], p_projects uuid[])
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- Of this connection, and only a hint: a claim that does not know it draws lots.
    select set_config('devos.served', (array(
        select o.project from (
            select s.project, 0 as tasks, s.nr from unnest(p_served) with ordinality as s (project, nr)
             where s.project <> all (p_projects)
            union all
            select n.project, count(*), 0 from unnest(p_projects) as n (project) group by n.project) o
         order by o.tasks, o.nr, o.project offset greatest(0, cardinality(p_served) - 100)))::text, false)
$$;
comment on function private.note_served is
    'Projects that got their turn go behind those that did not, the one that got most last.';
