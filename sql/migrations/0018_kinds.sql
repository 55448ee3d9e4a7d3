-- What a project says of one kind of work. What is built in stands in private.builtin_kinds; a row of the same name wins.
create table public.kinds (
    id uuid primary key,
    project_id uuid not null references public.projects on delete cascade,
    name text not null,
    title text not null default '',
    description text not null default '',
    input_schema jsonb,
    output_schema jsonb,
    defaults jsonb not null default '{}',
    version integer not null default 1,
    created_at timestamptz not null default statement_timestamp(),
    changed_at timestamptz not null default statement_timestamp(),
    constraint kinds_name_key unique (project_id, name),
    constraint kinds_name_format check (name ~ '^[a-z][a-z0-9_.-]{0,63}$'),
    constraint kinds_title_length check (char_length(title) <= 200),
    constraint kinds_description_length check (char_length(description) <= 10000),
    constraint kinds_input_schema_is_object check (
        jsonb_typeof(input_schema) = 'object' and octet_length(input_schema::text) <= 65536),
    constraint kinds_output_schema_is_object check (
        jsonb_typeof(output_schema) = 'object' and octet_length(output_schema::text) <= 65536),
    constraint kinds_defaults_are_known check (
        jsonb_typeof(defaults) = 'object' and octet_length(defaults::text) <= 131072
        and defaults - array['priority', 'max_retries', 'retry_policy', 'timeout_seconds', 'required_capabilities',
            'resource_requirements', 'expected_artifacts', 'acceptance'] = '{}')
);
comment on table public.kinds is
    'One kind of work in a project: JSON Schemas of input and output, and what its tasks get that say nothing themselves.';
alter table public.kinds enable row level security;
alter table public.kinds force row level security;

-- A null in a list means nothing.
alter table public.tasks add constraint tasks_lists_are_whole check (
    array_position(tags, null) is null and array_position(related_task_ids, null) is null);

alter table public.projects
    add column unknown_kinds text not null default 'allow',
    add constraint projects_unknown_kinds check (unknown_kinds in ('allow', 'refuse'));
comment on column public.projects.unknown_kinds is 'Whether tasks may be of a kind that is neither built in nor the project''s own.';
