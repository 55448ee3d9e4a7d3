-- The owner checks rows that are there already, and moves them; the policies are back at the end.
alter table public.tasks no force row level security;

alter table public.tasks add column version integer not null default 1;
comment on column public.tasks.version is 'Counts the edits, so that two people who edit do not overwrite each other.';

-- What a task asks for and what it owes; kinds give defaults.
alter table public.tasks
    add column tags text[] not null default '{}',
    add column related_task_ids uuid[] not null default '{}',
    add column resource_requirements jsonb not null default '{}',
    add column expected_artifacts jsonb not null default '[]',
    add column acceptance jsonb not null default '[]',
    add column timeout_seconds integer,
    add constraint tasks_tags_count check (cardinality(tags) <= 50),
    add constraint tasks_related_count check (cardinality(related_task_ids) <= 100),
    add constraint tasks_resource_requirements_is_object check (
        jsonb_typeof(resource_requirements) = 'object' and octet_length(resource_requirements::text) <= 16384),
    add constraint tasks_expected_artifacts_is_list check (
        jsonb_typeof(expected_artifacts) = 'array' and octet_length(expected_artifacts::text) <= 16384),
    add constraint tasks_acceptance_is_list check (
        jsonb_typeof(acceptance) = 'array' and octet_length(acceptance::text) <= 65536),
    add constraint tasks_timeout_range check (timeout_seconds between 1 and 604800),
    add constraint tasks_retry_range check (retry_base_seconds between 0 and 86400 and retry_cap_seconds between 0 and 604800);

-- Claims go by this one: where a project lets its tasks age, what has waited long rises here, and its priority stays.
alter table public.tasks add column queue_priority smallint not null default 3;
update public.tasks set queue_priority = priority where priority <> 3;
alter table public.tasks
    add constraint tasks_queue_priority_range check (queue_priority between 1 and priority);

-- Dead letters are few among all that ended: their list reads them alone.
create index tasks_failed_idx on public.tasks (project_id, id) where state = 'failed';

-- Parents and predecessors stay in their child's project; a parent may go, its children stay.
alter table public.tasks
    add column parent_task_id uuid,
    add column open_dependencies integer not null default 0,
    add constraint tasks_parent_fkey foreign key (project_id, parent_task_id) references public.tasks (project_id, id)
        on delete set null (parent_task_id),
    add constraint tasks_open_dependencies_range check (open_dependencies >= 0),
    drop constraint tasks_blocked_reason,
    add constraint tasks_blocked_reason check (blocked_reason in ('budget', 'policy', 'ci', 'approval', 'predecessor'));
create index tasks_parent_idx on public.tasks (project_id, parent_task_id) where parent_task_id is not null;
comment on column public.tasks.open_dependencies is 'How many predecessors are not settled yet; a task is claimed when there is none.';

drop index public.tasks_claim_idx;
create index tasks_claim_idx on public.tasks (lane_id, queue_priority, run_at, id)
    where state = 'pending' and open_dependencies = 0;

create table public.task_dependencies (
    task_id uuid not null,
    depends_on_id uuid not null,
    project_id uuid not null,
    on_failure text not null default 'fail',
    -- Settled once: by the predecessor's completion, or by its failure where that is to be ignored.
    settled_at timestamptz,
    primary key (task_id, project_id, depends_on_id),
    constraint task_dependencies_task_fkey foreign key (project_id, task_id)
        references public.tasks (project_id, id) on delete cascade,
    constraint task_dependencies_depends_on_fkey foreign key (project_id, depends_on_id)
        references public.tasks (project_id, id) on delete cascade,
    constraint task_dependencies_not_itself check (task_id <> depends_on_id),
    constraint task_dependencies_on_failure check (on_failure in ('fail', 'block', 'ignore'))
);
create index task_dependencies_depends_on_idx on public.task_dependencies (depends_on_id, project_id);
comment on table public.task_dependencies is 'Which tasks wait for which, and what becomes of them when those fail.';
alter table public.task_dependencies enable row level security;
alter table public.task_dependencies force row level security;
alter table public.tasks force row level security;
