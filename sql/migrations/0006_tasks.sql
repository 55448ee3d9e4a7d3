create type public.task_state as enum (
    'pending', 'running', 'needs_qa', 'completed', 'failed', 'blocked', 'cancelled'
);
create type public.attempt_outcome as enum (
    'completed', 'failed', 'retried', 'blocked', 'released', 'cancelled', 'lease_expired'
);

-- Fencing tokens: every lease gets a greater one than all before it.
create sequence private.lease_tokens as bigint;

create table public.tasks (
    id uuid primary key,
    project_id uuid not null references public.projects on delete cascade,
    lane_id bigint not null references public.lanes,
    kind text not null,
    title text not null,
    description text not null default '',
    state public.task_state not null default 'pending',
    priority smallint not null default 3,
    required_capabilities text[] not null default '{}',
    input jsonb not null default '{}',
    output jsonb,
    checkpoint jsonb,
    progress numeric(4, 3) not null default 0,
    progress_note text,
    attempt integer not null default 0,
    retry_count integer not null default 0,
    max_retries integer not null default 3,
    retry_base_seconds integer not null default 2,
    retry_cap_seconds integer not null default 600,
    last_error jsonb,
    blocked_reason text,
    dedupe_key text,
    run_at timestamptz not null default statement_timestamp(),
    agent_id uuid,
    lease_token bigint,
    lease_expires_at timestamptz,
    lease_seconds integer,
    cancel_requested_at timestamptz,
    created_at timestamptz not null default statement_timestamp(),
    updated_at timestamptz not null default statement_timestamp(),
    started_at timestamptz,
    finished_at timestamptz,
    constraint tasks_project_key unique (project_id, id),
    constraint tasks_kind_format check (kind ~ '^[a-z][a-z0-9_.-]{0,63}$'),
    constraint tasks_title_length check (char_length(title) between 1 and 500),
    constraint tasks_description_length check (char_length(description) <= 65536),
    constraint tasks_priority_range check (priority between 1 and 4),
    constraint tasks_progress_range check (progress between 0 and 1),
    constraint tasks_max_retries_range check (max_retries between 0 and 100),
    constraint tasks_capabilities_count check (cardinality(required_capabilities) <= 100),
    constraint tasks_input_is_object check (jsonb_typeof(input) = 'object'),
    constraint tasks_input_size check (octet_length(input::text) <= 262144),
    constraint tasks_output_is_object check (jsonb_typeof(output) = 'object'),
    constraint tasks_output_size check (octet_length(output::text) <= 262144),
    constraint tasks_checkpoint_is_object check (jsonb_typeof(checkpoint) = 'object'),
    constraint tasks_checkpoint_size check (octet_length(checkpoint::text) <= 65536),
    constraint tasks_last_error_is_object check (jsonb_typeof(last_error) = 'object'),
    constraint tasks_last_error_size check (octet_length(last_error::text) <= 65536),
    constraint tasks_run_at_range check (run_at between '2000-01-01' and '2200-01-01'),
    constraint tasks_lease_while_running check ((state = 'running') = (lease_token is not null)),
    constraint tasks_lease_is_whole check (
        (lease_token is null) = (lease_expires_at is null) and (lease_token is null) = (agent_id is null)
    ),
    constraint tasks_blocked_has_reason check ((state = 'blocked') = (blocked_reason is not null)),
    constraint tasks_blocked_reason check (blocked_reason in ('budget', 'policy', 'ci', 'approval'))
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.05);
create index tasks_claim_idx on public.tasks (lane_id, priority, run_at, id) where state = 'pending';
create index tasks_lease_idx on public.tasks (lease_expires_at) where state = 'running';
create index tasks_agent_idx on public.tasks (agent_id) where state = 'running';
create index tasks_list_idx on public.tasks (project_id, state, id);
create unique index tasks_dedupe_key on public.tasks (project_id, dedupe_key) where dedupe_key is not null;
comment on table public.tasks is 'One unit of work for one agent, with an input, a lease and a result.';

create table public.task_attempts (
    task_id uuid not null,
    attempt integer not null,
    project_id uuid not null,
    agent_id uuid not null,
    lease_token bigint not null,
    outcome public.attempt_outcome not null,
    error jsonb,
    started_at timestamptz not null,
    ended_at timestamptz not null default statement_timestamp(),
    primary key (task_id, attempt),
    constraint task_attempts_lease_token_key unique (lease_token)
);
comment on table public.task_attempts is 'How each attempt at a task ended; written once, at its end.';

create table public.task_logs (
    id bigint generated always as identity primary key,
    task_id uuid not null,
    project_id uuid not null,
    attempt integer not null,
    level text not null,
    message text not null,
    at timestamptz not null default statement_timestamp(),
    constraint task_logs_level check (level in ('debug', 'info', 'warning', 'error')),
    constraint task_logs_message_length check (char_length(message) <= 16384)
);
create index task_logs_task_id_idx on public.task_logs (task_id, id);
comment on table public.task_logs is 'What the handlers of a task wrote.';

alter table public.tasks enable row level security;
alter table public.tasks force row level security;
alter table public.task_attempts enable row level security;
alter table public.task_attempts force row level security;
alter table public.task_logs enable row level security;
alter table public.task_logs force row level security;
