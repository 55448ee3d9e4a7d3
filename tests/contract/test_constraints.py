"""Every constraint that a caller can break has a sentence; the others can only be broken by a bug of ours."""

from __future__ import annotations

import pytest

from control_plane.db.errors import CONSTRAINTS
from tests.support.world import World

# Kept by the functions in front of them. One that turns up in an error is a bug, and is answered as one.
INTERNAL = {
    "agent_keys_hash_is_sha256",
    "auth_flows_code_hash_key",
    "auth_flows_hashes_are_sha256",
    "auth_flows_state_hash_key",
    "invitations_email_format",
    "kinds_name_key",
    "lanes_key",
    "logic_digest_only_row_check",
    "pull_request_feedback_once",
    "schedule_runs_outcome",
    "schedule_runs_task_key",
    "schedules_project_key",
    "secrets_name_key",
    "service_charges_amount_positive",
    "service_charges_source",
    "service_registry_amounts_are_numbers",
    "service_registry_amounts_not_negative",
    "service_registry_not_its_own_substitute",
    "service_registry_project_key",
    "service_registry_within_limit",
    "state_transitions_key",
    "task_artifacts_blob_id_key",
    "task_artifacts_name_key",
    "task_artifacts_sha256_format",
    "task_artifacts_size_not_negative",
    "task_attempts_lease_token_key",
    "task_log_counts_mark_is_whole",
    "task_search_position_is_only",
    "task_steps_order_key",
    "tasks_blocked_has_reason",
    "tasks_dedupe_key",
    "tasks_lease_is_whole",
    "tasks_lease_while_running",
    "tasks_project_key",
    "token_hashes_hash_is_sha256",
    "token_hashes_kind",
    "token_hashes_token_id_key",
    "webhook_deliveries_body_key",
    "webhook_deliveries_delivery_key",
    # Foreign keys to rows that the function has just read or written.
    "agent_heartbeats_agent_id_fkey",
    "broker_users_agent_id_fkey",
    "broker_users_agent_key_id_fkey",
    "broker_users_sealed_size",
    "agent_keys_agent_id_fkey",
    "agent_lanes_agent_id_fkey",
    "agent_lanes_lane_id_fkey",
    "agent_projects_agent_id_fkey",
    "api_tokens_user_id_fkey",
    "lanes_assigned_agent_id_fkey",
    "project_members_user_id_fkey",
    "pull_request_feedback_repository_id_fkey",
    "schedule_runs_schedule_fkey",
    "schedule_runs_task_fkey",
    "secret_values_secret_id_fkey",
    "task_artifacts_task_fkey",
    "task_dependencies_depends_on_fkey",
    "task_dependencies_task_fkey",
    "task_log_counts_task_id_fkey",
    "task_successors_successor_fkey",
    "tasks_parent_fkey",
    "team_members_user_id_fkey",
    "user_roles_user_id_fkey",
}

_NAMES = """
    select conname::text from pg_constraint
     where connamespace in ('public'::regnamespace, 'private'::regnamespace)
       and contype in ('c', 'f', 'u', 'x')
    union
    select c.relname::text from pg_index i join pg_class c on c.oid = i.indexrelid
     where i.indisunique and not i.indisprimary
       and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
"""


@pytest.fixture
async def names(world: World) -> set[str]:
    return {row[0] for row in await world.owner.fetch(_NAMES)}


async def test_every_constraint_has_a_sentence_or_cannot_be_broken(names: set[str]) -> None:
    assert names == {*CONSTRAINTS} | INTERNAL
    assert not {*CONSTRAINTS} & INTERNAL


def test_a_sentence_is_one() -> None:
    for name, (status, code, sentence) in CONSTRAINTS.items():
        assert status in {409, 413, 422}, name
        assert code.replace("_", "").isalpha(), name
        assert sentence[0].isupper(), name
        assert sentence.endswith("."), name
        assert name not in sentence
