-- Every filter of a list ends in an index: kinds are few and known from the lanes, so a list of many looks into each.
drop index public.tasks_list_idx;
create index tasks_list_idx on public.tasks (project_id, kind, state, priority, id);
-- What waits for somebody is little, and is found by why.
create index tasks_blocked_idx on public.tasks (project_id, blocked_reason) where state = 'blocked';

-- Words and tags stand beside the tasks: in an index of theirs, each claim and each completion would pay for them.
create table private.task_search (
    task_id uuid primary key,
    document tsvector not null
) with (autovacuum_vacuum_insert_scale_factor = 0.05);
create index task_search_document_idx on private.task_search using gin (document);
comment on table private.task_search is 'The words and tags of each task and its project, written by a job shortly after the task.';
create table private.task_search_position (
    is_only boolean primary key default true,
    xid xid8 not null default '0',
    id bigint not null default 0,
    constraint task_search_position_is_only check (is_only)
);
insert into private.task_search_position default values;
comment on table private.task_search_position is 'The last event that the search of tasks has taken in.';

alter table private.task_search enable row level security;
alter table private.task_search force row level security;
alter table private.task_search_position enable row level security;
alter table private.task_search_position force row level security;

-- An agent that asks to be run again later burns no retry, and cannot ask for ever.
alter table public.tasks add column postponed integer not null default 0;
comment on column public.tasks.postponed is 'How often an agent asked to be run again later without burning a retry.';

-- Null: nothing ages. Claims go by queue_priority, which a job raises for what has waited this long, twice and three times.
alter table public.projects
    add column ageing_seconds integer,
    add constraint projects_ageing_range check (ageing_seconds between 60 and 2592000);

-- Paid for by failures only.
create index tasks_failed_code_idx on public.tasks (project_id, (last_error ->> 'code'), id) where state = 'failed';
