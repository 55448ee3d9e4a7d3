-- The one place that knows which moves a state machine allows; from_state null names the legal initial states.
create table public.state_transitions (
    machine text not null,
    from_state text,
    to_state text not null,
    constraint state_transitions_key unique nulls not distinct (machine, from_state, to_state)
);
comment on table public.state_transitions is
    'Allowed moves of every state machine. from_state null: a legal initial state.';

insert into public.state_transitions (machine, from_state, to_state) values
    ('task', null, 'pending'),
    ('task', 'pending', 'running'), ('task', 'pending', 'cancelled'), ('task', 'pending', 'failed'),
    ('task', 'pending', 'blocked'),
    ('task', 'running', 'completed'), ('task', 'running', 'needs_qa'), ('task', 'running', 'pending'),
    ('task', 'running', 'failed'), ('task', 'running', 'blocked'), ('task', 'running', 'cancelled'),
    ('task', 'needs_qa', 'completed'), ('task', 'needs_qa', 'failed'), ('task', 'needs_qa', 'pending'),
    ('task', 'needs_qa', 'blocked'), ('task', 'needs_qa', 'cancelled'),
    ('task', 'blocked', 'pending'), ('task', 'blocked', 'cancelled'), ('task', 'blocked', 'failed'),
    ('task', 'blocked', 'needs_qa'), ('task', 'blocked', 'completed'),
    ('task', 'failed', 'pending'),
    ('service', null, 'ACTIVE'), ('service', 'ACTIVE', 'SUSPENDED'), ('service', 'SUSPENDED', 'ACTIVE'),
    ('webhook_delivery', null, 'received'), ('webhook_delivery', null, 'ignored'),
    ('webhook_delivery', null, 'unmapped'),
    ('webhook_delivery', 'received', 'processed'), ('webhook_delivery', 'received', 'ignored'),
    ('webhook_delivery', 'received', 'failed'),
    ('feedback', null, 'queued'), ('feedback', 'queued', 'sent'), ('feedback', 'queued', 'failed'),
    ('feedback', 'failed', 'queued');

alter table public.state_transitions enable row level security;
alter table public.state_transitions force row level security;
