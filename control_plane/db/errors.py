"""The one place where what Postgres says becomes a DomainError."""

from __future__ import annotations

import re

import asyncpg

from control_plane.db.driver import facts
from control_plane.platform.errors import DomainError

# What refers to a project or a team, and may meet its deletion.
_OF_PROJECTS = (
    "agent_projects",
    "invitations",
    "kinds",
    "lanes",
    "limits",
    "project_members",
    "project_tokens",
    "repositories",
    "schedules",
    "secrets",
    "service_registry",
    "tasks",
)
_OF_TEAMS = ("invitations", "secrets", "team_members")

# By constraint name: status, code, sentence. One that is not here can only be broken by a bug of ours.
CONSTRAINTS: dict[str, tuple[int, str, str]] = {
    **{
        f"{table}_project_id_fkey": (409, "project_deleted", "The project was deleted meanwhile.")
        for table in _OF_PROJECTS
    },
    **{
        f"{table}_team_id_fkey": (409, "team_deleted", "The team was deleted meanwhile.")
        for table in _OF_TEAMS
    },
    "kinds_name_format": (
        422,
        "invalid_kind",
        "A kind is lower case and starts with a letter, like code_review.",
    ),
    "kinds_title_length": (422, "invalid_title", "The title of a kind has at most 200 characters."),
    "kinds_description_length": (
        422,
        "invalid_description",
        "The description of a kind has at most 10,000 characters.",
    ),
    "kinds_input_schema_is_object": (
        422,
        "invalid_schema",
        "An input schema is a JSON object of at most 64 kB.",
    ),
    "kinds_output_schema_is_object": (
        422,
        "invalid_schema",
        "An output schema is a JSON object of at most 64 kB.",
    ),
    "kinds_defaults_are_known": (
        422,
        "invalid_defaults",
        "The defaults of a kind are fields of a task, at most 128 kB of them.",
    ),
    "limits_name_key": (409, "name_taken", "The project has a limit with this name."),
    "limits_name_length": (422, "invalid_name", "A limit has a name of 1 to 100 characters."),
    "limits_scope": (
        422,
        "invalid_scope",
        "A limit is for the project (and no kind), for a kind (that it names), or for keys.",
    ),
    "limits_kind_format": (
        422,
        "invalid_kind",
        "A kind is lower case and starts with a letter, like code_review.",
    ),
    "limits_max_running_range": (422, "invalid_limit", "A limit lets 0 to 10,000 tasks run."),
    "limits_rate_range": (422, "invalid_limit", "A rate is 1 to 1,000 tasks in 1 second to a day."),
    "limits_rate_is_whole": (422, "invalid_limit", "A rate is a count and seconds."),
    "limits_limit_something": (422, "invalid_limit", "A limit says max_running, a rate, or both."),
    "tasks_concurrency_key_length": (
        422,
        "invalid_concurrency_key",
        "A concurrency key has 1 to 200 characters.",
    ),
    "projects_unknown_kinds": (422, "invalid_unknown_kinds", "Unknown kinds: allow or refuse."),
    "teams_name_length": (422, "invalid_name", "A name has 1 to 100 characters."),
    "projects_team_id_fkey": (409, "team_in_use", "The team still has projects, or was deleted meanwhile."),
    "projects_description_length": (
        422,
        "invalid_description",
        "A description has at most 2,000 characters.",
    ),
    "projects_default_priority_range": (
        422,
        "invalid_priority",
        "A priority is CRITICAL, HIGH, MEDIUM or LOW.",
    ),
    "projects_default_max_retries_range": (422, "invalid_max_retries", "A task is retried 0 to 100 times."),
    "projects_cancel_grace_range": (422, "invalid_cancel_grace", "A cancelled task has 1 second to a day."),
    "projects_creations_range": (
        422,
        "invalid_creation_rate",
        "A project takes 1 to 100,000 tasks in a minute, or any number.",
    ),
    "projects_ageing_range": (
        422,
        "invalid_ageing",
        "Tasks age after a minute at the soonest, after 30 days at the latest.",
    ),
    "projects_name_length": (422, "invalid_name", "A name has 1 to 100 characters."),
    "agents_name_length": (422, "invalid_name", "A name has 1 to 100 characters."),
    "agents_labels_are_object": (422, "invalid_labels", "The labels of an agent take at most 8 kB."),
    "schedules_name_key": (409, "name_taken", "The project has a schedule with this name."),
    "schedules_name_length": (422, "invalid_name", "A schedule has a name of 1 to 100 characters."),
    "schedules_cron_length": (
        422,
        "invalid_cron",
        "A cron expression has five fields and at most 200 characters.",
    ),
    "schedules_time_zone_length": (422, "invalid_time_zone", "A time zone has a name like Europe/Berlin."),
    "schedules_missed_runs": (422, "invalid_missed_runs", "Missed runs: skip, run_once or run_all."),
    "schedules_overlap": (422, "invalid_overlap", "Overlap: skip, queue or cancel_previous."),
    "schedules_task_is_known": (
        422,
        "invalid_task",
        "The task of a schedule has a kind, a title and fields of a task, at most 512 kB of them.",
    ),
    "schedule_runs_once": (409, "schedule_ran", "The schedule has run for this instant."),
    "secrets_name_format": (
        422,
        "invalid_name",
        "A secret has a name like github or model.openai: lower case, at most 100 characters.",
    ),
    "secrets_kind": (422, "invalid_kind", "A secret is for git, model, ci or registry."),
    "secrets_owner": (422, "invalid_owner", "A secret belongs to one project or to one team."),
    "secret_values_size": (413, "secret_too_large", "A secret has at most 64 kB."),
    "api_tokens_name_length": (422, "invalid_name", "A name has 1 to 100 characters."),
    "api_tokens_scopes_count": (422, "invalid_scopes", "A token has 1 to 50 scopes."),
    "project_tokens_name_length": (422, "invalid_name", "A name has 1 to 100 characters."),
    "agents_capabilities_count": (422, "invalid_capabilities", "An agent has at most 100 capabilities."),
    "idempotency_keys_key_length": (
        422,
        "invalid_idempotency_key",
        "An Idempotency-Key has 1 to 200 characters.",
    ),
    "tasks_kind_format": (
        422,
        "invalid_kind",
        "A kind is lower case and starts with a letter, like code_review.",
    ),
    "tasks_title_length": (422, "invalid_title", "A title has 1 to 500 characters."),
    "tasks_description_length": (422, "invalid_description", "A description has at most 65,536 characters."),
    "tasks_priority_range": (422, "invalid_priority", "A priority is CRITICAL, HIGH, MEDIUM or LOW."),
    "tasks_progress_range": (422, "invalid_progress", "Progress goes from 0 to 1."),
    "tasks_max_retries_range": (422, "invalid_max_retries", "A task is retried 0 to 100 times."),
    "tasks_capabilities_count": (422, "invalid_capabilities", "A task asks for at most 100 capabilities."),
    "tasks_run_at_range": (422, "invalid_run_at", "A task runs between the years 2000 and 2200."),
    "tasks_tags_count": (422, "invalid_tags", "A task has at most 50 tags."),
    "tasks_lists_are_whole": (
        422,
        "invalid_tags",
        "A tag is a word, and a related task an id: neither is null.",
    ),
    "tasks_related_count": (422, "invalid_related_tasks", "A task is related to at most 100 others."),
    "tasks_resource_requirements_is_object": (
        422,
        "invalid_resource_requirements",
        "Resource requirements are a JSON object of at most 16 kB.",
    ),
    "tasks_expected_artifacts_is_list": (
        422,
        "invalid_expected_artifacts",
        "Expected artifacts are a JSON list of at most 16 kB.",
    ),
    "tasks_acceptance_is_list": (422, "invalid_acceptance", "Acceptance is a JSON list of at most 64 kB."),
    "tasks_timeout_range": (422, "invalid_timeout", "A task runs 1 second to 7 days."),
    "tasks_retry_range": (
        422,
        "invalid_retry_policy",
        "A retry waits at most a week, from at most a day on.",
    ),
    "task_dependencies_not_itself": (422, "dependency_cycle", "A task cannot wait for itself."),
    "task_dependencies_on_failure": (422, "invalid_on_failure", "On failure: fail, block or ignore."),
    "tasks_cancel_reason_length": (422, "invalid_reason", "A reason has at most 500 characters."),
    "task_steps_name_length": (422, "invalid_name", "A step has a name of 1 to 200 characters."),
    "task_steps_output_size": (413, "step_too_large", "A step answers 256 kB at the most."),
    "task_successors_key_length": (422, "invalid_key", "A key has 1 to 200 characters."),
    "tasks_input_size": (413, "input_too_large", "The input of a task has at most 256 kB."),
    "tasks_output_size": (413, "output_too_large", "The output of a task has at most 256 kB."),
    "tasks_checkpoint_is_object": (422, "invalid_checkpoint", "A checkpoint is a JSON object."),
    "tasks_last_error_is_object": (422, "invalid_error", "An error is a JSON object with code and message."),
    "tasks_last_error_size": (413, "error_too_large", "An error has at most 64 kB."),
    "tasks_blocked_reason": (
        422,
        "invalid_blocked_reason",
        "Work is blocked by budget, policy, ci or approval.",
    ),
    "tasks_input_is_object": (422, "invalid_input", "The input of a task is a JSON object."),
    "tasks_output_is_object": (422, "invalid_output", "The output of a task is a JSON object."),
    "tasks_checkpoint_size": (413, "checkpoint_too_large", "A checkpoint has at most 64 kB."),
    "task_artifacts_name_format": (
        422,
        "invalid_name",
        "An artifact has a name like report.html or logs/build.txt, of at most 255 printable characters.",
    ),
    "task_artifacts_media_type_format": (
        422,
        "invalid_media_type",
        "A media type is one like text/html; charset=utf-8.",
    ),
    "task_logs_level": (422, "invalid_level", "A level is debug, info, warning or error."),
    "task_logs_message_length": (422, "message_too_long", "A log line has at most 16,384 characters."),
    "service_registry_name_key": (409, "name_taken", "The project has a service with this name."),
    "service_registry_name_format": (
        422,
        "invalid_name",
        "A service has a name like openai:gpt-5, without spaces.",
    ),
    "service_registry_substitute_fkey": (
        422,
        "unknown_substitute",
        "The project has no such substitute service.",
    ),
    "service_charges_once": (
        409,
        "idempotency_key_reused",
        "This key was used for another charge of this attempt.",
    ),
    "service_charges_person_once": (409, "idempotency_key_reused", "This key was used for another charge."),
    "service_charges_key_length": (422, "invalid_key", "A key has 1 to 200 characters."),
    "service_charges_note_length": (422, "note_too_long", "A note has at most 1,000 characters."),
    "registration_tokens_capabilities_count": (
        422,
        "invalid_capabilities",
        "A registration token allows at most 100 capabilities.",
    ),
    "registration_tokens_name_length": (422, "invalid_name", "A name has 1 to 100 characters."),
    "registration_tokens_projects_count": (
        422,
        "invalid_projects",
        "A registration token gives 1 to 100 projects.",
    ),
    "registration_tokens_uses_range": (
        422,
        "invalid_max_uses",
        "A registration token is used 1 to 10,000 times.",
    ),
    "repositories_forge": (422, "unknown_forge", "The forge is one of: github."),
    "repositories_external_id_key": (
        409,
        "repository_mapped",
        "This repository belongs to a project already.",
    ),
    "repositories_external_id_length": (
        422,
        "invalid_external_id",
        "The id of the repository at its forge is missing.",
    ),
    "repositories_full_name_format": (422, "invalid_full_name", "A repository is named owner/name."),
    "repositories_clone_url_format": (
        422,
        "invalid_clone_url",
        "The clone URL starts with https:// or file://.",
    ),
    "webhook_deliveries_delivery_id_length": (
        422,
        "invalid_delivery",
        "The delivery id has 1 to 100 characters.",
    ),
    "webhook_deliveries_event_format": (422, "invalid_event", "The event name has lower case letters only."),
    "pull_request_feedback_key_length": (422, "invalid_key", "A key has 1 to 200 characters."),
    "pull_request_feedback_number_positive": (
        422,
        "invalid_number",
        "A pull request has a number above zero.",
    ),
    "pull_request_feedback_content": (
        422,
        "invalid_content",
        "The content does not fit this kind of feedback.",
    ),
    "repositories_full_name_key": (
        409,
        "repository_mapped",
        "A repository of this name belongs to a project already.",
    ),
    "pull_request_feedback_kind": (422, "invalid_kind", "Feedback is a comment or a status."),
}

