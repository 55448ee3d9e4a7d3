-- What no artifact has is kept apart from what one has: it is counted and swept without a look at the others.
alter table private.artifact_blobs no force row level security;
alter table public.task_artifacts no force row level security;
delete from private.artifact_blobs b using public.task_artifacts a where a.blob_id = b.id;
alter table public.task_artifacts force row level security;
alter table private.artifact_blobs force row level security;
alter table private.artifact_blobs add column size_bytes bigint not null default 0;
comment on column private.artifact_blobs.size_bytes is 'What lies there; 0 while it comes.';
comment on table private.artifact_blobs is
    'Keys in the store that no artifact has: begun and not finished, replaced, or removed. One that is old is swept.';
create index artifact_blobs_task_id_idx on private.artifact_blobs (task_id);

-- What a project has done lately costs nobody a look at what all the others have: btree, because a summary of each block
-- (BRIN) answers for all of them. Rows come in the order of time, so each project writes at one end of its part.
drop index public.task_attempts_ended_at_idx;
create index task_attempts_ended_at_idx on public.task_attempts (project_id, ended_at) include (outcome);
