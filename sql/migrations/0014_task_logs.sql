-- The lines that are there become the default partition as they lie; the worker cuts months from then on.
create sequence private.task_log_ids as bigint;
comment on sequence private.task_log_ids is 'Numbers log lines: within a task they are in commit order.';
do $$
begin
    perform setval('private.task_log_ids', s.last_value, s.is_called) from public.task_logs_id_seq s;
end
$$;

alter table public.task_logs alter column id drop identity;
alter table public.task_logs drop constraint task_logs_pkey;
alter table public.task_logs rename to task_logs_default;
alter table public.task_logs_default set schema private;
alter index private.task_logs_task_id_idx rename to task_logs_default_task_id_idx;
comment on table private.task_logs_default is 'Log lines for whose month there is no partition yet, so that none is ever refused.';

create table public.task_logs (
    id bigint not null default nextval('private.task_log_ids'),
    task_id uuid not null,
    project_id uuid not null,
    attempt integer not null,
    level text not null,
    message text not null,
    at timestamptz not null default statement_timestamp(),
    primary key (id, at),
    constraint task_logs_level check (level in ('debug', 'info', 'warning', 'error')),
    constraint task_logs_message_length check (char_length(message) <= 16384)
) partition by range (at);
create index task_logs_task_id_idx on public.task_logs (task_id, id);
create index task_logs_project_id_idx on public.task_logs (project_id, id);
comment on table public.task_logs is 'What the handlers of a task wrote, in monthly partitions that are dropped when they are old.';
alter table private.task_logs_default alter column id set default nextval('private.task_log_ids');
alter table public.task_logs attach partition private.task_logs_default default;
alter table public.task_logs enable row level security;
alter table public.task_logs force row level security;

-- Beside the wide row of the task, which every line would write anew.
create table public.task_log_counts (
    task_id uuid primary key references public.tasks on delete cascade,
    project_id uuid not null,
    lines integer not null default 0,
    bytes bigint not null default 0,
    dropped bigint not null default 0,
    mark_id bigint,
    mark_attempt integer,
    marked_at timestamptz,
    constraint task_log_counts_mark_is_whole check (
        (dropped > 0) = (mark_id is not null) and (mark_id is null) = (mark_attempt is null)
        and (mark_id is null) = (marked_at is null))
) with (fillfactor = 80);
comment on table public.task_log_counts is
    'How much of a task''s log is kept, and how many lines were not: those stand at its end as one line with the id mark_id.';
alter table public.task_log_counts enable row level security;
alter table public.task_log_counts force row level security;

alter table public.tasks add column progress_told_at timestamptz;
comment on column public.tasks.progress_told_at is 'When an event told last how far the task is.';
