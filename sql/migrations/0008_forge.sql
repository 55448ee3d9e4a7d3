create table public.repositories (
    id uuid primary key,
    project_id uuid not null references public.projects on delete cascade,
    forge text not null,
    external_id text not null,
    full_name text not null,
    clone_url text not null,
    created_at timestamptz not null default now(),
    constraint repositories_forge check (forge in ('github')),
    constraint repositories_external_id_key unique (forge, external_id),
    constraint repositories_external_id_length check (char_length(external_id) between 1 and 100),
    constraint repositories_full_name_format check (full_name ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[.]{0,2}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,97}$'),
    constraint repositories_clone_url_format
        check (clone_url ~ '^(https|file)://[^[:cntrl:][:space:]]+$' and char_length(clone_url) <= 1000)
);
-- Feedback is posted by name: one name belongs to one project.
create unique index repositories_full_name_key on public.repositories (forge, lower(full_name));
create index repositories_project_id_idx on public.repositories (project_id, id);
comment on table public.repositories is 'Which project a repository of a forge belongs to, by its id there.';

create table public.webhook_deliveries (
    id uuid primary key,
    project_id uuid,
    repository_id uuid,
    forge text not null,
    delivery_id text not null,
    event text not null,
    body_sha256 bytea not null,
    body bytea not null,
    state text not null,
    reason text,
    task_id uuid,
    received_at timestamptz not null default statement_timestamp(),
    finished_at timestamptz,
    constraint webhook_deliveries_delivery_id_length check (char_length(delivery_id) between 1 and 100),
    constraint webhook_deliveries_event_format check (event ~ '^[a-z_]{1,64}$')
);
-- Once the repository is registered, what came too early may be delivered again.
create unique index webhook_deliveries_delivery_key on public.webhook_deliveries (forge, delivery_id)
    where state <> 'unmapped';
create unique index webhook_deliveries_body_key on public.webhook_deliveries (forge, event, body_sha256)
    where state <> 'unmapped';
create index webhook_deliveries_project_id_idx on public.webhook_deliveries (project_id, id);
comment on table public.webhook_deliveries is 'What forges sent and signed; each body is worked on once.';

create table public.pull_request_feedback (
    id uuid primary key,
    project_id uuid not null,
    repository_id uuid not null references public.repositories on delete cascade,
    task_id uuid not null,
    key text not null,
    number integer not null,
    kind text not null,
    content jsonb not null,
    state text not null default 'queued',
    external_id text,
    error text,
    created_at timestamptz not null default statement_timestamp(),
    sent_at timestamptz,
    constraint pull_request_feedback_once unique (task_id, key),
    constraint pull_request_feedback_key_length check (char_length(key) between 1 and 200),
    constraint pull_request_feedback_number_positive check (number > 0),
    constraint pull_request_feedback_kind check (kind in ('comment', 'status')),
    -- The worker writes these into a path and a body with our credential: nothing but what they should be.
    constraint pull_request_feedback_content check (coalesce(jsonb_typeof(content) = 'object' and case kind
        when 'comment' then char_length(content ->> 'body') between 1 and 60000
        when 'status' then content ->> 'sha' ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'
            and content ->> 'state' in ('pending', 'success', 'failure', 'error')
            and char_length(content ->> 'context') between 1 and 100
            and coalesce(char_length(content ->> 'description') <= 140, true)
        else true
    end, false))
);
create index pull_request_feedback_project_id_idx on public.pull_request_feedback (project_id, id);
create index pull_request_feedback_repository_id_idx on public.pull_request_feedback (repository_id);
comment on table public.pull_request_feedback is 'Comments and statuses that agents asked to post; each is posted once.';

alter table public.repositories enable row level security;
alter table public.repositories force row level security;
alter table public.webhook_deliveries enable row level security;
alter table public.webhook_deliveries force row level security;
alter table public.pull_request_feedback enable row level security;
alter table public.pull_request_feedback force row level security;
