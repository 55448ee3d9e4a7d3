"""The models of the API against the catalogue: what they read is there, what may be null is said to be."""

from __future__ import annotations

import importlib
import pkgutil
from types import NoneType
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

import control_plane.domains
from control_plane.domains.agents.models import Agent, AgentKey, BrokerUser, RegistrationToken
from control_plane.domains.artifacts.models import Artifact, StoredArtifact
from control_plane.domains.budgets.models import (
    Charge,
    ChargeOutcome,
    DispatchOutcome,
    Service,
    ServiceStatus,
)
from control_plane.domains.events.models import Event, Fresh, Visibility
from control_plane.domains.forge.models import Delivery, Feedback, QueuedFeedback, Repository, WebhookOutcome
from control_plane.domains.identity.models import (
    AuthFlow,
    Entered,
    Invitation,
    Login,
    OpenedSession,
    PasswordReset,
    RefreshedSession,
    TradedCode,
    User,
)
from control_plane.domains.kinds.models import Kind
from control_plane.domains.limits.models import Limit
from control_plane.domains.logs.models import LogLine, ProjectLogLine, StoredLogs
from control_plane.domains.queue.models import QueueStatus
from control_plane.domains.schedules.models import DueSchedule, ListedRun, Schedule, ScheduleRun
from control_plane.domains.secrets.models import Secret
from control_plane.domains.tasks.claim_models import ClaimedTask, ItemResult, RenewedLease
from control_plane.domains.tasks.dead_letter_models import DeadLetter, Requeued
from control_plane.domains.tasks.graph_models import Dependency, LineageTask, Step
from control_plane.domains.tasks.models import Attempt, Noted, Task
from control_plane.domains.tasks.people_models import TaskCount, TaskSummary
from control_plane.domains.teams.models import Person, Project, ProjectConfig, Team
from control_plane.domains.tokens.models import ApiToken, ProjectToken, Whoami
from control_plane.platform.model import Model
from tests.support.operations import pull_request_body
from tests.support.scene import REPOSITORY, REPOSITORY_ID, Scene, build_scene
from tests.support.world import World

# Rows: the relation or function that answers them, and the table that knows what may be null.
ROWS: dict[type[Model], tuple[str, str]] = {
    Person: ("public.list_people", "public.user_roles"),
    Team: ("public.teams", "public.teams"),
    Invitation: ("public.invitations", "public.invitations"),
    Project: ("public.projects", "public.projects"),
    ProjectConfig: ("public.projects", "public.projects"),
    Repository: ("public.repositories", "public.repositories"),
    Task: ("public.tasks", "public.tasks"),
    TaskSummary: ("public.list_tasks", "public.tasks"),
    Kind: ("public.kinds", "public.kinds"),
    Limit: ("public.limits", "public.limits"),
    Attempt: ("public.task_attempts", "public.task_attempts"),
    DeadLetter: ("public.list_dead_letters", "public.tasks"),
    Dependency: ("public.list_dependencies", "public.task_dependencies"),
    LineageTask: ("public.read_lineage", "public.tasks"),
    Step: ("public.task_steps", "public.task_steps"),
    LogLine: ("public.task_logs", "public.task_logs"),
    ProjectLogLine: ("public.task_logs", "public.task_logs"),
    Artifact: ("public.task_artifacts", "public.task_artifacts"),
    StoredArtifact: ("public.task_artifacts", "public.task_artifacts"),
    Agent: ("public.list_agents", "public.agents"),
    AgentKey: ("public.list_agent_keys", "private.agent_keys"),
    RegistrationToken: ("public.registration_tokens", "public.registration_tokens"),
    Service: ("public.list_services", "public.service_registry"),
    Charge: ("public.list_task_charges", "public.service_charges"),
    Event: ("public.list_events", "public.events"),
    Schedule: ("public.schedules", "public.schedules"),
    ScheduleRun: ("public.schedule_runs", "public.schedule_runs"),
    ListedRun: ("public.list_schedule_runs", "public.schedule_runs"),
    DueSchedule: ("private.due_schedules", "public.schedules"),
    Secret: ("public.secrets", "public.secrets"),
    ApiToken: ("public.list_api_tokens", "public.api_tokens"),
    ProjectToken: ("public.list_project_tokens", "public.project_tokens"),
}
# Null for an agent, whatever the table holds; and the role of a person who has no row there.
# A kind that is built in has no project and was never changed.
HIDDEN = {(Kind, "project_id"), (Kind, "changed_at")}
HIDDEN |= {(Service, name) for name in ("limit", "spent", "reserved", "overrun")} | {(Person, "role")}
# Made of columns that the model names otherwise.
GATHERED = {(Task, "retry_policy"), (Limit, "rate")}
# Answers that SQL builds as JSON. `answers` below has one of each.
ANSWERS: set[type[Model]] = {
    AuthFlow,
    BrokerUser,
    ChargeOutcome,
    ClaimedTask,
    Delivery,
    DispatchOutcome,
    Entered,
    Feedback,
    Fresh,
    ItemResult,
    Login,
    Noted,
    OpenedSession,
    PasswordReset,
    QueueStatus,
    QueuedFeedback,
    RefreshedSession,
    RenewedLease,
    Requeued,
    ServiceStatus,
    StoredLogs,
    TaskCount,
    TradedCode,
    User,
    Visibility,
    WebhookOutcome,
    Whoami,
}
# Made in Python out of the others, or read from what a forge sends.
COMPOSED = {
    "AgentWithKey",
    "AuthSession",
    "AuthSettings",
    "BrokerCredentials",
    "ClaimedTasks",
    "ExchangeAnswer",
    "ExternalProviders",
    "HotTable",
    "Hook",
    "HookPullRequest",
    "HookRef",
    "HookRepository",
    "HookUser",
    "Identity",
    "IssuedInvitation",
    "KindVerdict",
    "NewApiToken",
    "NewProjectToken",
    "Lineage",
    "PullRequestHook",
    "NewRegistrationToken",
    "Outbox",
    "Preview",
    "QueueKind",
    "RenewedLeases",
    "Results",
    "ServiceRef",
    "TaskCounts",
    "Wait",
    "Waits",
}


