-- as: devos_jobs
create function private.note_starts(p_taken jsonb)
returns void
language sql volatile
security definer set search_path = pg_catalog, pg_temp
as $$
    update private.limit_rooms r
       set starts = array(select s.at from unnest(r.starts) as s (at)
                           where s.at > clock_timestamp() - m.rate_seconds * interval '1 second' order by s.at)
                    || array_fill(clock_timestamp(), array[t.tasks::integer])
      from jsonb_each_text(p_taken) as t (room, tasks)
      join public.limits m on m.id = left(t.room, 36)::uuid and m.rate_count is not null
     where r.limit_id = m.id and r.concurrency_key = substr(t.room, 38)
$$;
comment on function private.note_starts is 'So many tasks began now in rooms with a rate: {"<limit id> <key>": tasks}. The caller has locked them.';
