alter table public.agents
    add column labels jsonb not null default '{}',
    add column version integer not null default 1,
    add column registration_token_id uuid,
    add constraint agents_labels_are_object check (jsonb_typeof(labels) = 'object' and octet_length(labels::text) <= 8192);
comment on column public.agents.labels is 'What people call an agent, by key; for filters and lists, never for rights.';

alter table private.agent_keys add column expires_at timestamptz;
comment on column private.agent_keys.expires_at is 'When a key that was rotated away stops; null for the one in use.';

create table public.registration_tokens (
    id uuid primary key,
    name text not null,
    project_ids uuid[] not null,
    capabilities text[] not null default '{}',
    max_uses integer not null,
    uses integer not null default 0,
    created_by uuid not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz,
    constraint registration_tokens_name_length check (char_length(name) between 1 and 100),
    constraint registration_tokens_projects_count check (cardinality(project_ids) between 1 and 100),
    constraint registration_tokens_capabilities_count check (cardinality(capabilities) <= 100),
    constraint registration_tokens_uses_range check (max_uses between 1 and 10000 and uses between 0 and max_uses)
);
comment on table public.registration_tokens is
    'By which agents register themselves: the projects they get, the capabilities they may ask for, how often, until when.';
alter table public.registration_tokens enable row level security;
alter table public.registration_tokens force row level security;

-- A task for one named agent has a lane of its own, so a claim needs no further filter.
alter table public.lanes
    add column assigned_agent_id uuid references public.agents on delete cascade,
    drop constraint lanes_key,
    add constraint lanes_key unique nulls not distinct (project_id, kind, required_capabilities, assigned_agent_id);
create index lanes_assigned_agent_id_idx on public.lanes (assigned_agent_id);
alter table public.tasks add column assigned_agent_id uuid;
comment on column public.tasks.assigned_agent_id is 'The one agent that may claim the task; null for any that can.';