# 22000 is what the driver says of an argument that does not fit its type.
# Class 22 is data that cannot be what it should be; 23502 a value that is missing.
_INVALID_VALUE = ("22", "23502")
_PASSING = {"40001", "40P01"}
_UNAVAILABLE = ("08", "53", "57P", "55P03")


def unavailable() -> DomainError:
    """The database cannot be reached now; trying again soon is right."""
    return DomainError(
        503,
        "database_unavailable",
        "The database cannot be reached.",
        "Try again in a moment.",
        headers={"Retry-After": "1"},
    )


def invalid_value() -> DomainError:
    """A value that Postgres cannot store."""
    return DomainError(
        422, "invalid_value", "A value is missing, too large, or holds characters that cannot be stored."
    )


def is_passing(error: Exception) -> bool:
    """Whether the same transaction may succeed at once: a deadlock, a conflict, a plan made stale."""
    return isinstance(error, asyncpg.InvalidCachedStatementError) or _sqlstate(error) in _PASSING


def _sqlstate(error: Exception) -> str:
    return (error.sqlstate or "") if isinstance(error, asyncpg.PostgresError) else ""


def _refusal(status: int, told: dict[str, str]) -> DomainError:
    hint = told.get("hint", "")
    seconds = re.search(r"\d+", hint) if status == 429 else None
    headers = {"Retry-After": seconds[0]} if seconds else None
    return DomainError(status, told.get("detail", "refused"), told["message"], hint, headers=headers)


def translate(error: Exception) -> DomainError | None:
    """What the caller is told; None when the error is a bug of ours."""
    if isinstance(error, ValueError):
        # asyncpg could not encode an argument: out of range, or text that is no valid Unicode.
        return invalid_value()
    # An internal error of the driver is a connection that was lost while it was about to be used.
    if isinstance(error, (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError)):
        return unavailable()
    state = _sqlstate(error)
    if state.startswith(_UNAVAILABLE) or state in _PASSING:
        return unavailable()
    if not isinstance(error, asyncpg.PostgresError):
        return None
    told = facts(error)
    if state.startswith("PT"):
        return _refusal(int(state[2:]), told)
    if known := CONSTRAINTS.get(told.get("constraint_name", "")):
        return DomainError(*known)
    if state == "42501":
        return DomainError(
            403, "forbidden", "This is not for this kind of caller.", "See the roles in the API reference."
        )
    if state.startswith(_INVALID_VALUE):
        return invalid_value()
    return None