def models() -> set[type[Model]]:
    """Every model of a domain that is no request body."""
    found: set[type[Model]] = set()
    for module in pkgutil.iter_modules(control_plane.domains.__path__):
        domain = importlib.import_module(f"control_plane.domains.{module.name}")
        for part in pkgutil.iter_modules(domain.__path__):
            namespace = vars(importlib.import_module(f"{domain.__name__}.{part.name}"))
            if part.name.endswith("models"):
                found |= {value for value in namespace.values() if _is_model_of(value, domain.__name__)}
    return found


def _is_model_of(value: object, domain: str) -> bool:
    return isinstance(value, type) and issubclass(value, Model) and value.__module__.startswith(f"{domain}.")


def admits_null(field: FieldInfo) -> bool:
    return NoneType in get_args(field.annotation)


def test_every_model_is_held_against_something() -> None:
    named = {model.__name__ for model in {*ROWS, *ANSWERS}} | COMPOSED
    assert {model.__name__ for model in models()} == named


@pytest.mark.parametrize("model", ROWS, ids=lambda model: model.__name__)
async def test_the_fields_of_a_row_are_columns(model: type[Model], world: World) -> None:
    source, table = ROWS[model]
    columns = await world.owner.fetch(
        "select a.attname as name, not a.attnotnull as nullable from pg_attribute a"
        " where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped",
        table,
    )
    nullable = {row["name"]: row["nullable"] for row in columns}
    if source == table:
        answered = {*nullable}
    else:
        (row,) = await world.owner.fetch(
            "select p.proargnames[array_position(p.proargmodes, 't') : ] as names from pg_proc p"
            " where p.oid = to_regproc($1)",
            source,
        )
        answered = {*row["names"]}
        assert answered == {*model.model_fields}, "the function answers what nobody reads"
    assert {name for name in model.model_fields if (model, name) not in GATHERED} <= answered
    for name, field in model.model_fields.items():
        if name in nullable:
            may_be_null = nullable[name] or (model, name) in HIDDEN
            assert admits_null(field) == may_be_null, f"{model.__name__}.{name}"


@pytest.fixture
async def scene(world: World) -> Scene:
    return await build_scene(world)


async def sign_in_by_provider(world: World) -> dict[type[Model], list[Any]]:
    """The answers of a sign-in by way of GitHub, from its beginning to its code."""
    state, code = b"s" * 32, b"c" * 32
    await world.login.call(
        "private.begin_auth_flow", provider="github", state_hash=state, redirect_to="/", code_challenge="x"
    )
    person = {"provider_id": "7", "email": "new@example.test", "profile": {}}
    return {
        AuthFlow: [await world.login.call("private.take_auth_flow", state_hash=state, code_hash=code)],
        Entered: [
            await world.login.call("private.finish_auth_flow", code_hash=code, **person, open=is_open)
            for is_open in (False, True)
        ],
        TradedCode: [
            await world.login.call("private.trade_auth_code", code_hash=code, code_challenge="x")
            for _ in range(2)
        ],
    }


