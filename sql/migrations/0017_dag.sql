-- The owner checks rows that are there already; the policies are back at the end.
alter table public.tasks no force row level security;
alter table public.projects no force row level security;

alter table public.tasks
    add column cancel_reason text,
    add constraint tasks_cancel_reason_length check (char_length(cancel_reason) <= 500);
create index tasks_cancel_idx on public.tasks (cancel_requested_at) where state = 'running' and cancel_requested_at is not null;

alter table public.projects
    add column cancel_grace_seconds integer not null default 60,
    add constraint projects_cancel_grace_range check (cancel_grace_seconds between 1 and 86400);
comment on column public.projects.cancel_grace_seconds is
    'How long the holder of a cancelled task may clean up, before its lease is taken away.';

-- Kept as long as the task: a step that is remembered is not done again.
create table public.task_steps (
    id bigint generated always as identity,
    task_id uuid not null,
    project_id uuid not null,
    name text not null,
    attempt integer not null,
    output jsonb not null,
    created_at timestamptz not null default statement_timestamp(),
    primary key (task_id, name),
    constraint task_steps_name_length check (char_length(name) between 1 and 200),
    constraint task_steps_output_size check (octet_length(output::text) <= 262144)
);
create unique index task_steps_order_key on public.task_steps (task_id, id);
comment on table public.task_steps is 'What the steps of a task answered, so that the next attempt does not do them again.';

-- Who asked for which follow-up: a key makes one, and an attempt does not make them without end.
create table private.task_successors (
    task_id uuid not null,
    key text not null,
    project_id uuid not null,
    successor_id uuid not null,
    agent_id uuid,
    attempt integer not null,
    primary key (task_id, key),
    constraint task_successors_key_length check (char_length(key) between 1 and 200),
    constraint task_successors_successor_fkey foreign key (project_id, successor_id)
        references public.tasks (project_id, id) on delete cascade
);
create index task_successors_successor_idx on private.task_successors (project_id, successor_id);

alter table public.task_steps enable row level security;
alter table public.task_steps force row level security;
alter table private.task_successors enable row level security;
alter table private.task_successors force row level security;
alter table public.projects force row level security;
alter table public.tasks force row level security;
