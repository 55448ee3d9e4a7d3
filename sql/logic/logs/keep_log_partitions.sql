-- as: devos_owner
create function private.keep_log_partitions(p_days integer)
returns integer
language plpgsql volatile
security definer set search_path = pg_catalog, pg_temp
-- Whoever reads or writes a log goes first; the next run comes soon enough.
set lock_timeout = '1s'
as $$
declare
    v_month constant timestamp := date_trunc('month', statement_timestamp() at time zone 'UTC');
    v_newest timestamp;
    v_next timestamp;
    v_old text;
    v_done integer := 0;
begin
    select max(to_date(right(c.relname, 6), 'YYYYMM')) into v_newest
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'public.task_logs'::regclass and c.relname ~ '^task_logs_\d{6}$';
    if coalesce(v_newest < v_month, true) and pg_relation_size('private.task_logs_default') > 0 then
        -- What came while a month had no partition becomes the one up to this month, where it lies.
        alter table public.task_logs detach partition private.task_logs_default;
        execute format('alter table private.task_logs_default rename to task_logs_%s', to_char(v_month, 'YYYYMM'));
        execute format('alter table public.task_logs attach partition private.task_logs_%s for values from (%s) to (%L)',
            to_char(v_month, 'YYYYMM'), coalesce(quote_literal((v_newest + interval '1 month') at time zone 'UTC'), 'minvalue'),
            (v_month + interval '1 month') at time zone 'UTC');
        create table private.task_logs_default (like public.task_logs including all);
        alter table private.task_logs_default enable row level security;
        alter table private.task_logs_default force row level security;
        alter table public.task_logs attach partition private.task_logs_default default;
        v_newest := v_month;
        v_done := 1;
    end if;
    for v_next in
        select m from generate_series(greatest(v_month, v_newest + interval '1 month'), v_month + interval '2 months', interval '1 month') m
    loop
        execute format('create table private.task_logs_%s (like public.task_logs including all)', to_char(v_next, 'YYYYMM'));
        execute format('alter table private.task_logs_%s enable row level security', to_char(v_next, 'YYYYMM'));
        execute format('alter table private.task_logs_%s force row level security', to_char(v_next, 'YYYYMM'));
        execute format('alter table public.task_logs attach partition private.task_logs_%s for values from (%L) to (%L)',
            to_char(v_next, 'YYYYMM'), v_next at time zone 'UTC', (v_next + interval '1 month') at time zone 'UTC');
        v_done := v_done + 1;
    end loop;
    for v_old in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
         where i.inhparent = 'public.task_logs'::regclass and c.relname ~ '^task_logs_\d{6}$'
           and (to_date(right(c.relname, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC'
               <= statement_timestamp() - greatest(p_days, 1) * interval '1 day'
    loop
        execute format('drop table private.%I', v_old);
        v_done := v_done + 1;
    end loop;
    return v_done;
end;
$$;
comment on function private.keep_log_partitions is
    'Job: partitions of the logs for this month and the next two, and none whose last line is older than so many days. It takes a
number and no name, because it runs as the owner of the tables. Returns how many partitions changed.';
grant execute on function private.keep_log_partitions to devos_worker;
