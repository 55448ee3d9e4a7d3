create type public.service_state as enum ('ACTIVE', 'SUSPENDED');

create table public.service_registry (
    id uuid primary key,
    project_id uuid not null references public.projects on delete cascade,
    name text not null,
    state public.service_state not null default 'ACTIVE',
    "limit" numeric(18, 6) not null,
    spent numeric(18, 6) not null default 0,
    reserved numeric(18, 6) not null default 0,
    overrun numeric(18, 6) not null default 0,
    substitute_id uuid,
    created_at timestamptz not null default now(),
    constraint service_registry_project_key unique (project_id, id),
    constraint service_registry_name_key unique (project_id, name),
    constraint service_registry_name_format check (name ~ '^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,99}$'),
    constraint service_registry_substitute_fkey
        foreign key (project_id, substitute_id) references public.service_registry (project_id, id),
    constraint service_registry_not_its_own_substitute check (substitute_id <> id),
    constraint service_registry_amounts_not_negative
        check ("limit" >= 0 and spent >= 0 and reserved >= 0 and overrun >= 0),
    constraint service_registry_amounts_are_numbers check ('NaN' not in ("limit", spent, reserved, overrun)),
    constraint service_registry_within_limit check (spent + reserved <= "limit" + overrun)
) with (fillfactor = 50);
comment on table public.service_registry is 'Metered upstreams with their budgets, in USD.';

create table public.service_charges (
    id uuid primary key,
    project_id uuid not null,
    service_id uuid not null,
    asked_service_id uuid not null,
    task_id uuid,
    attempt integer,
    agent_id uuid,
    user_id uuid,
    key text,
    amount numeric(18, 6) not null,
    source text not null default 'self_reported',
    note text,
    answer jsonb not null,
    at timestamptz not null default statement_timestamp(),
    constraint service_charges_amount_positive check (amount > 0 and amount <> 'NaN'),
    constraint service_charges_source check (source in ('self_reported', 'measured', 'estimated')),
    constraint service_charges_key_length check (char_length(key) between 1 and 200),
    constraint service_charges_note_length check (char_length(note) <= 1000),
    constraint service_charges_once unique (task_id, attempt, key)
);
create unique index service_charges_person_once on public.service_charges (user_id, key) where task_id is null;
create index service_charges_task_id_idx on public.service_charges (task_id, id);
create index service_charges_service_id_idx on public.service_charges (service_id, id);
comment on table public.service_charges is 'The spend ledger: one line per charge. Its sum equals what the services have spent.';

alter table public.service_registry enable row level security;
alter table public.service_registry force row level security;
alter table public.service_charges enable row level security;
alter table public.service_charges force row level security;
