-- Where bytes were, are or may come to lie in the store: known before the first of them is written, so none is forgotten.
create table private.artifact_blobs (
    id uuid primary key,
    task_id uuid not null,
    lease_token bigint not null,
    created_at timestamptz not null default statement_timestamp()
);
create index artifact_blobs_created_at_idx on private.artifact_blobs (created_at);
comment on table private.artifact_blobs is 'Keys in the store of artifacts; one that no artifact has and that is old is swept.';

create table public.task_artifacts (
    id uuid primary key,
    project_id uuid not null,
    task_id uuid not null,
    attempt integer not null,
    agent_id uuid not null,
    name text not null,
    media_type text not null,
    size_bytes bigint not null,
    sha256 text not null,
    blob_id uuid not null,
    created_at timestamptz not null default statement_timestamp(),
    constraint task_artifacts_name_key unique (task_id, name),
    constraint task_artifacts_blob_id_key unique (blob_id),
    constraint task_artifacts_task_fkey foreign key (project_id, task_id) references public.tasks (project_id, id) on delete cascade,
    constraint task_artifacts_name_format check (
        char_length(name) between 1 and 255 and name !~ '[[:cntrl:]]' and name !~ '(^|/)[.]{0,2}(/|$)'),
    constraint task_artifacts_media_type_format check (media_type ~ '^[A-Za-z0-9!#$&^_.+-]{1,100}/[A-Za-z0-9!#$&^_.+-]{1,100}(;[ -~]{1,100})?$'),
    constraint task_artifacts_size_not_negative check (size_bytes >= 0),
    constraint task_artifacts_sha256_format check (sha256 ~ '^[0-9a-f]{64}$')
);
create index task_artifacts_task_id_idx on public.task_artifacts (project_id, task_id);
comment on table public.task_artifacts is 'Files that a task left behind. A row is there when all its bytes are.';

alter table private.artifact_blobs enable row level security;
alter table private.artifact_blobs force row level security;
alter table public.task_artifacts enable row level security;
alter table public.task_artifacts force row level security;
