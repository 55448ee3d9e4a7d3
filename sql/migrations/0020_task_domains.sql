-- What is fixed when it is written is checked by its type: a table's CHECK is read, prepared and run again at each update,
-- and tasks are updated at every claim, renewal and end. The input alone was written out as text each time.
create domain public.task_kind as text constraint tasks_kind_format check (value ~ '^[a-z][a-z0-9_.-]{0,63}$');
create domain public.task_title as text constraint tasks_title_length check (char_length(value) between 1 and 500);
create domain public.task_description as text constraint tasks_description_length check (char_length(value) <= 65536);
create domain public.task_priority as smallint constraint tasks_priority_range check (value between 1 and 4);
create domain public.task_capabilities as text[] constraint tasks_capabilities_count check (cardinality(value) <= 100);
create domain public.task_input as jsonb
    constraint tasks_input_is_object check (jsonb_typeof(value) = 'object')
    constraint tasks_input_size check (octet_length(value::text) <= 262144);
create domain public.task_output as jsonb
    constraint tasks_output_is_object check (jsonb_typeof(value) = 'object')
    constraint tasks_output_size check (octet_length(value::text) <= 262144);
create domain public.task_checkpoint as jsonb
    constraint tasks_checkpoint_is_object check (jsonb_typeof(value) = 'object')
    constraint tasks_checkpoint_size check (octet_length(value::text) <= 65536);
create domain public.task_error as jsonb
    constraint tasks_last_error_is_object check (jsonb_typeof(value) = 'object')
    constraint tasks_last_error_size check (octet_length(value::text) <= 65536);
create domain public.task_progress as numeric(4, 3) constraint tasks_progress_range check (value between 0 and 1);
create domain public.task_max_retries as integer constraint tasks_max_retries_range check (value between 0 and 100);
create domain public.task_retry_seconds as integer constraint tasks_retry_range check (value between 0 and 604800);
create domain public.task_timeout as integer constraint tasks_timeout_range check (value between 1 and 604800);
create domain public.task_tags as text[] constraint tasks_tags_count check (cardinality(value) <= 50);
create domain public.task_related_ids as uuid[] constraint tasks_related_count check (cardinality(value) <= 100);
create domain public.task_resource_requirements as jsonb constraint tasks_resource_requirements_is_object check (
    jsonb_typeof(value) = 'object' and octet_length(value::text) <= 16384);
create domain public.task_expected_artifacts as jsonb constraint tasks_expected_artifacts_is_list check (
    jsonb_typeof(value) = 'array' and octet_length(value::text) <= 16384);
create domain public.task_acceptance as jsonb constraint tasks_acceptance_is_list check (
    jsonb_typeof(value) = 'array' and octet_length(value::text) <= 65536);
create domain public.task_run_at as timestamptz
    constraint tasks_run_at_range check (value between '2000-01-01' and '2200-01-01');
create domain public.task_blocked_reason as text constraint tasks_blocked_reason check (
    value in ('budget', 'policy', 'ci', 'approval', 'predecessor'));
create domain public.task_cancel_reason as text constraint tasks_cancel_reason_length check (char_length(value) <= 500);

alter table public.tasks no force row level security;
alter table public.tasks
    drop constraint tasks_kind_format,
    drop constraint tasks_title_length,
    drop constraint tasks_description_length,
    drop constraint tasks_priority_range,
    drop constraint tasks_capabilities_count,
    drop constraint tasks_input_is_object,
    drop constraint tasks_input_size,
    drop constraint tasks_output_is_object,
    drop constraint tasks_output_size,
    drop constraint tasks_checkpoint_is_object,
    drop constraint tasks_checkpoint_size,
    drop constraint tasks_last_error_is_object,
    drop constraint tasks_last_error_size,
    drop constraint tasks_progress_range,
    drop constraint tasks_max_retries_range,
    drop constraint tasks_retry_range,
    drop constraint tasks_timeout_range,
    drop constraint tasks_tags_count,
    drop constraint tasks_related_count,
    drop constraint tasks_resource_requirements_is_object,
    drop constraint tasks_expected_artifacts_is_list,
    drop constraint tasks_acceptance_is_list,
    drop constraint tasks_run_at_range,
    drop constraint tasks_blocked_reason,
    drop constraint tasks_cancel_reason_length,
    drop constraint tasks_queue_priority_range,
    drop constraint tasks_open_dependencies_range,
    alter column kind type public.task_kind,
    alter column title type public.task_title,
    alter column description type public.task_description,
    alter column priority type public.task_priority,
    alter column queue_priority type public.task_priority,
    alter column required_capabilities type public.task_capabilities,
    alter column input type public.task_input,
    alter column output type public.task_output,
    alter column checkpoint type public.task_checkpoint,
    alter column last_error type public.task_error,
    alter column progress type public.task_progress,
    alter column max_retries type public.task_max_retries,
    alter column retry_base_seconds type public.task_retry_seconds,
    alter column retry_cap_seconds type public.task_retry_seconds,
    alter column timeout_seconds type public.task_timeout,
    alter column tags type public.task_tags,
    alter column related_task_ids type public.task_related_ids,
    alter column resource_requirements type public.task_resource_requirements,
    alter column expected_artifacts type public.task_expected_artifacts,
    alter column acceptance type public.task_acceptance,
    alter column run_at type public.task_run_at,
    alter column blocked_reason type public.task_blocked_reason,
    alter column cancel_reason type public.task_cancel_reason;
alter table public.tasks force row level security;
