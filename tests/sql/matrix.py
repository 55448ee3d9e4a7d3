"""Role × table × verb, and role × function: written by hand, and compared with what the database does.

A cell has one sign per verb, in the order select, insert, update, delete:

    r  rows: allowed, and the row of ours is there
    0  none: allowed, and sees or touches no row
    -  denied: 42501
"""

from __future__ import annotations

ROLES = ["anon", "supervisor", "viewer", "agent", "integration", "devos_login", "devos_worker"]

_TABLES = """
table                          anon  supervisor  viewer  agent  integration  devos_login  devos_worker
public.agent_heartbeats        ----  r---        r---    r---   ----         ----         ----
public.agent_lanes             ----  r---        r---    ----   ----         ----         ----
public.agent_projects          ----  r---        r---    r---   ----         ----         ----
public.agents                  ----  r---        r---    r---   ----         ----         ----
public.api_tokens              ----  r---        0---    ----   ----         ----         ----
public.audit_log               ----  r---        0---    ----   ----         ----         ----
public.events                  ----  r---        r---    ----   ----         ----         ----
public.invitations             ----  r---        0---    ----   ----         ----         ----
public.kinds                   ----  r---        r---    ----   ----         ----         ----
public.lanes                   ----  r---        r---    ----   ----         ----         ----
public.limits                  ----  r---        r---    ----   ----         ----         ----
public.project_members         ----  r---        r---    ----   ----         ----         ----
public.project_tokens          ----  r---        0---    ----   ----         ----         ----
public.projects                ----  r---        r---    ----   ----         ----         ----
public.pull_request_feedback   ----  r---        r---    ----   ----         ----         ----
public.registration_tokens     ----  r---        0---    ----   ----         ----         ----
public.repositories            ----  r---        r---    ----   ----         ----         ----
public.schedule_runs           ----  r---        r---    r---   ----         ----         ----
public.schedules               ----  r---        r---    ----   ----         ----         ----
public.secrets                 ----  r---        0---    ----   ----         ----         ----
public.service_charges         ----  r---        r---    r---   ----         ----         ----
public.service_registry        ----  r---        r---    ----   ----         ----         ----
public.state_transitions       ----  r---        r---    r---   ----         ----         ----
public.task_artifacts          ----  r---        r---    r---   ----         ----         ----
public.task_attempts           ----  r---        r---    r---   ----         ----         ----
public.task_dependencies       ----  r---        r---    ----   ----         ----         ----
public.task_log_counts         ----  r---        r---    r---   ----         ----         ----
public.task_logs               ----  r---        r---    r---   ----         ----         ----
public.task_steps              ----  r---        r---    r---   ----         ----         ----
public.tasks                   ----  r---        r---    r---   ----         ----         ----
public.team_members            ----  r---        0---    ----   ----         ----         ----
public.teams                   ----  r---        0---    ----   ----         ----         ----
public.user_roles              ----  r---        r---    ----   ----         ----         ----
public.webhook_deliveries      ----  r---        r---    ----   ----         ----         ----
private.agent_keys             ----  ----        ----    ----   ----         ----         ----
private.artifact_blobs         ----  ----        ----    ----   ----         ----         ----
private.auth_flows             ----  ----        ----    ----   ----         ----         ----
private.broker_users           ----  ----        ----    ----   ----         ----         ----
private.idempotency_keys       ----  ----        ----    ----   ----         ----         ----
private.limit_rooms            ----  ----        ----    ----   ----         ----         ----
private.logic_digest           ----  ----        ----    ----   ----         ----         ----
private.migrations             ----  ----        ----    ----   ----         ----         ----
private.outbox                 ----  ----        ----    ----   ----         ----         ----
private.rate_limits            ----  ----        ----    ----   ----         ----         ----
private.secret_values          ----  ----        ----    ----   ----         ----         ----
private.task_logs_default      ----  ----        ----    ----   ----         ----         ----
private.task_search            ----  ----        ----    ----   ----         ----         ----
private.task_search_position   ----  ----        ----    ----   ----         ----         ----
private.task_successors        ----  ----        ----    ----   ----         ----         ----
private.token_hashes           ----  ----        ----    ----   ----         ----         ----
private.token_uses             ----  ----        ----    ----   ----         ----         ----
"""

VERBS = ["select", "insert", "update", "delete"]
_SIGNS = {"r": "rows", "0": "none", "-": "denied"}


def cells() -> dict[str, dict[str, dict[str, str]]]:
    """Table → role → verb → rows, none or denied."""
    head, *lines = (line.split() for line in _TABLES.strip().splitlines())
    if head[1:] != ROLES:
        raise ValueError("the head of the matrix does not name the roles in order")
    return {
        table: {
            role: {verb: _SIGNS[sign] for verb, sign in zip(VERBS, signs, strict=True)}
            for role, signs in zip(ROLES, row, strict=True)
        }
        for table, *row in lines
    }


