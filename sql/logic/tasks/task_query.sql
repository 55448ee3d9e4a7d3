create function private.task_query(p_search text, p_tags text[], p_project_ids uuid[])
returns tsquery
language sql immutable
set search_path = pg_catalog, pg_temp
-- Postgres says so in a notice when there is no word in what was asked.
set client_min_messages = warning
as $$
    with lexeme as (
        select 'tag ' || left(t.tag, 100) as text, 'tag' as of from unnest(p_tags) as t (tag)
         union all
        -- The project narrows a word that is common elsewhere; many projects would narrow little.
        select 'project ' || p.id, 'project' from unnest(p_project_ids) as p (id) where cardinality(p_project_ids) <= 20
    ), asked as (
        select nullif(websearch_to_tsquery('simple', p_search)::text, '') as words,
               string_agg(l.text, ' & ') filter (where l.of = 'tag') as tags,
               string_agg(l.text, ' | ') filter (where l.of = 'project') as projects
          from (select l.of, format('''%s''', replace(replace(l.text, '\', '\\'), '''', '''''')) as text from lexeme l) l
    )
    select concat_ws(' & ', '(' || a.words || ')', a.tags, '(' || a.projects || ')')::tsquery
      from asked a
     where coalesce(a.words, a.tags) is not null
$$;
comment on function private.task_query is
    'Words, tags and projects as the search of tasks asks for them; null when there is no word and no tag. A tag and a project hold
a space, so that no word of a text can look like one.';
grant execute on function private.task_query to devos_lookup;
