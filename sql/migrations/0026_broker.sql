-- Credentials for a broker go to trusted fleets only: an admin says which, one by one.
alter table public.agents add column broker_allowed boolean not null default false;
comment on column public.agents.broker_allowed is 'Whether an admin trusts the agent with credentials of the broker.';

-- A broker user lives as long as the agent key that asked for it.
create table private.broker_users (
    agent_key_id text primary key references private.agent_keys on delete cascade,
    agent_id uuid not null references public.agents on delete cascade,
    key_id text not null,
    sealed bytea not null,
    lanes bigint[],
    created_at timestamptz not null default statement_timestamp(),
    constraint broker_users_sealed_size check (octet_length(sealed) between 1 and 1024)
);
create index broker_users_agent_id_idx on private.broker_users (agent_id);
comment on table private.broker_users is
    'The password, sealed, by which an agent key waits at the broker. lanes: what the broker lets it read; null: not made yet.';
alter table private.broker_users enable row level security;
alter table private.broker_users force row level security;