# Functions that a login or a client role may execute; whoever is not named may not.
EXECUTE: dict[str, set[str]] = {
    "public.accept_invitation": {"authenticated"},
    "public.add_agent_to_project": {"authenticated"},
    "public.add_project_member": {"authenticated"},
    "public.add_task_dependencies": {"authenticated"},
    "public.add_team_member": {"authenticated"},
    "public.agent_exchange": {"devos_login"},
    "public.begin_artifact": {"agent"},
    "public.cancel_task": {"authenticated"},
    "public.change_account": {"authenticated"},
    "public.charge_service": {"authenticated", "agent"},
    "public.claim_next_task": {"agent"},
    "public.claim_tasks": {"agent"},
    "public.close_session": {"authenticated"},
    "public.complete_tasks": {"agent"},
    "public.configure_project": {"authenticated"},
    "public.create_api_token": {"authenticated"},
    "public.create_invitation": {"authenticated"},
    "public.create_limit": {"authenticated"},
    "public.create_project": {"authenticated"},
    "public.create_project_token": {"authenticated"},
    "public.create_registration_token": {"authenticated"},
    "public.create_repository": {"authenticated"},
    "public.create_schedule": {"authenticated"},
    "public.create_service": {"authenticated"},
    "public.create_successor": {"authenticated", "agent"},
    "public.create_tasks": {"authenticated"},
    "public.create_team": {"authenticated"},
    "public.delete_artifact": {"authenticated"},
    "public.delete_kind": {"authenticated"},
    "public.delete_limit": {"authenticated"},
    "public.delete_project": {"authenticated"},
    "public.delete_schedule": {"authenticated"},
    "public.delete_secret": {"authenticated"},
    "public.delete_task": {"authenticated"},
    "public.delete_team": {"authenticated"},
    "public.dispatch": {"agent"},
    "public.explain_wait": {"authenticated"},
    "public.event_visibility": {"authenticated"},
    "public.extend_leases": {"agent"},
    "public.fail_tasks": {"agent"},
    "public.follow_events": {"authenticated"},
    "public.get_my_role": {"authenticated", "agent", "integration"},
    "public.increase_budget": {"authenticated"},
    "public.list_agent_keys": {"authenticated"},
    "public.list_agents": {"authenticated", "agent"},
    "public.list_api_tokens": {"authenticated"},
    "public.list_attempts": {"authenticated", "agent"},
    "public.list_dead_letters": {"authenticated"},
    "public.list_dependencies": {"authenticated"},
    "public.list_events": {"authenticated"},
    "public.list_invitations": {"authenticated"},
    "public.list_kinds": {"authenticated"},
    "public.list_limits": {"authenticated"},
    "public.list_logs": {"authenticated"},
    "public.list_people": {"authenticated"},
    "public.list_project_tokens": {"authenticated"},
    "public.list_projects": {"authenticated"},
    "public.list_registration_tokens": {"authenticated"},
    "public.list_repositories": {"authenticated"},
    "public.list_schedule_runs": {"authenticated"},
    "public.list_schedules": {"authenticated"},
    "public.list_secrets": {"authenticated"},
    "public.list_services": {"authenticated", "agent"},
    "public.list_steps": {"authenticated", "agent"},
    "public.list_task_artifacts": {"authenticated", "agent"},
    "public.list_task_charges": {"authenticated", "agent"},
    "public.list_task_logs": {"authenticated", "agent"},
    "public.list_tasks": {"authenticated", "agent"},
    "public.list_teams": {"authenticated"},
    "public.pause_schedule": {"authenticated"},
    "public.post_feedback": {"agent"},
    "public.read_account": {"authenticated"},
    "public.read_agent": {"authenticated", "agent"},
    "public.read_artifact": {"authenticated", "agent"},
    "public.read_clock": {"authenticated"},
    "public.read_kind": {"authenticated"},
    "public.read_limit": {"authenticated"},
    "public.read_lineage": {"authenticated"},
    "public.read_person": {"authenticated"},
    "public.read_project": {"authenticated"},
    "public.read_queue": {"authenticated"},
    "public.read_schedule": {"authenticated"},
    "public.read_service": {"authenticated", "agent"},
    "public.read_task": {"authenticated", "agent"},
    "public.read_task_schedule": {"authenticated", "agent"},
    "public.read_team": {"authenticated"},
    "public.reap_expired_leases": {"devos_worker"},
    "public.receive_webhook": {"integration"},
    "public.register_agent": {"authenticated"},
    "public.register_with_token": {"integration"},
    "public.release_tasks": {"agent"},
    "public.remove_agent_from_project": {"authenticated"},
    "public.remove_project_member": {"authenticated"},
    "public.remove_task_dependency": {"authenticated"},
    "public.remove_team_member": {"authenticated"},
    "public.requeue_task": {"authenticated"},
    "public.requeue_tasks": {"authenticated"},
    "public.require_creation": {"authenticated"},
    "public.resume_schedule": {"authenticated"},
    "public.revoke_agent_key": {"authenticated"},
    "public.revoke_api_token": {"authenticated"},
    "public.revoke_invitation": {"authenticated"},
    "public.revoke_project_token": {"authenticated"},
    "public.revoke_registration_token": {"authenticated"},
    "public.rotate_agent_key": {"authenticated", "agent"},
    "public.run_schedule": {"authenticated"},
    "public.save_checkpoint": {"agent"},
    "public.save_step": {"agent"},
    "public.service_status": {"authenticated"},
    "public.set_activation": {"authenticated"},
    "public.set_agent_activation": {"authenticated"},
    "public.set_agent_broker": {"authenticated"},
    "public.set_kind": {"authenticated"},
    "public.set_role": {"authenticated"},
    "public.set_secret": {"authenticated"},
    "public.store_artifact": {"agent"},
    "public.update_agent": {"authenticated"},
    "public.update_limit": {"authenticated"},
    "public.update_project": {"authenticated"},
    "public.update_schedule": {"authenticated"},
    "public.task_counts": {"authenticated"},
    "public.update_task": {"authenticated"},
    "public.update_task_status": {"authenticated", "agent"},
    "public.update_team": {"authenticated"},
    "public.whoami": {"authenticated", "agent", "integration"},
    "public.write_progress": {"agent"},
    "public.write_task_logs": {"agent"},
    "private.age_tasks": {"devos_worker"},
    "private.authenticate_agent": {"devos_login"},
    "private.authenticate_api_token": {"devos_login"},
    "private.authenticate_project_token": {"devos_login"},
    "private.authenticate_registration_token": {"devos_login"},
    "private.authenticate_session": {"devos_login"},
    "private.begin_auth_flow": {"devos_login"},
    # Policies call these as the caller; the schema is closed to client roles, so nobody reaches them by name.
    "private.claims": {"authenticated", "agent", "integration"},
    "private.my_agent_id": {"authenticated", "agent", "integration"},
    "private.my_people_ids": {"authenticated"},
    "private.my_project_ids": {"authenticated", "agent", "integration"},
    "private.my_team_ids": {"authenticated"},
    "private.my_user_id": {"authenticated", "agent", "integration"},
    "private.feed_position": {"devos_login"},
    "private.find_login": {"devos_login"},
    "private.finish_auth_flow": {"devos_login"},
    "private.due_schedules": {"devos_worker"},
    "private.due_topics": {"devos_worker"},
    "private.end_cancelled_leases": {"devos_worker"},
    "private.fire_schedule": {"devos_worker"},
    "private.sweep_lanes": {"devos_worker"},
    "private.finish_delivery": {"devos_worker"},
    "private.finish_feedback": {"devos_worker"},
    "private.finish_outbox": {"devos_worker"},
    "private.forget_broker_user": {"devos_worker"},
    "private.forget_blobs": {"devos_worker"},
    "private.create_tasks_once": {"devos_login"},
    "private.held_kinds": {"devos_login"},
    "private.index_tasks": {"devos_worker"},
    "private.keep_log_partitions": {"devos_worker"},
    "private.keep_broker_user": {"devos_login"},
    "private.keys_to_wake": {"devos_login"},
    "private.kind_schemas": {"devos_login", "devos_worker"},
    "private.knows_cursor": {"devos_login"},
    "private.list_broker_users": {"devos_worker"},
    "private.list_hints": {"devos_worker"},
    "private.list_orphan_blobs": {"devos_worker"},
    "private.note_broker_user": {"devos_worker"},
    "private.open_secret": {"devos_worker"},
    "private.open_session": {"devos_login"},
    "private.owes_outputs": {"devos_login"},
    "private.prune_auth": {"devos_worker"},
    "private.prune_idempotency_keys": {"devos_worker"},
    "private.prune_schedule_runs": {"devos_worker"},
    "private.read_delivery": {"devos_worker"},
    "private.read_feed": {"devos_login"},
    "private.read_feedback": {"devos_worker"},
    "private.recall_answer": {"devos_login"},
    "private.refresh_session": {"devos_login"},
    "private.relay_hints": {"devos_worker"},
    "private.relay_kinds": {"devos_worker"},
    "private.remember_answer": {"devos_login"},
    "private.retry_outbox": {"devos_worker"},
    "private.return_allowance": {"devos_login"},
    "private.sign_up": {"devos_login"},
    "private.tell_ready": {"devos_login"},
    "private.take_allowance": {"devos_login"},
    "private.take_auth_flow": {"devos_login"},
    "private.take_outbox": {"devos_worker"},
    "private.touch_agents": {"devos_login"},
    "private.trade_auth_code": {"devos_login"},
    "private.write_token_uses": {"devos_login"},
}