@pytest.fixture
async def answers(world: World, scene: Scene) -> dict[type[Model], list[Any]]:
    """One answer of SQL for each model, and the sparse one where there is a choice."""
    agent, lease = world.agent, {"task_id": UUID(scene.leased), "lease_token": scene.lease_token}
    item = {"task_id": scene.leased, "lease_token": scene.lease_token}
    service = UUID(scene.service)
    content = {"body": "Good"}
    told: dict[type[Model], list[Any]] = {
        WebhookOutcome: [
            await world.webhook.call(
                "receive_webhook",
                forge="github",
                delivery_id="d",
                event="pull_request",
                repository_external_id=str(REPOSITORY_ID),
                body=pull_request_body(),
            )
        ],
        BrokerUser: [
            await world.login.call(
                "private.keep_broker_user", agent_key_id=scene.agent_key, key_id="key", sealed=b"sealed"
            )
        ],
        Login: [await world.login.call("private.find_login", email=scene.email)],
        OpenedSession: [
            await world.login.call(
                "private.open_session",
                user_id=world.supervisor.id,
                refresh_token="first",
                user_agent="",
                ip="127.0.0.1",
            )
        ],
        RefreshedSession: [
            await world.login.call("private.refresh_session", token=token, next="second")
            for token in ("first", "unknown")
        ],
        **await sign_in_by_provider(world),
        PasswordReset: [
            await world.owner.call(
                "private.reset_password", email=f"{world.stranger.id}@example.test", encrypted_password="x"
            )
        ],
        User: [await world.supervisor.call("read_account")],
        DispatchOutcome: [
            await agent.call("dispatch", **lease, service_id=service, estimated_amount=amount)
            for amount in (None, 1000)
        ],
        ChargeOutcome: [
            await agent.call("charge_service", service_id=service, amount=amount, key=str(amount), **lease)
            for amount in (1, 2, 1000)
        ],
        Fresh: [
            await world.login.call("private.read_feed", after_xid=0, after_id=after, limit=5)
            for after in (0, 2**62)
        ],
        Visibility: [
            await actor.call("event_visibility") for actor in (world.supervisor, world.viewer, world.admin)
        ],
        Whoami: [await actor.call("whoami") for actor in (world.supervisor, agent)],
        TaskCount: await world.supervisor.call("task_counts", project_id=world.project),
        QueueStatus: [await actor.call("read_queue") for actor in (world.supervisor, world.admin)],
        ServiceStatus: [await world.supervisor.call("service_status")],
        Feedback: [
            await agent.call(
                "post_feedback",
                **lease,
                key="k",
                repository=REPOSITORY,
                number=7,
                kind="comment",
                content=content,
            )
        ],
        Noted: [
            await agent.call("write_progress", **lease, progress=1),
            await agent.call("save_checkpoint", **lease, checkpoint={}),
            await agent.call("save_step", **lease, name="fetch", output=1),
        ],
        StoredLogs: [await agent.call("write_task_logs", **lease, lines=[{"level": "info", "message": "x"}])],
        RenewedLease: await agent.call("extend_leases", leases=[item, {**item, "lease_token": 99}]),
        ItemResult: await agent.call("complete_tasks", items=[item, item]),
        Requeued: [await world.supervisor.call("requeue_tasks", task_ids=[UUID(scene.failed)])],
        ClaimedTask: await agent.call("claim_tasks", kinds=["code_review"]),
    }
    for model, function, table in (
        (Delivery, "private.read_delivery", "public.webhook_deliveries"),
        (QueuedFeedback, "private.read_feedback", "public.pull_request_feedback"),
    ):
        told[model] = [
            await world.worker.call(function, id=await world.owner.value(f"select id from {table}"))
        ]
    return told


async def test_an_answer_of_sql_is_what_its_model_says(answers: dict[type[Model], list[Any]]) -> None:
    assert {*answers} == ANSWERS
    for model, examples in answers.items():
        assert examples, model.__name__
        for example in examples:
            assert {*example} == {*model.model_fields}, model.__name__
            model.model_validate(example)


async def test_a_null_is_refused_where_a_model_does_not_expect_one(
    answers: dict[type[Model], list[Any]],
) -> None:
    """What the tests above rest on: the models are strict about nulls."""
    for model, (example, *_) in answers.items():
        for name, field in model.model_fields.items():
            if not admits_null(field):
                with pytest.raises(ValidationError):
                    model.model_validate({**example, name: None})


def test_what_a_caller_sends_is_known_to_the_last_field() -> None:
    """Every request body refuses unknown fields, at every level."""
    from control_plane.platform.model import Body

    bodies = [model for model in _subclasses(Body) if model.__module__.startswith("control_plane")]
    assert len(bodies) > 20
    for body in bodies:
        assert TypeAdapter(body).json_schema()["additionalProperties"] is False, body.__name__


def _subclasses(model: type[BaseModel]) -> list[type[BaseModel]]:
    return [found for child in model.__subclasses__() for found in (child, *_subclasses(child))]
