create table public.agents (
    id uuid primary key,
    name text not null,
    capabilities text[] not null default '{}',
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    constraint agents_name_length check (char_length(name) between 1 and 100),
    constraint agents_capabilities_count check (cardinality(capabilities) <= 100)
);
comment on table public.agents is 'A registered program with an API key that claims tasks.';

create table public.agent_projects (
    agent_id uuid not null references public.agents on delete cascade,
    project_id uuid not null references public.projects on delete cascade,
    primary key (agent_id, project_id)
);
create index agent_projects_project_id_idx on public.agent_projects (project_id);
comment on table public.agent_projects is 'The projects an agent works for, named one by one.';

-- Narrow, so that a heartbeat never rewrites a wide row.
create table public.agent_heartbeats (
    agent_id uuid primary key references public.agents on delete cascade,
    seen_at timestamptz not null
) with (fillfactor = 50);
comment on table public.agent_heartbeats is 'When an agent was last heard.';

create table private.agent_keys (
    id text primary key,
    agent_id uuid not null references public.agents on delete cascade,
    key_hash bytea not null,
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    constraint agent_keys_hash_is_sha256 check (octet_length(key_hash) = 32)
);
create index agent_keys_agent_id_idx on private.agent_keys (agent_id);
comment on table private.agent_keys is 'Keys of agents, as SHA-256 only.';

create table public.lanes (
    id bigint generated always as identity primary key,
    project_id uuid not null references public.projects on delete cascade,
    kind text not null,
    required_capabilities text[] not null default '{}',
    constraint lanes_key unique (project_id, kind, required_capabilities)
);
comment on table public.lanes is 'One (project, kind, required capabilities): tasks that the same agents may take.';

create table public.agent_lanes (
    agent_id uuid not null references public.agents on delete cascade,
    lane_id bigint not null references public.lanes on delete cascade,
    kind text not null,
    primary key (agent_id, lane_id)
);
create index agent_lanes_lane_id_idx on public.agent_lanes (lane_id);
comment on table public.agent_lanes is
    'The lanes an agent may claim from; written when an agent registers or a lane is born, never at a claim.';

do $$
declare
    v_table regclass;
begin
    foreach v_table in array array[
        'public.agents', 'public.agent_projects', 'public.agent_heartbeats', 'private.agent_keys', 'public.lanes',
        'public.agent_lanes'
    ]::regclass[] loop
        execute format('alter table %s enable row level security', v_table);
        execute format('alter table %s force row level security', v_table);
    end loop;
end
$$;
