-- Append-only tables hold plain ids, without foreign keys to what may go.
create table public.events (
    id bigint generated always as identity,
    -- Ids are given before commit: order and cursor are the pair (xid, id), read only below the oldest running transaction.
    xid xid8 not null default pg_current_xact_id(),
    project_id uuid,
    type text not null,
    subject_id uuid,
    actor_kind text not null,
    actor_id uuid,
    data jsonb not null default '{}',
    at timestamptz not null default statement_timestamp(),
    primary key (xid, id)
);
create index events_project_id_idx on public.events (project_id, xid, id);
create index events_subject_id_idx on public.events (subject_id, xid, id);
comment on table public.events is 'Facts that happened, in commit order by (xid, id).';

create table public.audit_log (
    id bigint generated always as identity primary key,
    project_id uuid,
    action text not null,
    subject_id uuid,
    actor_kind text not null,
    actor_id uuid,
    data jsonb not null default '{}',
    at timestamptz not null default statement_timestamp()
);
create index audit_log_project_id_idx on public.audit_log (project_id, id);
comment on table public.audit_log is 'Who did what, when: one row per decision with effect on money, access or agents.';

-- What must leave the database. A row is taken by moving run_at ahead, and deleted when it is done.
create table private.outbox (
    id bigint generated always as identity primary key,
    topic text not null,
    payload jsonb not null,
    attempts integer not null default 0,
    last_error text,
    run_at timestamptz not null default statement_timestamp(),
    gave_up_at timestamptz,
    created_at timestamptz not null default statement_timestamp()
);
create index outbox_due_idx on private.outbox (topic, run_at, id) where gave_up_at is null;

alter table public.events enable row level security;
alter table public.events force row level security;
alter table public.audit_log enable row level security;
alter table public.audit_log force row level security;
alter table private.outbox enable row level security;
alter table private.outbox force row level security;
