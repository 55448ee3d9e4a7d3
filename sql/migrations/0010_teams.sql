create table public.teams (
    id uuid primary key,
    name text not null,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    constraint teams_name_length check (char_length(name) between 1 and 100)
);
comment on table public.teams is 'People who see the same projects.';

create table public.team_members (
    team_id uuid not null references public.teams on delete cascade,
    user_id uuid not null references auth.users on delete cascade,
    created_at timestamptz not null default now(),
    primary key (team_id, user_id)
);
create index team_members_user_id_idx on public.team_members (user_id);
comment on table public.team_members is 'Which people belong to a team, and so see its projects.';

alter table public.projects
    add column team_id uuid references public.teams,
    add column description text not null default '',
    add column default_priority smallint not null default 3,
    add column default_max_retries integer not null default 3,
    add column version integer not null default 1,
    add constraint projects_description_length check (char_length(description) <= 2000),
    add constraint projects_default_priority_range check (default_priority between 1 and 4),
    add constraint projects_default_max_retries_range check (default_max_retries between 0 and 100);
create index projects_team_id_idx on public.projects (team_id);
comment on column public.projects.version is 'Counts the edits, so that two people who edit do not overwrite each other.';

-- Tokens of people, projects, registrations and invitations are stored as SHA-256 only, apart from what is shown of them.
create table private.token_hashes (
    id text primary key,
    kind text not null,
    token_id uuid not null,
    hash bytea not null,
    constraint token_hashes_kind check (kind in ('api', 'project', 'registration', 'invitation')),
    constraint token_hashes_hash_is_sha256 check (octet_length(hash) = 32)
);
create unique index token_hashes_token_id_key on private.token_hashes (token_id);

-- Narrow, and written in batches: a use never rewrites the token.
create table private.token_uses (
    token_id uuid primary key,
    used_at timestamptz not null
) with (fillfactor = 50);

create table public.invitations (
    id uuid primary key,
    email text not null,
    role public.app_role not null default 'viewer',
    team_id uuid references public.teams on delete cascade,
    project_id uuid references public.projects on delete cascade,
    created_by uuid,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at timestamptz,
    constraint invitations_email_format check (email ~ '^[^\s@]+@[^\s@]+$' and char_length(email) <= 320 and email = lower(email))
);
create index invitations_team_id_idx on public.invitations (team_id);
create index invitations_project_id_idx on public.invitations (project_id);
comment on table public.invitations is 'Who was asked to come in, with which role, to which team or project.';

create table public.api_tokens (
    id uuid primary key,
    user_id uuid not null references auth.users on delete cascade,
    name text not null,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    constraint api_tokens_name_length check (char_length(name) between 1 and 100),
    constraint api_tokens_scopes_count check (cardinality(scopes) between 1 and 50)
);
create index api_tokens_user_id_idx on public.api_tokens (user_id);
comment on table public.api_tokens is 'Tokens that act for a person within their scopes.';

create table public.project_tokens (
    id uuid primary key,
    project_id uuid not null references public.projects on delete cascade,
    name text not null,
    created_by uuid,
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    revoked_at timestamptz,
    constraint project_tokens_name_length check (char_length(name) between 1 and 100)
);
create index project_tokens_project_id_idx on public.project_tokens (project_id);
comment on table public.project_tokens is 'Tokens by which CI speaks for a project.';

create table public.secrets (
    id uuid primary key,
    team_id uuid references public.teams on delete cascade,
    project_id uuid references public.projects on delete cascade,
    name text not null,
    kind text not null,
    version integer not null default 1,
    created_by uuid,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now(),
    constraint secrets_owner check (num_nonnulls(team_id, project_id) = 1),
    constraint secrets_name_format check (name ~ '^[a-z][a-z0-9_.-]{0,99}$'),
    constraint secrets_kind check (kind in ('git', 'model', 'ci', 'registry')),
    constraint secrets_name_key unique nulls not distinct (team_id, project_id, name)
);
create index secrets_project_id_idx on public.secrets (project_id);
comment on table public.secrets is 'Credentials of a team or a project by name; their values are written and never shown.';

create table private.secret_values (
    secret_id uuid primary key references public.secrets on delete cascade,
    key_id text not null,
    sealed bytea not null,
    constraint secret_values_size check (octet_length(sealed) <= 70000)
);
create index secret_values_key_id_idx on private.secret_values (key_id, secret_id);
comment on table private.secret_values is 'Values of secrets, encrypted with a key that the database never sees.';

-- How much of its allowance a bucket (an account, an address) has used: the moment when it is full again.
create table private.rate_limits (
    bucket bytea primary key,
    full_at timestamptz not null
);
create index rate_limits_full_at_idx on private.rate_limits (full_at);

-- A sign-in by way of another provider, from the first redirect until its code is traded for a session.
create table private.auth_flows (
    id uuid primary key,
    provider text not null,
    state_hash bytea not null,
    redirect_to text not null,
    code_challenge text not null,
    user_id uuid,
    code_hash bytea,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint auth_flows_hashes_are_sha256 check (octet_length(state_hash) = 32 and octet_length(code_hash) = 32)
);
create unique index auth_flows_state_hash_key on private.auth_flows (state_hash);
create unique index auth_flows_code_hash_key on private.auth_flows (code_hash);
create index auth_flows_expires_at_idx on private.auth_flows (expires_at);

do $$
declare
    v_table regclass;
begin
    foreach v_table in array array[
        'public.teams', 'public.team_members', 'public.invitations', 'public.api_tokens', 'public.project_tokens',
        'public.secrets', 'private.token_hashes', 'private.token_uses', 'private.secret_values', 'private.rate_limits',
        'private.auth_flows'
    ]::regclass[] loop
        execute format('alter table %s enable row level security', v_table);
        execute format('alter table %s force row level security', v_table);
    end loop;
end
$$;
