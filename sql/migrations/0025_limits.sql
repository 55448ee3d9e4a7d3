-- The owner looks at rows that are there already; the policies are back at the end.
alter table public.tasks no force row level security;
alter table public.lanes no force row level security;
alter table public.agent_lanes no force row level security;

-- Tasks that must not run side by side say so by a key. It is part of the lane: a key that is full costs a claim one look, and not
-- one for each task that waits under it.
create domain public.task_concurrency_key as text
    constraint tasks_concurrency_key_length check (char_length(value) between 1 and 200);
alter table public.tasks
    add column concurrency_key public.task_concurrency_key,
    add column is_limited boolean not null default false,
    -- Lanes of keys come and go, and a task that has ended outlives its lane.
    drop constraint tasks_lane_id_fkey;
comment on column public.tasks.concurrency_key is 'What it shares with the tasks that limits on keys count together with it.';
comment on column public.tasks.is_limited is 'A limit may have counted its last claim: whoever waits for room is told when that ends.';
create index tasks_key_idx on public.tasks (project_id, concurrency_key, state, kind) where concurrency_key is not null;

alter table public.lanes
    add column concurrency_key public.task_concurrency_key,
    add column is_limited boolean not null default false,
    drop constraint lanes_key,
    add constraint lanes_key
        unique nulls not distinct (project_id, kind, required_capabilities, assigned_agent_id, concurrency_key);
comment on table public.lanes is
    'One (project, kind, required capabilities, assigned agent, concurrency key): tasks that the same agents may take.';
create index lanes_concurrency_key_idx on public.lanes (project_id, concurrency_key) where concurrency_key is not null;

-- What a claim would otherwise look up for each lane.
alter table public.agent_lanes
    add column project_id uuid,
    add column is_limited boolean not null default false;
update public.agent_lanes al set project_id = l.project_id from public.lanes l where l.id = al.lane_id;
alter table public.agent_lanes alter column project_id set not null;
create index agent_lanes_limited_idx on public.agent_lanes (agent_id) where is_limited;

create table public.limits (
    id uuid primary key,
    project_id uuid not null references public.projects on delete cascade,
    name text not null,
    scope text not null,
    kind text,
    max_running integer,
    rate_count integer,
    rate_seconds integer,
    version integer not null default 1,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    constraint limits_name_key unique (project_id, name),
    constraint limits_name_length check (char_length(name) between 1 and 100),
    constraint limits_scope check (
        case scope when 'project' then kind is null when 'kind' then kind is not null when 'key' then true else false end),
    constraint limits_kind_format check (kind ~ '^[a-z][a-z0-9_.-]{0,63}$'),
    constraint limits_max_running_range check (max_running between 0 and 10000),
    constraint limits_rate_range check (rate_count between 1 and 1000 and rate_seconds between 1 and 86400),
    constraint limits_rate_is_whole check ((rate_count is null) = (rate_seconds is null)),
    constraint limits_limit_something check (max_running is not null or rate_count is not null)
);
comment on table public.limits is
    'How many tasks of a project, of a kind or of each concurrency key may run at once, or begin in any span of so many seconds.';
alter table public.limits enable row level security;
alter table public.limits force row level security;

-- No foreign key: who deletes a limit would wait for those who claim under it, and they for him.
create table private.limit_rooms (
    limit_id uuid not null,
    concurrency_key text not null default '',
    starts timestamptz[] not null default '{}',
    primary key (limit_id, concurrency_key)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
comment on table private.limit_rooms is
    'What a claim locks before it counts: one row for a limit, or for each key under it. With a rate, when the last tasks began.';
alter table private.limit_rooms enable row level security;
alter table private.limit_rooms force row level security;

-- A kind may give its tasks a key.
alter table public.kinds
    drop constraint kinds_defaults_are_known,
    add constraint kinds_defaults_are_known check (
        jsonb_typeof(defaults) = 'object' and octet_length(defaults::text) <= 131072
        and defaults - array['priority', 'max_retries', 'retry_policy', 'timeout_seconds', 'required_capabilities',
            'resource_requirements', 'expected_artifacts', 'acceptance', 'concurrency_key'] = '{}');

alter table public.agent_lanes force row level security;
alter table public.lanes force row level security;
alter table public.tasks force row level security;
