-- Work that comes again. The database's clock says what is due; which instants an expression means is the worker's arithmetic.
create table public.schedules (
    id uuid primary key,
    project_id uuid not null references public.projects on delete cascade,
    name text not null,
    cron text not null,
    time_zone text not null default 'UTC',
    missed_runs text not null default 'run_once',
    overlap text not null default 'skip',
    task jsonb not null,
    is_paused boolean not null default false,
    planned_from timestamptz not null default statement_timestamp(),
    next_run_at timestamptz,
    last_run_at timestamptz,
    last_outcome text,
    failures integer not null default 0,
    version integer not null default 1,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint schedules_project_key unique (project_id, id),
    constraint schedules_name_key unique (project_id, name),
    constraint schedules_name_length check (char_length(name) between 1 and 100),
    constraint schedules_cron_length check (char_length(cron) between 9 and 200),
    constraint schedules_time_zone_length check (char_length(time_zone) between 1 and 100),
    constraint schedules_missed_runs check (missed_runs in ('skip', 'run_once', 'run_all')),
    constraint schedules_overlap check (overlap in ('skip', 'queue', 'cancel_previous')),
    constraint schedules_task_is_known check (
        jsonb_typeof(task) = 'object' and octet_length(task::text) <= 524288 and task ?& array['kind', 'title']
        and task - array['kind', 'title', 'description', 'priority', 'required_capabilities', 'input', 'max_retries',
            'retry_policy', 'assigned_agent_id', 'tags', 'related_task_ids', 'timeout_seconds', 'resource_requirements',
            'expected_artifacts', 'acceptance', 'concurrency_key'] = '{}')
);
-- What was made or changed has no next instant yet: it comes first, to get one.
create index schedules_due_idx on public.schedules ((coalesce(next_run_at, '-infinity'))) where not is_paused;
comment on table public.schedules is 'When a project wants which task: a cron expression in a time zone, and what a task of it is like.';
comment on column public.schedules.planned_from is 'The first run comes after this: when it was made, when its times were changed, or when it was resumed.';
comment on column public.schedules.failures is 'How many runs failed one after the other.';

create table public.schedule_runs (
    id uuid primary key,
    project_id uuid not null,
    schedule_id uuid not null,
    scheduled_for timestamptz not null,
    missed_until timestamptz,
    outcome text not null,
    reason text,
    is_manual boolean not null,
    task_id uuid,
    is_open boolean not null,
    created_at timestamptz not null default statement_timestamp(),
    -- Whatever happens, one instant runs once.
    constraint schedule_runs_once unique (schedule_id, scheduled_for),
    constraint schedule_runs_outcome check (outcome in ('created', 'skipped', 'missed', 'failed')),
    constraint schedule_runs_schedule_fkey foreign key (project_id, schedule_id)
        references public.schedules (project_id, id) on delete cascade,
    constraint schedule_runs_task_fkey foreign key (project_id, task_id)
        references public.tasks (project_id, id) on delete set null (task_id)
);
create index schedule_runs_list_idx on public.schedule_runs (project_id, schedule_id, id);
create unique index schedule_runs_task_key on public.schedule_runs (project_id, task_id) where task_id is not null;
create index schedule_runs_open_idx on public.schedule_runs (schedule_id) where is_open;
comment on table public.schedule_runs is 'What became of each instant of a schedule; a link to the task that it made.';
comment on column public.schedule_runs.missed_until is 'Of missed runs: from scheduled_for up to here nothing ran.';
comment on column public.schedule_runs.is_open is 'Its task may still be under way; cleared when that was looked at.';

alter table public.schedules enable row level security;
alter table public.schedules force row level security;
alter table public.schedule_runs enable row level security;
alter table public.schedule_runs force row level security;
