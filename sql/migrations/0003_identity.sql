create type public.app_role as enum ('viewer', 'supervisor', 'admin');

create table public.user_roles (
    user_id uuid primary key references auth.users on delete cascade,
    role public.app_role not null default 'viewer',
    created_at timestamptz not null default now()
);
comment on table public.user_roles is 'The platform role of a person.';

create table public.projects (
    id uuid primary key,
    name text not null,
    created_at timestamptz not null default now(),
    constraint projects_name_length check (char_length(name) between 1 and 100)
);
comment on table public.projects is 'A project: what its members and agents may see together.';

create table public.project_members (
    project_id uuid not null references public.projects on delete cascade,
    user_id uuid not null references auth.users on delete cascade,
    created_at timestamptz not null default now(),
    primary key (project_id, user_id)
);
create index project_members_user_id_idx on public.project_members (user_id);
comment on table public.project_members is 'Which people see a project. An admin sees every project.';

-- Answers of keyed requests, so that the same request twice has one effect and the same answer.
create table private.idempotency_keys (
    caller text not null,
    route text not null,
    key text not null,
    body_digest bytea not null,
    answer jsonb,
    created_at timestamptz not null default now(),
    primary key (caller, route, key),
    constraint idempotency_keys_key_length check (char_length(key) between 1 and 200)
);
create index idempotency_keys_created_at_idx on private.idempotency_keys (created_at);

alter table public.user_roles enable row level security;
alter table public.user_roles force row level security;
alter table public.projects enable row level security;
alter table public.projects force row level security;
alter table public.project_members enable row level security;
alter table public.project_members force row level security;
alter table private.idempotency_keys enable row level security;
alter table private.idempotency_keys force row level security;
